"""What each error code of a modem or network means for a message: one table for all drivers.

Sources: 3GPP TS 27.005, 3.2.5 (+CMS ERROR); TS 24.011, annex E (RP causes, 1..127); TS 23.040, 9.2.3.22 (TP-FCS,
128..255); TS 27.007, 9.2 (+CME ERROR).
"""

from __future__ import annotations

from dataclasses import dataclass

from modem_drivers.radio import Outcome, SendResult

_GOOD, _NOW = Outcome.REFUSED_FOR_GOOD, Outcome.REFUSED_FOR_NOW
_MODEM, _SIM, _UNSURE = Outcome.MODEM_FAULT, Outcome.SIM_FAULT, Outcome.UNCERTAIN


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a code means: the outcome, and the sentence for the operator in Indonesian and English.

    `name` is the code in words as the specification has it: what a modem says with +CMEE=2.
    """

    outcome: Outcome
    name: str
    indonesian: str

    @property
    def sentence(self) -> str:
        """Indonesian first, English second."""
        return f"{self.indonesian} / {self.name}"


CMS: dict[int, Verdict] = {
    1: Verdict(_GOOD, "unassigned (unallocated) number", "nomor tidak terpakai"),
    8: Verdict(_SIM, "operator determined barring", "kartu diblokir operator untuk mengirim"),
    10: Verdict(_SIM, "call barred", "kartu diblokir untuk mengirim"),
    17: Verdict(_NOW, "network failure", "jaringan gagal"),
    21: Verdict(_SIM, "short message transfer rejected", "SMS ditolak jaringan (periksa pulsa)"),
    22: Verdict(_NOW, "congestion or memory capacity exceeded", "jaringan padat"),
    27: Verdict(_NOW, "destination out of service", "tujuan sedang tidak dapat dihubungi"),
    28: Verdict(_SIM, "unidentified subscriber", "kartu ini tidak dikenal jaringan"),
    29: Verdict(_SIM, "facility rejected", "layanan ditolak untuk kartu ini"),
    30: Verdict(_GOOD, "unknown subscriber", "pelanggan tujuan tidak dikenal"),
    38: Verdict(_NOW, "network out of order", "jaringan terganggu"),
    41: Verdict(_NOW, "temporary failure", "gangguan sementara"),
    42: Verdict(_NOW, "congestion", "jaringan padat"),
    47: Verdict(_NOW, "resources unavailable, unspecified", "jaringan kekurangan kapasitas"),
    50: Verdict(_SIM, "requested facility not subscribed", "kartu tidak berlangganan layanan ini"),
    69: Verdict(_SIM, "requested facility not implemented", "layanan tidak ada di jaringan ini"),
    81: Verdict(_MODEM, "invalid short message transfer reference value", "nomor acuan pengiriman tidak sah"),
    95: Verdict(_GOOD, "semantically incorrect message", "isi pesan tidak sah"),
    96: Verdict(_GOOD, "invalid mandatory information", "isi pesan tidak sah"),
    97: Verdict(_GOOD, "message type non-existent or not implemented", "jenis pesan tidak dikenal"),
    98: Verdict(_NOW, "message not compatible with short message protocol state", "urutan pengiriman kacau"),
    99: Verdict(_GOOD, "information element non-existent or not implemented", "isi pesan tidak dikenal"),
    111: Verdict(_NOW, "protocol error, unspecified", "kesalahan protokol"),
    127: Verdict(_NOW, "interworking, unspecified", "gangguan antarjaringan"),
    128: Verdict(_GOOD, "telematic interworking not supported", "jenis layanan pesan tidak didukung"),
    129: Verdict(_GOOD, "short message type 0 not supported", "jenis pesan tidak didukung"),
    130: Verdict(_GOOD, "cannot replace short message", "pesan lama tidak dapat diganti"),
    143: Verdict(_GOOD, "unspecified TP-PID error", "jenis layanan pesan tidak sah"),
    144: Verdict(_GOOD, "data coding scheme (alphabet) not supported", "alfabet pesan tidak didukung"),
    145: Verdict(_GOOD, "message class not supported", "kelas pesan tidak didukung"),
    159: Verdict(_GOOD, "unspecified TP-DCS error", "pengodean pesan tidak sah"),
    160: Verdict(_GOOD, "command cannot be actioned", "perintah tidak dapat dijalankan"),
    161: Verdict(_GOOD, "command unsupported", "perintah tidak didukung"),
    175: Verdict(_GOOD, "unspecified TP-Command error", "perintah tidak sah"),
    176: Verdict(_GOOD, "TPDU not supported", "bentuk pesan tidak didukung"),
    192: Verdict(_NOW, "SC busy", "pusat SMS sibuk"),
    193: Verdict(_SIM, "no SC subscription", "kartu tidak terdaftar di pusat SMS"),
    194: Verdict(_NOW, "SC system failure", "pusat SMS terganggu"),
    195: Verdict(_GOOD, "invalid SME address", "nomor tujuan tidak sah"),
    196: Verdict(_GOOD, "destination SME barred", "nomor tujuan diblokir"),
    # The SMSC says that it has the message already: the answer to an earlier try was lost.
    197: Verdict(_UNSURE, "SM rejected, duplicate SM", "pusat SMS mengaku sudah menerima pesan ini"),
    198: Verdict(_GOOD, "TP-VPF not supported", "bentuk masa berlaku tidak didukung"),
    199: Verdict(_GOOD, "TP-VP not supported", "masa berlaku tidak didukung"),
    208: Verdict(_MODEM, "(U)SIM SMS storage full", "memori kartu penuh"),
    209: Verdict(_MODEM, "no SMS storage capability in (U)SIM", "kartu tidak dapat menyimpan SMS"),
    210: Verdict(_MODEM, "error in MS", "kesalahan di modem"),
    211: Verdict(_MODEM, "memory capacity exceeded", "memori penuh"),
    212: Verdict(_NOW, "(U)SIM application toolkit busy", "kartu sibuk"),
    213: Verdict(_SIM, "(U)SIM data download error", "kesalahan data kartu"),
    255: Verdict(_NOW, "unspecified error cause", "sebab tidak disebutkan pusat SMS"),
    300: Verdict(_MODEM, "ME failure", "modem rusak"),
    301: Verdict(_MODEM, "SMS service of ME reserved", "layanan SMS modem sedang dipakai"),
    302: Verdict(_MODEM, "operation not allowed", "modem tidak mengizinkan"),
    303: Verdict(_MODEM, "operation not supported", "modem tidak mendukung"),
    304: Verdict(_MODEM, "invalid PDU mode parameter", "modem menolak bentuk PDU"),
    305: Verdict(_MODEM, "invalid text mode parameter", "modem menolak parameter"),
    310: Verdict(_SIM, "(U)SIM not inserted", "tidak ada kartu SIM"),
    311: Verdict(_SIM, "(U)SIM PIN required", "kartu SIM meminta PIN"),
    312: Verdict(_SIM, "PH-(U)SIM PIN required", "modem terkunci pada kartu lain"),
    313: Verdict(_SIM, "(U)SIM failure", "kartu SIM rusak"),
    314: Verdict(_NOW, "(U)SIM busy", "kartu SIM sibuk"),
    315: Verdict(_SIM, "(U)SIM wrong", "kartu SIM salah"),
    316: Verdict(_SIM, "(U)SIM PUK required", "kartu SIM meminta PUK"),
    317: Verdict(_SIM, "(U)SIM PIN2 required", "kartu SIM meminta PIN2"),
    318: Verdict(_SIM, "(U)SIM PUK2 required", "kartu SIM meminta PUK2"),
    320: Verdict(_MODEM, "memory failure", "memori modem rusak"),
    321: Verdict(_MODEM, "invalid memory index", "tempat memori tidak ada"),
    322: Verdict(_MODEM, "memory full", "memori modem penuh"),
    330: Verdict(_SIM, "SMSC address unknown", "nomor pusat SMS belum diatur"),
    331: Verdict(_NOW, "no network service", "tidak ada jaringan"),
    # The network did not confirm in time: it may have the message.
    332: Verdict(_UNSURE, "network timeout", "jaringan tidak menjawab"),
    340: Verdict(_MODEM, "no +CNMA acknowledgement expected", "tidak ada yang perlu dikonfirmasi"),
    500: Verdict(_UNSURE, "unknown error", "kesalahan tidak dikenal"),
}

CME: dict[int, Verdict] = {
    0: Verdict(_MODEM, "phone failure", "modem rusak"),
    1: Verdict(_MODEM, "no connection to phone", "modem tidak terhubung"),
    3: Verdict(_MODEM, "operation not allowed", "modem tidak mengizinkan"),
    4: Verdict(_MODEM, "operation not supported", "modem tidak mendukung"),
    5: Verdict(_SIM, "PH-SIM PIN required", "modem terkunci pada kartu lain"),
    10: Verdict(_SIM, "SIM not inserted", "tidak ada kartu SIM"),
    11: Verdict(_SIM, "SIM PIN required", "kartu SIM meminta PIN"),
    12: Verdict(_SIM, "SIM PUK required", "kartu SIM meminta PUK"),
    13: Verdict(_SIM, "SIM failure", "kartu SIM rusak"),
    14: Verdict(_NOW, "SIM busy", "kartu SIM sibuk"),
    15: Verdict(_SIM, "SIM wrong", "kartu SIM salah"),
    16: Verdict(_SIM, "incorrect password", "PIN salah"),
    17: Verdict(_SIM, "SIM PIN2 required", "kartu SIM meminta PIN2"),
    18: Verdict(_SIM, "SIM PUK2 required", "kartu SIM meminta PUK2"),
    20: Verdict(_MODEM, "memory full", "memori modem penuh"),
    21: Verdict(_MODEM, "invalid index", "tempat memori tidak ada"),
    22: Verdict(_MODEM, "not found", "tidak ditemukan"),
    23: Verdict(_MODEM, "memory failure", "memori modem rusak"),
    30: Verdict(_NOW, "no network service", "tidak ada jaringan"),
    31: Verdict(_UNSURE, "network timeout", "jaringan tidak menjawab"),
    32: Verdict(_SIM, "network not allowed - emergency calls only", "kartu tidak diterima jaringan"),
    50: Verdict(_MODEM, "incorrect parameters", "modem menolak parameter"),
    100: Verdict(_UNSURE, "unknown", "kesalahan tidak dikenal"),
}

_TABLES = {"CMS": CMS, "CME": CME}
_BY_NAME = {
    kind: {verdict.name.lower().replace("(u)", ""): code for code, verdict in table.items()}
    for kind, table in _TABLES.items()
}

#: No code, or one that stands in no table (vendors use 512 and above).
UNKNOWN = Verdict(_UNSURE, "the modem gave no known reason", "modem tidak menyebut sebab yang dikenal")
TIMEOUT = Verdict(_UNSURE, "no answer before the deadline", "tidak ada jawaban sampai batas waktu")
PORT_LOST = Verdict(_UNSURE, "the port vanished", "port modem hilang")
PROMPT_TIMEOUT = Verdict(_MODEM, "the modem did not ask for the PDU", "modem tidak meminta PDU")

RESTARTED = Verdict(_MODEM, "the modem restarted and lost its settings", "modem menyala ulang")

_INTERRUPTIONS = {
    "modem_restarted": RESTARTED,
    "timeout": TIMEOUT,
    "port_lost": PORT_LOST,
    "prompt_timeout": PROMPT_TIMEOUT,
}


def verdict_of(kind: str, code: str) -> Verdict:
    """The verdict for `CMS` or `CME` and a code in digits or in words; `UNKNOWN` for anything else."""
    table = _TABLES.get(kind, {})
    number = numeric_code(kind, code)
    return table.get(number, UNKNOWN) if number is not None else UNKNOWN


def numeric_code(kind: str, code: str) -> int | None:
    """The number of a code that came in digits or, with +CMEE=2, in words."""
    if code.isdecimal():
        return int(code)
    return _BY_NAME.get(kind, {}).get(code.lower().replace("(u)", ""))


def refused(kind: str, code: str, handed_over: bool) -> SendResult:
    """The result of a submission that ended in an error.

    Before the PDU was handed over nothing can have gone out, so what would be uncertain is the modem's fault.
    """
    verdict = verdict_of(kind, code)
    name = f"{kind} {code}" if code else kind
    return SendResult(_outcome(verdict, handed_over), code=name, detail=verdict.sentence)


def interrupted(code: str, handed_over: bool) -> SendResult:
    """The result of a submission that got no answer: `timeout`, `port_lost` or `prompt_timeout`."""
    verdict = _INTERRUPTIONS.get(code, TIMEOUT)
    return SendResult(_outcome(verdict, handed_over), code=code, detail=verdict.sentence)


def _outcome(verdict: Verdict, handed_over: bool) -> Outcome:
    if verdict.outcome is Outcome.UNCERTAIN and not handed_over:
        return Outcome.MODEM_FAULT
    return verdict.outcome
