"""Modem profiles are data with a format."""

from __future__ import annotations

import pytest

from modem_drivers.profiles import ProfileError, profile_for, read_profiles
from tests.modem_drivers.conftest import ShippedProfiles


def test_the_shipped_profiles_are_readable(shipped_profiles: ShippedProfiles) -> None:
    """Every make that the gateway is to know is there and is recognised by what its modems say."""
    assert {"generic", "huawei", "zte", "simcom", "quectel", "wavecom"} <= set(shipped_profiles)
    for said, name in (("huawei E173", "huawei"), ("SIMCOM_Ltd SIM800L", "simcom"), ("Quectel EC25", "quectel")):
        assert profile_for(said, shipped_profiles).name == name
    assert profile_for("Acme", shipped_profiles).name == "generic"


@pytest.mark.parametrize(
    "wrong",
    [{"x": 5}, {"x": {"colour": "red"}}, {"x": {"reset": "hammer"}}, {"x": {"init": "AT"}}, {"x": {"init": [1]}}],
)
def test_a_wrong_profile_is_refused_with_its_place(wrong: dict[str, object]) -> None:
    """The error names the profile."""
    with pytest.raises(ProfileError, match="modem profile x"):
        read_profiles(wrong)
