"""Modems by make, each as its manual of AT commands has it and as owners' logs of it show."""

from __future__ import annotations

import re
import time
from typing import ClassVar

from tests.modem_drivers.stick import Stick


class HuaweiE173(Stick):
    """Counts from 0, speaks of its signal in every other second, says COMMAND NOT SUPPORT."""

    MAKE, MODEL = "huawei", "E173"
    FIRST_INDEX = 0
    REFUSAL = SMS_REFUSAL = "COMMAND NOT SUPPORT"
    EMPTY = NO_MEMORY = "ERROR"
    CHATTER = (b"\r\n^RSSI:14\r\n", b"\r\n^BOOT:35323129,0,0,0,26\r\n", b"\r\n^DSFLOWRPT:0,0,0,0,0,0,0\r\n")
    CHATTER_EVERY = 0.4

    def _say(self, *lines: str, after: float | None = None) -> None:
        super()._say(*(line for each in lines for line in ("^RSSI:13", each)), after=after)


class HuaweiE3372(Stick):
    """+CPMS takes three memories or none (an owner's log); LTE: registered by +CEREG only."""

    MAKE, MODEL = "huawei", "E3372"
    CURRENT = ("ME", "ME", "ME")
    EMPTY = "+CMS ERROR: 321"
    NO_MEMORY = "ERROR"

    def set_cpms(self, value: str) -> None:
        if value.count(",") != 2:
            self._say(self.NO_MEMORY)
            return
        super().set_cpms(value)

    def read_creg(self, _value: str) -> None:
        self._say("+CREG: 0,0", "OK")

    def read_cereg(self, _value: str) -> None:
        self._say("+CEREG: 0,1", "OK")


class ZteMf190(Stick):
    """Starts in flight mode; tells +ZUSIMR all the time until asked; its lists have quoted empty names."""

    MAKE, MODEL = "ZTE INCORPORATED", "MF190"
    CHATTER = (b"\r\n+ZUSIMR:2\r\n", b'\r\n+ZDONR: "TELKOMSEL",510,10,"CS_PS","ROAM_OFF"\r\n')
    CHATTER_EVERY = 0.7
    ALPHA = ',"",'
    NO_MEMORY = "+CMS ERROR: 302"
    PLAIN_OK = Stick.PLAIN_OK | {"+ZOPRT"}

    def _obey(self, line: str) -> None:
        self._flying = getattr(self, "_flying", True) and "+ZOPRT=5" not in line
        super()._obey(line)

    def read_creg(self, _value: str) -> None:
        self._say("+CREG: 0,0" if self._flying else "+CREG: 0,1", "OK")

    def _submit(self, pdu: str, name: str = "+CMGS") -> None:
        if self._flying:
            self._say("+CMS ERROR: 331")
        else:
            super()._submit(pdu, name)


class Sim900(Stick):
    """Only SM; an empty slot is just OK; deleting takes a second; complains of its voltage."""

    MAKE, MODEL = "SIMCOM_Ltd", "SIMCOM_SIM900"
    OFFERED = (("SM",), ("SM",), ("SM",))
    CNMI = ("0,1,2", "0,1,2,3", "0,2", "0,1", "0,1")
    EMPTY = "OK"
    DELETES = 1.0
    CHATTER = (b"\r\nUNDER-VOLTAGE WARNNING\r\n",)
    PLAIN_OK = Stick.PLAIN_OK | {"+CSCLK"}
    ALPHA = ',"",'


class Sim800(Stick):
    """Its preferred memory is called SM_P; for eight seconds after power on messages are refused by CMS 517."""

    MAKE, MODEL = "SIMCOM_Ltd", "SIMCOM_SIM800L"
    OFFERED = (("SM", "ME", "SM_P", "ME_P", "MT"),) * 3
    CURRENT = ("SM_P", "SM_P", "SM_P")
    EMPTY = "OK"
    ALPHA = ',"",'
    CNMI = ("0,1,2", "0,1,2,3", "0,2", "0,1", "0,1")
    PLAIN_OK = Stick.PLAIN_OK | {"+CSCLK"}
    BANNER = b"\r\nRDY\r\n\r\n+CFUN: 1\r\n\r\n+CPIN: READY\r\n"

    def start(self) -> None:
        self.memories["SM_P"] = self.memories["SM"]
        super().start()
        self._later(8.0, b"\r\nCall Ready\r\n\r\nSMS Ready\r\n")

    def _obey(self, line: str) -> None:
        if time.monotonic() - self._born < 8 and re.match("AT[+](CPMS|CMG[LRDSW]|CNMI|CSCA|CSMS)", line):
            self.asked.append(line)
            self._say("+CMS ERROR: 517")
            return
        super()._obey(line)


