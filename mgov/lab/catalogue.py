"""The catalogue of faults: what is done to a modem in the middle of traffic, and how long it lasts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from modem_drivers.simulated import FaultKind, SimulatedNetwork

STATE_SECONDS = 4.0  # how long a lasting fault lasts

Strike = Callable[[SimulatedNetwork, str], None]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One fault: `strike` does it to a named modem, `lasts` is seconds until it ends by itself."""

    name: str
    sentence_id: str
    sentence_en: str
    strike: Strike
    lasts: float = 0.0
    kills_daemon: bool = False
    kills_database: bool = False  #: needs a server of the lab's own (`--postgresql`)
    steady: bool = False  #: texts come in all the time that it lasts
    by_imei: bool = False  #: the configuration names modems by IMEI, their ports are found
    long_texts: bool = False  #: traffic includes a text of several parts
    backwards: bool = False  #: whose last part comes first
    named_imei: bool = False  #: the configuration says which stick it must be
    at_once: int = 0  #: so many texts come in as fast as a network delivers
    options: str = field(default="", repr=False)  #: further lines of the modem's configuration

    def sentence(self, language: str) -> str:
        """What happens, for people."""
        return self.sentence_en if language == "en" else self.sentence_id


def _planned(kind: FaultKind, *, count: int = 1, value: str = "", seconds: float = 0.0) -> Strike:
    def strike(network: SimulatedNetwork, modem: str) -> None:
        network.fault(modem, kind, count=count, value=value, seconds=seconds)

    return strike


def _nothing(_network: SimulatedNetwork, _modem: str) -> None:
    """Leave the modem alone: the fault is elsewhere."""


def _wrong_clock(network: SimulatedNetwork, _modem: str) -> None:
    network.clock_error = -3 * 86400.0


def _lasting(name: str, kind: FaultKind, sentence_id: str, sentence_en: str, value: str = "") -> Scenario:
    strike = _planned(kind, value=value, seconds=STATE_SECONDS)
    return Scenario(name, sentence_id, sentence_en, strike, STATE_SECONDS)


