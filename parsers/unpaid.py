"""The grammar of what is not paid: plans, demands, conditions, failures, questions, money given back."""

from __future__ import annotations

import re

from parsers.lexicon import Sense, alternatives

_TIDINGS = alternatives(
    "dapat dpt terima nerima masuk muncul update berubah di_update diupdate dikonfirmasi konfirmasi dicek ke_update tercatat lunas_di diproses dibalas terbit keluar "
    "dibaca direspon direspons ditanggapi tau tahu diterima"
)
_NOT = alternatives(
    "belum blm blum belom blom blon durung dereng teu_acan teu_acan encan tacan lom haven't have_not has_not not_yet didn't did_not hasn't"
)
NOT_YET = re.compile(
    rf"\b(?:{_NOT})\b(?! (?:{_TIDINGS}|ada(?! (?:duit|uang|dana|biaya|rezeki|rejeki|modal|waktu|ongkos|dana))))|\bcan (?:di|ka|ku)?(?:bayar|mayar|transfer|setor|lunas)\w*"
)
"""Not paid yet; ``belum ada konfirmasi`` and its like only say that no answer came."""
FAILED = Sense(
    "gagal failed ditolak pending tertunda batal_bayar ga_jadi_bayar gak_jadi_bayar tidak_jadi_bayar tidak_berhasil gak_berhasil ga_berhasil unsuccessful declined rejected "
    "dibatalkan_oleh_bank saldo_tidak_cukup tidak_cukup saldo_kurang error timeout belum_berhasil kagagal "
    "tidak_dapat_diproses tdk_dapat_diproses tidak_bisa_diproses tidak_dapat_dilakukan could_not_be not_processed ngadat eror sedang_diproses sdg_diproses"
)
_INTENDS = alternatives(
    "rencana rencananya berencana niat mau akan hendak ingin pengen pingin pengin pgn bade arep ajeng bisa bs boleh harus kudu want_to would_like_to will can_i may_i how_do how_can how_to going_to how_much "
    "cara caranya gimana gmn bagaimana dimana di_mana kapan where hoyong tolong mesti wajib segera silakan silahkan mangga sedang sdg antri antre otw menuju diminta disuruh bisakah kumaha piye must should need_to need"
)
_PAY_VERB = r"(?:\w{0,10}bayar(?:kan|in|nya)?|byr|mayar|(?:di)?(?:transfer|setor|cicil|angsur|lunasi)\w*|tf|trf|pay|melunasi|nyicil)"
CANNOT = re.compile(
    rf"\b(?:ga|gak|tidak|tdk|nggak|ngga|gk|g|teu|ora|mboten|can't|cannot|could not|couldn't|unable to)(?: (?:bisa|bs|sempat|sempet|sanggup|mampu|kuat|mau|pernah|merasa|ngerasa|tiasa|iso|saget|jadi)2?)+(?: \w+){{0,2}} {_PAY_VERB}\b(?! (?:dicek|di cek))"
    rf"|(?<!\w){_PAY_VERB}\b[^,;.\n]{{0,40}}\b(?:ga|gak|tidak|tdk|nggak|ngga|gk|teu|ora|mboten) (?:bisa|bs|tiasa|iso|saget)2?\b(?! (?:\w+ )?(?:kirim|foto|upload|buka|lihat|cek|difoto|dibaca|kebaca|dibuka|datang|diganggu))"
    rf"|\b(?:tidak|tdk|ga|gak|nggak|ngga|never|not|ora|teu) (?:pernah|merasa|ngerasa|have|ever|rumangsa)(?: \w+){{0,3}} {_PAY_VERB}|\b(?:did not|didn't|never) (?:\w+ )?(?:paid|pay|transfer\w*|ma[dk]e)\b"
)
"""Could not, would not or never did pay."""
DOES_NOT = re.compile(rf"\b(?:tidak|tdk|ga|gak|nggak|ngga|ora|teu|mboten) (?:mau |usah |perlu |ikut )?{_PAY_VERB}\b")
IF = re.compile(
    rf"\b(?:kalau|kalo|klo|kl|jika|jk|misal\w*|seandainya|andai\w*|if|lamun|menawi|nek)\b(?: [\w\-./]+){{0,4}} {_PAY_VERB}\b"
)
IFS = frozenset(
    "kalau kalo klo kl jika jk misal misalnya misalkan seandainya andai andaikan andainya coba if lamun menawi nek".split()
)
REFUND = Sense(
    "refund* reversal* direversal dikembalikan_ke pengembalian_dana restitusi pengembalian dikembalikan kembalikan kembaliin dibalikin balikin minta_kembali minta_balik kelebihan_bayar kelebihan_transfer dobel_bayar bayar_dobel double_payment money_back"
)
NOT_PAID = re.compile(rf"\b(?:{_NOT})(?: \w+)?? {_PAY_VERB}\b")
_CONFIRMS = r"(?: (?:dicek|di cek|konfirmasi|lapor))"
_HAVE_ = "sudah|sdh|udah|udh|telah|tlh|dah"
WILL = re.compile(
    rf"\b(?:{_INTENDS})(?: \w+){{0,3}}? {_PAY_VERB}\b(?!{_CONFIRMS})|\b(?:di)?(?:bayar|lunasi|setor|transfer)\w* (?:sebelum|sblm|paling lambat|selambat\w*)\b|\b(?:rek(?:ening)?(?:nya)?|ke|bank) ?mana\b"
)
_LATER = alternatives(
    "insya_allah insyaallah insyallah insha_allah inshaallah besok bsk isukan enjing_enjing sesuk lusa minggu_depan bulan_depan tomorrow nanti ntar mengko engke next_week next_month"
)
PAYS_LATER = re.compile(
    rf"\b(?:{_LATER})\b[^,;.\n]{{0,30}}(?:bayar|byr|\btf\b|transfer|setor|\bpay|lunas|mayar)|(?:bayar|byr|\btf\b|transfer|setor|\bpay|lunas|mayar)\w{{0,10}}[^,;.\n]{{0,40}}\b(?:{_LATER})\b(?!(?: (?:saya|sy|aku|ak|kami|abdi|akan|tak))? ?(?:kirim|susul|foto|struk|bukti|resi|slip|nyusul|menyusul|ke kantor|datang|diantar))"
    r"|(?:bayar|byr|transfer|setor|lunas)\w{0,6}[^,;.\n]{0,20}\b(?:nunggu|menunggu|tunggu|nungguin|setelah|habis|abis) (?:gajian|panen|cair|dapat|ada|akhir bulan|awal bulan|tanggal|tgl)"
)
ON_THE_WAY = re.compile(rf"\b(?:antri|antre|ngantri|otw|menuju|di jalan ke)\b[^.;\n]{{0,50}}(?<!sudah ){_PAY_VERB}\b")
"""On the way to paying."""
DEMANDS = re.compile(
    rf"\b(?:jangan|jgn|jngn|ojo|ulah|jangan lupa|jgn lupa|jangan telat|ingat(?:kan|in)?|ingetin|diingatkan|mohon|mhn|harap|diharap\w*|dimohon|agar|supaya|biar|ayo|yuk|hayu)"
    rf"(?: (?:untuk|utk|segera|sgr|saya|sy|anda|bapak|ibu|kami|bisa|dapat|sekalian|tolong|dibantu|ya)){{0,4}} {_PAY_VERB}\b(?!{_CONFIRMS})"
    r"|\b(?:menunggu|selesaikan|segera selesaikan|lakukan) pembayaran\b|\bwaiting for payment\b"
)
"""Reminds of paying, or demands it."""
ASKS_FOR_TIME = re.compile(
    r"\b(?:minta|mohon|nyuwun|menta|nyuhunkeun|ask\w* for|request\w*|need) (?:\w+ ){0,2}(?:waktu|tempo|keringanan|dispensasi|perpanjangan|penundaan|kelonggaran|pengurangan|more time|extension)\b"
    r"|\b(?:perpanjangan waktu|penundaan bayar\w*|ditunda dulu)\b|\b(?:dijadwalkan|terjadwal|jadwalkan|scheduled|auto ?debet|autodebit)\b"
)
"""Asks for time, or tells of a payment that a bank will make by itself."""
UNREAL = re.compile(
    rf"\b(?:seandainya|andai\w*|misal\w*|coba (?:kalau|kalo|klo)|if only)\b[^.;!?\n]{{0,40}}{_PAY_VERB}\b|\b(?:kalau|kalo|klo|jika|if)(?: \w+){{0,1}} (?:{_HAVE_})(?: \w+){{0,2}} {_PAY_VERB}\b"
    rf"|\b(?<!lapor )(?<!konfirmasi )(?<!info )(?<!pak )(?<!bu )(?:kalau|kalo|klo|jika|if)(?: [\w\-./]+){{0,3}} (?:{_HAVE_}) (?:di)(?:bayar|transfer|setor|lunasi)\b"
)
"""What would be, had it been paid."""
LATER_WORD = re.compile(rf"\b(?:{_LATER}|akan|ins?ya ?allah|insyaallah)\b")
_I = "saya|sy|aku|ak|gw|gue|kami|kita|abdi|kulo|i|we"
HAVE = "sudah|sdh|udah|udh|telah|tlh|dah|tos|atos|parantos|sampun|wis|have|already"
FIRST_PERSON = re.compile(
    rf"\b(?:{_I})(?: ini)? (?:{HAVE})\b(?! (?:masuk|diterima|lunas|tercatat|terverifikasi|terbayar|terdaftar|dicek|diproses))|\b(?:{HAVE})(?: \w+)? (?:{_I}|tak|ku)? ?(?:(?:di)?(?:bayar|transfer|setor)|byr|trf|tf|lunasi|mayar|paid)\b(?! (?:belum|blm|apa))"
)
"""The writer says that he has paid, whatever else he asks."""
HAS_PAID = re.compile(
    rf"\b(?:{HAVE}|berhasil|sukses|tadi|td|barusan)(?: \w+){{0,3}} {_PAY_VERB}\b|\b{_PAY_VERB}(?: \w+){{0,3}} (?:{HAVE}|berhasil|sukses|tadi|td|kemarin|kmrn|barusan)\b|\b(?:ter|ke|ku)?lunas\b"
)
WHETHER = re.compile(
    r"\bapakah\b|\bapa (?:benar |betul |bener )?(?:(?:pembayaran|bayaran|transfer\w*|uang\w*|tagihan\w*|sudah|sdh|udah|udh|telah|tos)\b|(?:[a-z]{2,7}[ \-/.]?)2[0o]\d\d)"
    r"|\b(?:lunas|dibayar|terbayar|kebayar|paid|received|settled)(?:nya)?(?: (?:already|yet|kah|pak|bu|ya|min|kak|apa|gitu|to|toh|tho))* ?\?|\b(?:lunas|masuk|dibayar|terbayar|diterima|kebayar|terverifikasi|tercatat)(?:nya)?(?: apa)? (?:belum|blm|blom|belom|apa belum|gak|nggak|tidak)\b|\b(?:has|is|was|did) (?:my|the)\b"
)
CORRECTED = re.compile(
    r"\b(?:bukan(?:nya)?|bkn|siapa bilang|dudu|sanes|jangan ditulis|kok ditulis|masih ditulis) (?:belum|blm|blom|durung|teu acan)\b(?: \w+){0,3}[ ,.!?\-]{1,3}(?=(?:\w+ )?(?:sudah|udah|sdh|udh|uda|dah|malah|tos|wis)\b)"
)
"""``bukan belum bayar, SUDAH``: what was denied is not what is told."""
ASKS_OF_BILL = Sense(
    "berapa* brp* brapa cek dicek check jatuh_tempo denda* how_much info rincian detail nominal* jumlah* lihat liat kode_bayar kode kd rekening_mana rek_mana norek kapan iraha pinten sabaraha piro"
)
CORRECTIONS = frozenset("bukan bukannya bkn siapa dudu sanes jangan kok masih".split())
NEGATIONS = frozenset(
    "ga gak tidak tdk nggak ngga gk g teu ora mboten can cannot could couldn unable never not did didn can't couldn't didn't".split()
)
NEVER = re.compile(
    rf"\b(?:tidak|tdk|ga|gak|nggak|ngga|never|not|ora|teu) (?:pernah|merasa|ngerasa|ever|rumangsa)(?: \w+){{0,3}} {_PAY_VERB}"
)
IF_MAY = re.compile(
    rf"{_PAY_VERB}\b(?=.{{0,80}}\b(?:dulu|separuh|setengah\w*|sebagian|dicicil|nyicil|cicil|sisanya|bulan depan|minggu depan|nanti)\b).{{0,80}}\b(?:boleh|bole|bisa|bs|dapat|tiasa|may|allowed)\b(?: \w+)? ?(?:ga|gak|nggak|ngga|tidak|tdk|kah|teu|\?)"
)
"""Asks leave to pay in another way."""
ASKS_SUM = Sense("berapa* brp* brapa how_much pinten sabaraha piro denda* rincian detail")
_WITH_MONEY = rf"\b(?:kalau|kalo|klo|kl|nanti|ntar|tunggu|nunggu|menunggu|habis|abis|setelah)\b[^.;\n]{{0,30}}\b(?:gajian|panen|cair|rezeki|rejeki|ada uang|ada duit)\b[^.;\n]{{0,30}}{_PAY_VERB}\b"
PROMISES = re.compile(
    rf"\b(?:{_LATER})\b.{{0,40}}(?:bayar|byr|\btf\b|transfer|setor|\bpay|lunas|mayar)|(?:bayar|byr|\btf\b|transfer|setor|\bpay|lunas|mayar)\w{{0,10}}.{{0,30}}\b(?:{_LATER})\b"
    rf"|{_WITH_MONEY}|\b(?:{_LATER})\b.{{0,25}}\b(?:ke bank|ke teller|ke atm|ke kantor)\b|\b(?:akan|will|going to|mau|bade|arep|rencana\w*|niat|insya ?allah) (?:\w+ ){{0,2}}{_PAY_VERB}\b"
)
TRIED = re.compile(
    rf"(?<!\w){_PAY_VERB}\b.{{0,50}}\b(?:gagal|error|ditolak|failed|timeout|declined)\b|\b(?:gagal|failed)\b.{{0,12}}{_PAY_VERB}\b"
)
GIVEN_BACK = re.compile(r"\b(?:reversal|direversal|dikembalikan ke|pengembalian dana|refund(?:ed)?)\b")
"""A number beside it does not make it a payment, unless the writer says that he has paid."""
INTENTS = frozenset(word.split()[0] for word in _INTENDS.replace("\\ ", " ").split("|")) | frozenset(
    "sebelum sblm paling selambat selambatnya mana".split()
)
LATER_FIRST = frozenset(word.split()[0] for word in _LATER.replace("\\ ", " ").split("|")) | frozenset(
    "nunggu menunggu tunggu nungguin setelah habis abis".split()
)
"""The first words of what is meant for later: without one of them nothing is."""
WHETHER_WORDS = frozenset("apakah apa belum blm blom belom gak nggak tidak has is was did".split())
NOT_WORDS = frozenset(
    "belum blm blum belom blom blon durung dereng teu encan tacan lom haven have has did didn't haven't hasn't not can".split()
)
TIME_WORDS = frozenset(
    "minta mohon nyuwun menta nyuhunkeun ask asked asking request requested requesting need perpanjangan penundaan ditunda dijadwalkan terjadwal jadwalkan scheduled auto autodebet autodebit".split()
)
WAY_WORDS = frozenset("antri antre ngantri otw menuju jalan".split())
DEMAND_WORDS = frozenset(
    "jangan jgn ingat ingatkan ingatin ingetin diingatkan mohon mhn harap diharap diharapkan diharapkn dimohon agar supaya biar ayo yuk hayu menunggu selesaikan segera lakukan waiting".split()
)
"""Without one of these words the pattern of the same name finds nothing."""