class QuectelM95(Stick):
    """Phase 2+: what comes directly waits for +CNMA; codes above 500; an answer takes 80 ms."""

    MAKE, MODEL = "Quectel_Ltd", "Quectel_M95"
    OFFERED = (("SM",),) * 3
    CNMI = ("0-2", "0-3", "0,2", "0,1", "0,1")
    EMPTY = "+CMS ERROR: 321"
    NO_MEMORY = "+CMS ERROR: 3515"
    REFUSAL = "+CME ERROR: 3513"
    TAKES = 0.08


class QuectelEc25(Stick):
    """Prefers ME, counts from 0, tells +QIND; a report is told at once, and again."""

    MAKE, MODEL = "Quectel", "EC25"
    OFFERED = (("ME", "MT", "SM", "SR"), ("ME", "MT", "SM", "SR"), ("ME", "MT", "SM", "SR"))
    CURRENT = ("ME", "ME", "ME")
    FIRST_INDEX = 0
    CHATTER = (b'\r\n+QIND: "csq",20,99\r\n', b"\r\n+QIND: SMS DONE\r\n", b'\r\n+QIND: "act","LTE"\r\n')
    CHATTER_EVERY = 0.5
    BANNER = b"\r\nRDY\r\n\r\n+CPIN: READY\r\n\r\n+QUSIM: 1\r\n\r\n+QIND: SMS DONE\r\n"

    def _accept(self, pdu: str) -> int:
        reference = super()._accept(pdu)
        if self._timers and self._indications[3] == 1:
            self._report(reference, self.sent[-1][0])
        return reference


class WavecomQ2403(Stick):
    """Two memories, told in double brackets; reports lie in SR; an error when there is nothing to list."""

    MAKE, MODEL = "WAVECOM MODEM", "MULTIBAND 900E 1800"
    OFFERED = (("SM", "BM", "SR"), ("SM",))
    CURRENT = ("SM", "SM")
    CNMI = ("0,1,2", "0,1,2,3", "0,1,2,3", "0,2", "0,1")
    PHASE = (0,)
    REPORT_MEMORY = "SR"
    REFUSAL = "ERROR"
    SMS_REFUSAL = "+CMS ERROR: 303"
    BANNER = b"\r\n+WIND: 3\r\n\r\n+WIND: 7\r\n\r\n+WIND: 4\r\n"
    PLAIN_OK = Stick.PLAIN_OK | {"+WIND"}

    def offer_cpms(self, _value: str) -> None:
        self._say('+CPMS: (("SM","BM","SR"),("SM"))', "OK")

    def set_cmgl(self, value: str) -> None:
        if not self.memories[self._selected[0]]:
            self._say("+CMS ERROR: 321")
            return
        super().set_cmgl(value)


class SiemensTc35(Stick):
    """Reads ME but receives into SM; +CNMI wants 1 for bfr and knows no direct report."""

    MAKE, MODEL = "SIEMENS", "TC35i"
    OFFERED = (("ME", "SM", "MT"), ("ME", "SM", "MT"), ("SM", "MT"))
    CURRENT = ("ME", "ME", "SM")
    CNMI = ("0-3", "0,1", "0,2,3", "0,2", "1")
    REFUSAL = "ERROR"
    BANNER = b"\r\n^SYSSTART\r\n"
    ECHO_END = b"\r"


