"""The child process: one JSON request a line on standard input, one JSON answer a line on standard output.

libgammu blocks for as long as a dead phone lets it (82 s were seen): therefore it runs here, where the parent can
kill it, and never in the daemon.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any, TextIO

import gammu  # type: ignore[import-untyped]

Record = dict[str, Any]

_ERROR_NAMES = {number: name for name, number in gammu.Errors.items()}


class Phone:
    """One phone or modem; every public method is a request."""

    def __init__(self) -> None:
        self._machine = gammu.StateMachine()

    def open(self, port: str, connection: str) -> Record:
        """Connect; gives the IMEI and what the SIM waits for (`PIN`, `PUK`, …), None when it is open."""
        self._machine.SetConfig(0, {"Device": port, "Connection": connection})
        self._machine.Init()
        return {"imei": self._told(self._machine.GetIMEI), "locked": self._machine.GetSecurityStatus()}

    def unlock(self, pin: str) -> None:
        """Give the SIM its PIN."""
        self._machine.EnterSecurityCode("PIN", pin)

    def identify(self) -> Record:
        """What the phone tells of itself and its SIM."""
        return {
            "imei": self._told(self._machine.GetIMEI),
            "imsi": self._told(self._machine.GetSIMIMSI),
            "manufacturer": self._told(self._machine.GetManufacturer),
            "model": self._told(self._machine.GetModel),
            "smsc": self._told(lambda: self._machine.GetSMSC(1)["Number"]),
        }

    def _told(self, ask: Callable[[], Any]) -> str | None:
        try:
            value = ask()
        except gammu.GSMError:
            return None
        text = str(value[0] if isinstance(value, tuple) else value)
        return text or None

    def probe(self) -> Record:
        """Network, signal and memory."""
        network = self._table(self._machine.GetNetworkInfo)
        signal = self._table(self._machine.GetSignalQuality)
        memory = self._machine.GetSMSStatus()
        return {
            "state": network.get("State"),
            "operator": network.get("NetworkName") or network.get("NetworkCode"),
            "signal_dbm": signal.get("SignalStrength"),
            "used": memory["SIMUsed"] + memory["PhoneUsed"],
            "total": memory["SIMSize"] + memory["PhoneSize"],
        }

    def _table(self, ask: Callable[[], Record]) -> Record:
        """What the phone tells, nothing when it cannot or gammu does not understand; a dead phone is an error."""
        try:
            return dict(ask())
        except gammu.ERR_TIMEOUT:
            raise
        except gammu.GSMError:
            return {}

    def waiting(self) -> int:
        """How many messages lie in the memories."""
        memory = self._machine.GetSMSStatus()
        return int(memory["SIMUsed"] + memory["PhoneUsed"])

    def messages(self) -> list[Record]:
        """Every message in the memories."""
        found: list[Record] = []
        try:
            entry = self._machine.GetNextSMS(Folder=0, Start=True)
            while True:
                found += [_plain(part) for part in entry]
                entry = self._machine.GetNextSMS(Folder=0, Location=entry[0]["Location"])
        except gammu.ERR_EMPTY:
            return found

    def message(self, location: int) -> list[Record]:
        """The parts in one place, none when it is empty."""
        try:
            return [_plain(part) for part in self._machine.GetSMS(Folder=0, Location=location)]
        except (gammu.ERR_EMPTY, gammu.ERR_INVALIDLOCATION):
            return []

    def delete(self, location: int) -> bool:
        """Delete one place and look."""
        try:
            self._machine.DeleteSMS(Folder=0, Location=location)
        except gammu.ERR_EMPTY:
            return True
        return not self.message(location)

    def send(self, message: Record) -> int | None:
        """Submit one message; gives its reference."""
        header = bytes.fromhex(message.pop("header"))
        if header:
            message["UDH"] = {"Type": "UserUDH", "Text": header}
        reference = self._machine.SendSMS(message | {"SMSC": {"Location": 1}})
        return int(reference) if reference is not None else None

    def ussd(self, code: str) -> Record:
        """Dial a service code and wait for the answer."""
        answers: list[Record] = []
        self._machine.SetIncomingCallback(lambda _machine, _kind, data: answers.append(data))
        self._machine.SetIncomingUSSD()
        self._machine.DialService(code)
        while not answers:  # the parent's deadline ends this
            self._machine.ReadDevice(True)
        return {"status": answers[0].get("Status"), "text": answers[0].get("Text")}

    def set_smsc(self, number: str) -> None:
        """Set the number of the SMS centre that is kept first."""
        self._machine.SetSMSC(self._machine.GetSMSC(1) | {"Number": number})

    def reset(self) -> None:
        """Soft reset."""
        self._machine.Reset(False)


def _plain(part: Record) -> Record:
    """What of a message the parent needs, in types that JSON has."""
    header = part.get("UDH", {}).get("Text") or b""
    text = part.get("Text") or ""
    return {
        "location": part["Location"],
        "memory": part.get("Memory") or "MT",
        "type": part.get("Type"),
        "state": part.get("State"),
        "number": part.get("Number") or "",
        "smsc": (part.get("SMSC") or {}).get("Number") or "",
        "coding": part.get("Coding"),
        "class": part.get("Class"),
        "text": text.hex() if isinstance(text, bytes) else text,
        "header": header.hex() if isinstance(header, bytes) else "",
        "scts": _iso(part.get("DateTime")),
        "discharge": _iso(part.get("SMSCDateTime")),
        "reference": part.get("MessageReference"),
        "status": part.get("DeliveryStatus"),
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None


def _answer(phone: Phone, request: Record) -> Record:
    try:
        method = getattr(phone, request["do"])
        return {"value": method(*request["with"])}
    except gammu.GSMError as error:
        told = error.args[0] if error.args and isinstance(error.args[0], dict) else {}
        name = _ERROR_NAMES.get(told.get("Code"), type(error).__name__)
        return {"error": name, "detail": str(told.get("Text") or error)}
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        return {"error": "ERR_BUG", "detail": f"{type(error).__name__}: {error}"}


def _own_stdout() -> TextIO:
    """Standard output for answers alone: whatever libgammu prints goes to standard error."""
    answers = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8")
    os.dup2(2, 1)
    return answers


def main() -> None:
    """Serve requests until standard input ends."""
    answers = _own_stdout()
    phone = Phone()
    for line in sys.stdin:
        answers.write(json.dumps(_answer(phone, json.loads(line))) + "\n")


if __name__ == "__main__":
    main()
