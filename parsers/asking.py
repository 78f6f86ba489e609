"""Questions about what people apply for: how it is done, what it needs."""

from __future__ import annotations

import re

KIND = re.compile(
    r"\b(?:(?:izin|ijin) (?!saya|sy|kami|nya|pak|bu|apa|bertanya|tanya|nanya|yang|yg|dan|atau|di|ke|untuk|utk|tidak|mau)[a-z]{2,}(?: (?:bangunan|usaha|lokasi|reklame|lingkungan))?|siup|tdp|situ|ho|imb|pbg|rptka|imta|kitas|tdg|nib|beasiswa|tdi|iui|ak-?1|kartu kuning"
    r"|siujk|skdp|hgb|api-[up]|amdal|slf|(?:uji )?kir|stnk|bpkb|bbnkb|pkb|pbb|bphtb|lkpm|wlkp|umkm|ukl-?upl|balik nama(?: (?:motor|mobil|kendaraan|stnk))?|mutasi(?: (?:motor|mobil|kendaraan))?)\b"
)
"""What people apply for, by name."""
_HOW = re.compile(
    r"\b(?:cara|caranya|gimana|gmn|bagaimana|kumaha|piye|pripun|how (?:do|can|to|should)|langkah\w*|prosedur\w*)\b.{0,40}\b(?:bikin|buat|membuat|urus|ngurus|mengurus|perpanjang\w*|memperpanjang|ajukan|mengajukan|ngajuin|daftar|dapat|dapet|extend|renew|get|apply|obtain|bayar|nyieun|ngadamel|gawe|ganti|balik|mutasi)\b"
)
NEEDS = re.compile(
    r"\b(?:perlu|butuh|bawa|siapkan|disiapkan|disiapin|siapin|lampirkan|dilampirkan|dilengkapi|need|required|needed)\b.{0,25}\b(?:apa|dokumen|berkas|what)\b|\b(?:berkas|syarat\w*|persyaratan\w*|dokumen)(?: \w+)? (?:apa|naon)(?: (?:saja|aja|wae))?(?: ya)? (?:untuk|utk|buat|kanggo)\b|\b(?:apa|what|dokumen|berkas)\b.{0,30}\b(?:perlu|diperlukan|dibutuhkan|butuh|disiapkan|disiapin|dibawa|dilampirkan|dilengkapi|need|required|needed)\b"
)
_COSTS = re.compile(
    r"\b(?:biaya|tarif|ongkos|cost|fee|price)\w*\b.{0,40}\b(?:berapa|brp|how much)\b|\b(?:berapa|brp|sabaraha|piro|how much|how long)\b.{0,20}\b(?:biaya|tarif|lama|hari|does|is)\b|\b(?:berapa|brp) (?:biaya|lama|hari)"
)
_ASKS_ABOUT = re.compile(
    r"\b(?:tanya|nanya|tau|tahu|bertanya|menanyakan|ask|know)\b.{0,12}\b(?:soal|tentang|ttg|mengenai|masalah|about)\b"
)


def asks_of_kind(low: str) -> bool:
    """Whether a text asks how something that people apply for is done, or what it needs."""
    found = KIND.search(low)
    return found is not None and any(one.search(low) for one in (_HOW, NEEDS, _ASKS_ABOUT, _COSTS))
