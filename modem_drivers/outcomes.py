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
    2: Verdict(_MODEM, "phone-adaptor link reserved", "sambungan modem sedang dipakai"),
    3: Verdict(_MODEM, "operation not allowed", "modem tidak mengizinkan"),
    4: Verdict(_MODEM, "operation not supported", "modem tidak mendukung"),
    5: Verdict(_SIM, "PH-SIM PIN required", "modem terkunci pada kartu lain"),
    6: Verdict(_SIM, "PH-FSIM PIN required", "modem terkunci pada kartu pertamanya"),
    7: Verdict(_SIM, "PH-FSIM PUK required", "modem terkunci pada kartu pertamanya"),
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
    24: Verdict(_MODEM, "text string too long", "modem menolak panjang teks"),
    25: Verdict(_MODEM, "invalid characters in text string", "modem menolak huruf dalam teks"),
    26: Verdict(_GOOD, "dial string too long", "nomor tujuan terlalu panjang"),
    27: Verdict(_GOOD, "invalid characters in dial string", "nomor tujuan tidak sah"),
    30: Verdict(_NOW, "no network service", "tidak ada jaringan"),
    31: Verdict(_UNSURE, "network timeout", "jaringan tidak menjawab"),
    32: Verdict(_SIM, "network not allowed - emergency calls only", "kartu tidak diterima jaringan"),
    40: Verdict(_SIM, "network personalization PIN required", "modem terkunci pada operator lain"),
    41: Verdict(_SIM, "network personalization PUK required", "modem terkunci pada operator lain"),
    42: Verdict(_SIM, "network subset personalization PIN required", "modem terkunci pada operator lain"),
    43: Verdict(_SIM, "network subset personalization PUK required", "modem terkunci pada operator lain"),
    44: Verdict(_SIM, "service provider personalization PIN required", "modem terkunci pada operator lain"),
    45: Verdict(_SIM, "service provider personalization PUK required", "modem terkunci pada operator lain"),
    46: Verdict(_SIM, "corporate personalization PIN required", "modem terkunci pada perusahaan lain"),
    47: Verdict(_SIM, "corporate personalization PUK required", "modem terkunci pada perusahaan lain"),
    48: Verdict(_SIM, "hidden key required", "modem meminta kunci tersembunyi"),
    49: Verdict(_MODEM, "EAP method not supported", "modem tidak mendukung cara ini"),
    50: Verdict(_MODEM, "incorrect parameters", "modem menolak parameter"),
    51: Verdict(_MODEM, "command implemented but currently disabled", "perintah sedang dimatikan di modem"),
    52: Verdict(_MODEM, "command aborted by user", "perintah dibatalkan di modem"),
    53: Verdict(_NOW, "not attached to network due to MT functionality restrictions", "modem tidak masuk jaringan"),
    54: Verdict(_SIM, "modem not allowed - MT restricted to emergency calls only", "kartu hanya untuk darurat"),
    55: Verdict(_MODEM, "operation not allowed because of MT functionality restrictions", "modem sedang dibatasi"),
    56: Verdict(
        _SIM,
        "fixed dial number only allowed - called number is not a fixed dial number",
        "kartu hanya boleh ke nomor tertentu",
    ),
    57: Verdict(_NOW, "temporarily out of service due to other MT usage", "modem sedang dipakai untuk hal lain"),
    58: Verdict(_GOOD, "language/alphabet not supported", "alfabet pesan tidak didukung"),
    59: Verdict(_MODEM, "unexpected data value", "modem menolak isi perintah"),
    60: Verdict(_MODEM, "system failure", "sistem modem gagal"),
    61: Verdict(_MODEM, "data missing", "modem merasa isinya kurang"),
    62: Verdict(_SIM, "call barred", "kartu diblokir untuk mengirim"),
    63: Verdict(_SIM, "message waiting indication subscription failure", "layanan pesan kartu gagal"),
    100: Verdict(_UNSURE, "unknown", "kesalahan tidak dikenal"),
    # 9.2.2 and 9.2.3, causes of GPRS attach and of group calls: a stick on packet data may answer with them.
    103: Verdict(_SIM, "illegal MS", "kartu tidak diterima jaringan"),
    106: Verdict(_MODEM, "illegal ME", "modem tidak diterima jaringan"),
    107: Verdict(_SIM, "GPRS services not allowed", "layanan data kartu tidak diizinkan"),
    111: Verdict(_SIM, "PLMN not allowed", "kartu tidak diizinkan di jaringan ini"),
    112: Verdict(_SIM, "location area not allowed", "kartu tidak diizinkan di wilayah ini"),
    113: Verdict(_SIM, "roaming not allowed in this location area", "kartu tidak boleh roaming di wilayah ini"),
    132: Verdict(_NOW, "service option not supported", "layanan tidak didukung jaringan"),
    133: Verdict(_SIM, "requested service option not subscribed", "kartu tidak berlangganan layanan ini"),
    134: Verdict(_NOW, "service option temporarily out of order", "layanan jaringan terganggu sementara"),
    148: Verdict(_NOW, "unspecified GPRS error", "jaringan data terganggu"),
    149: Verdict(_SIM, "PDP authentication failure", "kartu ditolak saat masuk jaringan data"),
    150: Verdict(_MODEM, "invalid mobile class", "kelas modem tidak sah"),
    151: Verdict(_NOW, "VBS/VGCS not supported by the network", "layanan tidak didukung jaringan"),
    152: Verdict(_SIM, "no service subscription on SIM", "kartu tidak berlangganan layanan ini"),
    153: Verdict(_SIM, "no subscription for group ID", "kartu tidak berlangganan layanan ini"),
    154: Verdict(_SIM, "group Id not activated on SIM", "layanan belum aktif di kartu"),
    155: Verdict(_NOW, "no matching notification", "jaringan tidak menemukan panggilan"),
    156: Verdict(_NOW, "VBS/VGCS call already present", "jaringan sedang dipakai"),
    157: Verdict(_NOW, "congestion", "jaringan padat"),
    158: Verdict(_NOW, "network failure", "jaringan gagal"),
    159: Verdict(_NOW, "uplink busy", "jaringan sibuk"),
    160: Verdict(_SIM, "no access rights for SIM file", "berkas kartu tidak boleh dibaca"),
    161: Verdict(_SIM, "no subscription for priority", "kartu tidak berlangganan layanan ini"),
    162: Verdict(_NOW, "operation not applicable or not possible", "perintah tidak dapat dijalankan sekarang"),
}

_TABLES = {"CMS": CMS, "CME": CME}
_BY_NAME = {
    kind: {verdict.name.lower().replace("(u)", ""): code for code, verdict in table.items()}
    for kind, table in _TABLES.items()
}

_LAST_CAUSE_OF_NETWORK, _LAST_CAUSE_OF_CENTRE = 127, 255

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
    """The verdict for `CMS` or `CME` and a code in digits or in words; `UNKNOWN` for anything else.

    A cause of the network that the specification does not list counts as temporary (TS 24.011, 8.2.5.4), and so does
    one of the service centre that it reserves: both say that the message was not taken.
    """
    table = _TABLES.get(kind, {})
    number = numeric_code(kind, code)
    if number is None:
        return UNKNOWN
    return table.get(number, _unlisted(kind, number))


def _unlisted(kind: str, number: int) -> Verdict:
    if kind != "CMS" or number > _LAST_CAUSE_OF_CENTRE:
        return UNKNOWN
    return CMS[41] if number <= _LAST_CAUSE_OF_NETWORK else CMS[255]


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
