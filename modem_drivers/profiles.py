"""What is peculiar to a make of modem, read from a plain mapping (`config/modem_profiles.toml`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

RESET_POLICIES = ("none", "cfun", "cfun_reboot")


class ProfileError(Exception):
    """A profile that cannot be used; the text says where and what would be right."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One make of modem.

    `match`: words of +CGMI/+CGMM/ATI that tell it. `init`: commands after the driver's own set-up (with or without
    AT). `storage`: the memory to receive into, None for the modem's own choice. `reset`: `none`, `cfun` (radio off and
    on) or `cfun_reboot` (+CFUN=1,1; the port vanishes). `reset_seconds`: how long it is gone. `pin_tries`: commands
    that tell how often a PIN may be tried. `ussd_packed`: USSD codes go out, and answers come, as packed hexadecimal
    septets.
    """

    name: str = "generic"
    match: tuple[str, ...] = ()
    init: tuple[str, ...] = ()
    storage: str | None = None
    reset: str = "cfun"
    reset_seconds: float = 15.0
    pin_tries: tuple[str, ...] = (
        "+CPINR",
        "^CPIN?",
        "+SPIC",
        '+QPINC="SC"',
        "+CPINC?",
        "+ZPINPUK=?",
        "^SPIC",
        "#PCT",
        "+UPINCNT",
    )
    ussd_packed: bool = False


GENERIC = Profile()

_TYPES: dict[str, type] = {
    "match": list,
    "init": list,
    "storage": str,
    "reset": str,
    "reset_seconds": float,
    "pin_tries": list,
    "ussd_packed": bool,
}


def read_profiles(mapping: Mapping[str, Any]) -> dict[str, Profile]:
    """Profiles by name from `{name: {key: value}}`; `generic` is always among them. Raises `ProfileError`."""
    profiles = {name: _read_profile(name, values) for name, values in mapping.items()}
    return {"generic": GENERIC} | profiles


def _read_profile(name: str, values: object) -> Profile:
    if not isinstance(values, Mapping):
        raise ProfileError(f"modem profile {name}: a table of keys is expected")
    checked = {key: _checked(name, key, value) for key, value in values.items()}
    if checked.get("reset", "cfun") not in RESET_POLICIES:
        raise ProfileError(f"modem profile {name}: reset is one of {', '.join(RESET_POLICIES)}")
    return Profile(name=name, **checked)


def _checked(name: str, key: str, value: object) -> Any:  # noqa: ANN401 - as many types as keys
    wanted = _TYPES.get(key)
    if wanted is None:
        known = ", ".join(field.name for field in fields(Profile) if field.name != "name")
        raise ProfileError(f"modem profile {name}: {key} is no known key (known: {known})")
    if wanted is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if not isinstance(value, wanted):
        raise ProfileError(f"modem profile {name}: {key} must be a {wanted.__name__}")
    if isinstance(value, list):
        return _strings(name, key, value)
    return value


def _strings(name: str, key: str, values: list[object]) -> tuple[str, ...]:
    if not all(isinstance(value, str) for value in values):
        raise ProfileError(f"modem profile {name}: {key} must be a list of strings")
    return tuple(str(value) for value in values)


def profile_for(description: str, profiles: Mapping[str, Profile]) -> Profile:
    """The profile whose words stand in what a modem says of itself, else `generic`."""
    said = description.lower()
    for profile in profiles.values():
        if any(word.lower() in said for word in profile.match):
            return profile
    return profiles.get("generic", GENERIC)
