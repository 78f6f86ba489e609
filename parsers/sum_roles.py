"""Which role the words around a sum give it: what was sent, a fee, what is owed, what is left, a total."""

from __future__ import annotations

import re

from parsers.board import Board

_LABEL = re.compile(r"(?:\bjml|\bjumlah\w*|\bnominal\w*|\bsebesar|\bsbesar|\bsbsr|\bsenilai|\bsejumlah|\bsjumlah|\bsebanyak|\bnilai\w*|\bamount|\buang\w*|\bof|\bnya|\bsum"
                    r"|\bcicil\w*|\bbayar\w*|\bdibayar\w*|\bbyr|\btransfer\w*|\btf|\btrf|\bsetor\w*|\bdisetor|\bkirim|\bpaid|\bmayar|\bditransfer|\bngangsur|\bangsur\w*)"
                    r"(?:nya|na)?(?: saya| sy| aku| kami| uang| duit| sebesar| sejumlah| senilai| baru| cuma| hanya| transfer| bayar| tf| setor| yg| yang| dibayar| adalah| dulu)*[ :=.(]{0,4}(?:rp\.?)?[ ]?$")  # fmt: skip
SUM_AHEAD = re.compile(
    r"\b(?:jml|jmlh|jumlah|nominal|sebesar|sbesar|sbsr|senilai|sejumlah|sjumlah|sebanyak|nilai|amount|uang|sum|amt)\w*[^\d,;]{0,12}$"
)
"""Words without which a long number that has no mark of money is no sum: after a mere verb it may be the proof."""
_NOT_IT = re.compile(
    r"(?:\bbiaya\w*|\badm(?:in|inistrasi)?\w*|\bongkos\w*|\bonkos|\bfee|\bcharge|\bsaldo\w*|\bgaji\w*|\bsisa\w*|\bbalance|\bduit di rek\w*|\bbukan|\bbkn|\bnot|\bsanes|\bdudu|\bpokok\w*|\bpkb|\bswdkllj|"
    r"\bjasa raharja|\bdenda\w*|\bbunga|\blimit\w*|\bkembali\w*|\bkuota|\btadinya|\bsemula|\basalnya|\bawalnya|\bdiskon|\bpotongan|\bkurang\w*|\bppn|\bmaterai|\bmeterai|\bbea\w*|\bpnbp|\bkurangnya|\bcashback|\bplafon|\bcost)"
    r"(?:nya|na)?(?: ojek| ojol| parkir| kirim| bensin| transfer| tf| trf| adm\w*| bank| bayar| pajak| saya| sy| rek\w*| kena| sebesar| di| layanan| transaksi| akhir| awal| anda| skrg| skg| sekarang| masih| ada| tadi| td| terakhir| now| currently| atm| tabungan| mah| teh| ku| aku| tinggal| is| of| was|nya| antar bank| motor| dulu)*[ :=.(+]{0,4}(?:rp\.?)?[ ]?$"
)
NOT_IT_BEHIND = re.compile(
    r"(?:[ ,(]{0,2}(?:nya|lagi|yg|yang)?)? ?(?:nyusul|menyusul|belum|blm|besok|nanti|kurang(?:nya)?(?! ?(?:rp\.? ?)?\d))\b|[ ,(]{0,2}(?:untuk |utk |buat |itu |as |of )?(?:biaya|adm|admin|ongkos|fee|saldo|denda|swdkllj|pokoknya)\b(?![ :=.]{0,3}(?:(?:adm\w*|bank|transfer|trf|tf|layanan|nya|transaksi)[ :=.]{0,3}){0,2}(?:rp\.? ?)?\d)"
)
_TOTAL = re.compile(
    r"(?:\btotal\w*|\bttl|\bjumlah total)(?:nya)?(?: bayar| dibayar| pembayaran| transfer| transaksi| semua| jadi| semuanya|nya| debet| debit)*[ :=.(]{0,4}(?:rp\.?)?[ ]?$"
)
_DUE = re.compile(
    r"(?:\btotal (?:tagihan|pajak|retribusi|kewajiban|bill|due)|\btagihan\w*(?: (?:saya|sy|pajak))?|\bdari(?: total)?(?: tagihan)?|\bdr(?: total)?|\bharusnya|\bseharusnya|\bsemestinya|\bout of|\bbill(?: total| was| of)?|\bkewajiban|\bfrom|\b(?:disuruh|diminta|harus|mesti|wajib|tadinya|mau|ditagih|katanya)(?: (?:di)?bayar\w*)?|\bdikasih(?: ke [a-z]+)?|\b(?:kasih|titip\w*|nitip|dititip\w*|serahkan|menyerahkan|bawa|siapkan|sedia\w*|punya)(?: uang| duit)?(?: ke| sama| pada| kepada)?(?: (?:pak|bu|bapak|ibu|mas|mbak|kang|bang|si|saudara|om|pa)(?: [a-z]+)?)?)"
    r"(?:nya)?(?: sebesar| senilai| sejumlah| adalah| kena| is| total)*[ :=.(]{0,4}(?:rp\.?)?[ ]?$"
)


def role_of(board: Board, match: re.Match[str]) -> str:
    """The role of a sum: named, plain (by no word), total, due (owed, not sent) or other (a fee, a rest, a balance)."""
    before = board.before(match.start(), 48)
    if _SHORT.search(before) and _MADE_GOOD.match(board.low, match.end()):
        return "plain"
    if _ALONE.search(before):
        return "named"
    if _NOT_IT.search(before) or NOT_IT_BEHIND.match(board.after(match.end(), 24)):
        return "other"
    if _DUE.search(before):
        return "due"
    if _TOTAL.search(before):
        return "total"
    return "named" if _LABEL.search(before) else "plain"


_ALONE = re.compile(r"\b(?:di)?bayar pokok(?:nya)? (?:aja|saja|doang|tok)[ :=]{0,2}(?:rp\.?)?[ ]?$")
_SHORT = re.compile(
    r"\b(?:kurang bayar\w*|kekurangan\w*|sisa(?:nya)?)(?: sebesar| senilai| yg| yang)*[ :=.(]{0,4}(?:rp\.?)?[ ]?$"
)
_MADE_GOOD = re.compile(
    r"[^.;\n]{0,60}\b(?:sudah|sdh|udah|udh|telah|tlh|dah)\b[^.;\n]{0,24}\b(?:tambah\w*|transfer\w*|tf|trf|bayar\w*|byr|lunas\w*|setor\w*|susul\w*|kirim)\b"
)