class SonyEricssonGm29(Stick):
    """+CNMI: mode 3 only, bfr 0 only; any error is ERROR."""

    MAKE, MODEL = "SONY ERICSSON", "GM29"
    OFFERED = (("SM", "ME"), ("SM", "ME"), ("SM", "ME"))
    CNMI = ("3", "0-3", "0,2", "0-2", "0")
    PHASE = (0,)
    ALPHA = ',"",'
    EMPTY = "ERROR"
    REFUSAL = SMS_REFUSAL = "ERROR"


class TelitGm862(Stick):
    """Direct delivery only, with +CNMA; the name in the head of +CMT is quoted; echo cannot be turned off."""

    MAKE, MODEL = "Telit", "GM862"
    OFFERED = (("SM",), ("SM",), ("SM",))
    CNMI = ("0-3", "0,2,3", "0,2", "0,1", "0,1")
    PLAIN_OK = Stick.PLAIN_OK - {"E0"}

    def _alpha_of_direct(self) -> str:
        return '"",'

    def do_e(self, _value: str) -> None:
        self._say("ERROR")


class MediatekDwm156(Stick):
    """Its list is empty whatever lies there (an owner's log: 7 of 100 used, +CMGL=4 says OK); slots can be read."""

    MAKE, MODEL = "MTK1", "DWM-156"
    OFFERED = (("SM", "ME"),) * 3
    CURRENT = ("ME", "ME", "ME")
    PHASE = (0,)

    def set_cmgl(self, _value: str) -> None:
        self._say("OK")


class UbloxLeon(Stick):
    """What comes is told before the OK of whatever is being asked; every second notice is lost."""

    MAKE, MODEL = "u-blox", "LEON-G100"
    OFFERED = (("MT", "SM", "ME"), ("SM", "ME"), ("MT", "SM", "ME"))
    CURRENT = ("MT", "SM", "MT")
    CHATTER = (b"\r\n+UUSIMSTAT: 0\r\n",)
    _waiting: bytes = b""
    _notices = 0

    def _tell_stored(self, memory: str, index: int) -> None:
        self._notices += 1
        if self._notices % 2 == 0:
            self._waiting += f'\r\n+CMTI: "{memory}",{index}\r\n'.encode()

    def _say(self, *lines: str, after: float | None = None) -> None:
        told, self._waiting = self._waiting, b""
        if told:
            self._write(told)
        super()._say(*lines, after=after)

    def _store(self, memory: str, stat: int, pdu: str) -> int:
        return super()._store("SM" if memory == "MT" else memory, stat, pdu)

    def set_cpms(self, value: str) -> None:
        super().set_cpms(value)
        self.memories["MT"] = self.memories["SM"]


class ScarceItegno(Stick):
    """Knows PDU mode, reading by list and by slot, deleting and sending; anything else is an ERROR."""

    tells_reports = False
    KNOWN: ClassVar[frozenset[str]] = frozenset({"E0", "+CMGF", "+CMGL", "+CMGR", "+CMGD", "+CMGS"})

    def _obey(self, line: str) -> None:
        name = re.sub("[=?].*", "", line[2:].upper())
        if name and name not in self.KNOWN:
            self.asked.append(line)
            self._say("ERROR")
            return
        super()._obey(line)


class Hasty(Stick):
    """Does everything at once: answers AT while it submits for three seconds; speaks in pieces of five octets."""

    SUBMITS = 3.0
    BLOCKS = False
    PIECES = 5
    ECHO_END = b"\r\n"
    CHATTER = (b"\r\n+CREG: 1\r\n", b"\r\n+CIEV: 2,4\r\n", b"\r\nRING\r\n")
    CHATTER_EVERY = 0.3


class Sluggish(Stick):
    """Takes more than a second for every answer, and tells each report twice."""

    TAKES = 1.05
    CNMI = ("0-2", "0-2", "0,2", "0,1", "0,1")
    PHASE = (0,)

    def _hand(self, octets: bytes) -> None:
        for _ in range(2):
            self._later(0.01, octets)


def makes() -> list[type[Stick]]:
    """Every make above."""
    kinds = [kind for kind in globals().values() if isinstance(kind, type) and issubclass(kind, Stick)]
    return [kind for kind in kinds if kind is not Stick]