CATALOGUE: tuple[Scenario, ...] = (
    Scenario("none", "tanpa gangguan", "no fault", _nothing),
    _lasting("silence", FaultKind.SILENCE, "modem diam", "the modem hangs"),
    _lasting("hang-in-pdu", FaultKind.HANG_IN_PDU, "modem macet di tengah PDU", "hangs in the middle of a PDU"),
    Scenario("send-error", "+CMS ERROR 42", "congestion", _planned(FaultKind.SEND_ERROR, count=2, value="42")),
    Scenario(
        "error-after-send",
        "terkirim tetapi dijawab galat",
        "sent, but answered with an error",
        _planned(FaultKind.ERROR_AFTER_SEND),
    ),
    Scenario("lost-answer", "jawaban +CMGS hilang", "sent, and no answer comes", _planned(FaultKind.LOST_ANSWER)),
    Scenario("lost-indication", "+CMTI hilang", "stored without +CMTI", _planned(FaultKind.LOST_INDICATION, count=3)),
    _lasting("sim-full", FaultKind.SIM_FULL, "memori SIM penuh", "the SIM is full"),
    Scenario(
        "part-lost",
        "satu bagian SMS panjang hilang, lalu dikirim ulang",
        "a part of a long text is lost, the citizen sends it again",
        _planned(FaultKind.PART_LOST),
        long_texts=True,
    ),
    Scenario(
        "duplicate-delivery",
        "jaringan mengantar dua kali",
        "the network delivers twice",
        _planned(FaultKind.DUPLICATE_DELIVERY, count=4),
    ),
    Scenario(
        "reboot",
        "modem menyala ulang",
        "the modem restarts",
        _planned(FaultKind.REBOOT, seconds=2.0),
        2.0,
    ),
    Scenario(
        "reboot-after-send",
        "menyala ulang sesudah mengirim",
        "restarts between acceptance and answer",
        _planned(FaultKind.REBOOT_AFTER_SEND),
        0.3,
    ),
    Scenario(
        "re-enumeration",
        "port hilang dan kembali sebagai perangkat lain",
        "the port vanishes and comes back as another device behind the same link",
        _planned(FaultKind.REENUMERATE, value="same link", seconds=2.0),
        2.0,
    ),
    Scenario(
        "renamed-port",
        "port hilang dan kembali dengan nama lain",
        "the port vanishes and comes back under another name",
        _planned(FaultKind.REENUMERATE, seconds=2.0),
        2.0,
        by_imei=True,
    ),
    Scenario(
        "wrong-imei",
        "modem lain dengan SIM lain di port itu",
        "another stick with another SIM stands at the port",
        _planned(FaultKind.OTHER_STICK, seconds=STATE_SECONDS),
        STATE_SECONDS,
        named_imei=True,
    ),
    _lasting("unregistered", FaultKind.UNREGISTERED, "tidak terdaftar di jaringan", "no network"),
    _lasting("sim-busy", FaultKind.SIM_BUSY, "SIM sibuk", "the SIM is busy"),
    Scenario("garbage", "derau di jalur", "noise on the line", _planned(FaultKind.GARBAGE, count=10)),
    Scenario(
        "unsolicited-inside",
        "baris tak diminta di dalam jawaban",
        "unsolicited lines inside answers",
        _planned(FaultKind.UNSOLICITED_INSIDE, count=60),
    ),
    _lasting("slow", FaultKind.SLOW, "jaringan lambat", "a slow network", "1.5"),
    Scenario(
        "late-prompt",
        "prompt terlambat",
        "the prompt comes late",
        _planned(FaultKind.LATE_PROMPT, count=2, value="2"),
    ),
    Scenario(
        "lost-ctrl-z",
        "akhir PDU hilang di jalur",
        "the end of a PDU is lost, the modem waits at its prompt",
        _planned(FaultKind.LOST_END),
    ),
    Scenario(
        "bare-ok",
        "OK tanpa nomor referensi, tidak terkirim",
        "an OK without a reference, and nothing was sent",
        _planned(FaultKind.BARE_OK),
    ),
    Scenario("unended", "baris tanpa akhir", "a notice without its line end", _planned(FaultKind.UNENDED, count=3)),
    Scenario(
        "notices-off",
        "+CNMI hilang",
        "+CNMI is lost",
        _planned(FaultKind.NOTICES_OFF),
    ),
    Scenario(
        "memory-switched",
        "memori lain terpilih",
        "another memory is selected",
        _planned(FaultKind.MEMORY_SWITCHED, value="ME"),
    ),
    Scenario("wrong-clock", "jam SMSC salah", "the SMSC's clock is three days slow", _wrong_clock),
    Scenario("burst", "banyak SMS sekaligus", "many texts at once", _nothing, at_once=24),
    Scenario(
        "parts-backwards",
        "bagian terakhir SMS panjang tiba lebih dulu",
        "the last part of a long text comes first",
        _nothing,
        long_texts=True,
        backwards=True,
    ),
    Scenario(
        "undeletable",
        "slot tidak dapat dihapus",
        "slots that do not delete",
        _planned(FaultKind.UNDELETABLE, count=4),
    ),
    Scenario(
        "cmt-at-prompt",
        "pesan datang saat prompt",
        "a message comes in at the prompt",
        _planned(FaultKind.CMT_AT_PROMPT),
    ),
    Scenario("kill", "daemon dimatikan paksa", "kill -9 of the daemon", _nothing, kills_daemon=True),
    Scenario(
        "database-away",
        "PostgreSQL dimatikan paksa",
        "kill -9 of the PostgreSQL server",
        _nothing,
        10.0,
        kills_database=True,
        steady=True,
    ),
)


def named(names: tuple[str, ...]) -> tuple[Scenario, ...]:
    """The scenarios of these names; raises `KeyError` with the unknown name."""
    by_name = {scenario.name: scenario for scenario in CATALOGUE}
    return tuple(by_name[name] for name in names)
