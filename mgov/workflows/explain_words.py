"""The sentences of `mgov explain`, Indonesian and English: one entry a thing that can be told."""

from __future__ import annotations

from collections.abc import Mapping

#: name → (Indonesian, English). Braces are filled in by `say`.
SENTENCES: dict[str, tuple[str, str]] = {
    # a message that came in
    "received": (
        "{sender} mengirim {channel}; {door}, {parts} bagian: «{text}»",
        "{sender} sent {channel}; {door}, {parts} part(s): «{text}»",
    ),
    "by_modem": ("diterima modem {modem} (SIM {sim})", "received by modem {modem} (SIM {sim})"),
    "by_door": ("diterima", "received"),
    "part_came": ("Bagian {sequence} dari {total} diterima", "Part {sequence} of {total} came in"),
    "part_unreadable": ("Satu bagian tidak dapat dibaca: {error}", "A part could not be read: {error}"),
    "read_as": ("Dibaca sebagai {command}{fields} (cara baca: {how})", "Read as {command}{fields} (how: {how})"),
    "not_a_command": ("Tidak terbaca sebagai perintah (cara baca: {how})", "Not read as a command (how: {how})"),
    "ignored": ("Tidak dijawab: {cause}", "Not answered: {cause}"),
    "set_aside": (
        "Disisihkan setelah tiga kali gagal diproses: {detail}",
        "Set aside after failing three times: {detail}",
    ),
    "incomplete": ("Sisa pesan panjang tidak pernah datang", "The rest of a long message never came"),
    "unreadable": (
        "Pesan tidak dapat dibaca; PDU mentahnya disimpan",
        "The message cannot be read; its raw PDU is kept",
    ),
    "try_failed": ("Belum berhasil diproses, dicoba lagi: {error}", "Not handled yet, tried again: {error}"),
    "not_handled": ("Menunggu giliran diproses", "Waits for its turn to be handled"),
    "no_answer": ("Tidak ada balasan untuk pesan ini", "There is no answer to this message"),
    "became_payment": (
        "Menjadi konfirmasi pembayaran nomor {number}, status {state}",
        "Became payment {number}, {state}",
    ),
    # a message that goes out
    "queued": (
        "Pesan keluar {number} ke {recipient} masuk antrean, prioritas {priority} ({cause}): «{text}»",
        "Message {number} to {recipient} was queued, priority {priority} ({cause}): «{text}»",
    ),
    "answers": ("Ini balasan untuk pesan masuk {number}", "This answers incoming message {number}"),
    "resend_of": ("Ini pengiriman ulang dari pesan keluar {number}", "This is message {number} sent again"),
    "claimed": ("Diambil oleh {modem} untuk dikirim", "Taken by {modem} to be sent"),
    "attempt": (
        "Percobaan {attempt}, bagian {sequence} lewat modem {modem} (SIM {sim}): {outcome}{code}{detail}",
        "Try {attempt}, part {sequence} by modem {modem} (SIM {sim}): {outcome}{code}{detail}",
    ),
    "part_submitted": (
        "Bagian {sequence} dari {total} diserahkan lewat modem {modem} (SIM {sim}){reference}",
        "Part {sequence} of {total} was submitted by modem {modem} (SIM {sim}){reference}",
    ),
    "reference": (", diterima jaringan dengan acuan {reference}", ", accepted by the network as reference {reference}"),
    "report": (
        "Laporan kirim untuk bagian {sequence}: {meaning} (status {status})",
        "Delivery report for part {sequence}: {meaning} (status {status})",
    ),
    "report_delivered": ("sampai di telepon tujuan", "arrived at the phone"),
    "report_failed": ("tidak dapat disampaikan", "could not be delivered"),
    "report_trying": ("belum sampai, pusat SMS masih mencoba", "not there yet, the SMS centre goes on trying"),
    "bound": (
        "Sisa pesan harus lewat SIM {sim}: bagian awalnya sudah terkirim dari nomor itu",
        "The rest must go by SIM {sim}: its first parts went out by that number",
    ),
    "state_sent": ("Semua bagian diterima jaringan", "The network accepted all parts"),
    "state_delivered": ("Sampai di telepon tujuan", "Delivered to the phone"),
    "state_failed": ("Gagal dan tidak dicoba lagi: {detail}", "Failed and not tried again: {detail}"),
    "state_expired": ("Kedaluwarsa, tidak dikirim: {cause}", "Expired, not sent: {cause}"),
    "state_uncertain": (
        "Belum pasti: mungkin sudah terkirim. Tidak dikirim ulang sebelum laporan kirim atau memori modem memastikan",
        "In doubt: it may have gone out. Not sent again before a delivery report or the modem's memory settles it",
    ),
    "requeued": ("Kembali ke antrean ({cause})", "Back in the queue ({cause})"),
    "retry_at": ("Dicoba lagi paling cepat pukul {at}", "Tried again at {at} at the earliest"),
    "held": ("Ditahan: {detail}", "Held back: {detail}"),
    "released": ("Dilepas kembali ke antrean: {detail}", "Let go: {detail}"),
    "resent": ("Dikirim ulang oleh {actor}: {detail}", "Sent again by {actor}: {detail}"),
    # why it is still waiting
    "why_only_to": (
        "MENUNGGU: uji coba hanya mengirim ke nomor di [routing] only_to, dan {recipient} tidak termasuk",
        "WAITS: the pilot texts only to the numbers in [routing] only_to, and {recipient} is not among them",
    ),
    "why_class_paused": (
        "MENUNGGU: kelas {name} dijeda oleh {by} sejak {since}{reason}; lanjutkan dengan `mgov resume --class {name}`",
        "WAITS: class {name} was paused by {by} at {since}{reason}; `mgov resume --class {name}` lets it go on",
    ),
    "why_modem_paused": (
        "MENUNGGU: modem {name} dijeda oleh {by} sejak {since}{reason}",
        "WAITS: modem {name} was paused by {by} at {since}{reason}",
    ),
    "why_quota": (
        "MENUNGGU: kuota {quota} modem {name} habis sampai {until}",
        "WAITS: quota {quota} of modem {name} is used up until {until}",
    ),
    "why_later": ("MENUNGGU: belum waktunya, paling cepat {at}", "WAITS: not before {at}"),
    "why_closed": ("MENUNGGU: di luar jam kirim", "WAITS: outside of the sending hours"),
    "why_bound": (
        "MENUNGGU: sisa pesan harus lewat SIM {sim}, yang sekarang tidak siap",
        "WAITS: the rest must go by SIM {sim}, which is not ready now",
    ),
    "why_own_modem": (
        "MENUNGGU modem {name} yang menerima SMS-nya ({state}); setelah satu menit modem lain mengambil alih",
        "WAITS for modem {name} that was texted ({state}); after a minute another takes over",
    ),
    "why_no_modem": ("MENUNGGU: tidak ada modem yang siap{modems}", "WAITS: no modem is ready{modems}"),
    "why_turn": ("MENUNGGU giliran: {ahead} pesan di depannya", "WAITS for its turn: {ahead} message(s) ahead of it"),
    "why_sending": ("SEDANG dikirim oleh {owner}", "IS BEING sent by {owner}"),
    "why_uncertain": (
        "MENUNGGU laporan kirim; tanpa laporan dalam tiga hari pesan ini kedaluwarsa"
        " (`mgov sms resend {number} --doubtful` mengirimnya lagi)",
        "WAITS for the delivery report; without one it expires after three days"
        " (`mgov sms resend {number} --doubtful` sends it again)",
    ),
    "why_sent": (
        "TERKIRIM, laporan kirim belum ada: telepon tujuan mungkin mati, atau laporannya datang ketika modem tidak"
        " didengar dan dibuang olehnya; tidak dikirim ulang",
        "SENT, and no delivery report is here: the phone may be off, or the report came while nobody listened to the"
        " modem, which dropped it; it is not sent again",
    ),
    "why_dead": (
        "SELESAI tanpa terkirim; `mgov sms resend {number}` mengirimnya lagi",
        "DEAD; `mgov sms resend {number}` sends it again",
    ),
    # a bill or document
    "bill_came": (
        "Tagihan {number} dari {agency} masuk, jumlah {amount}",
        "Bill {number} of {agency} came in, amount {amount}",
    ),
    "money_booked": (
        "Dana #{entry} ({reference}) sebesar {amount} dibukukan: {rule}",
        "{amount} of bank entry #{entry} ({reference}) were booked: {rule}",
    ),
    "money_taken_back": (
        "Dana #{entry} ({reference}) sebesar {amount} ditarik kembali: {rule}",
        "{amount} of bank entry #{entry} ({reference}) were taken back: {rule}",
    ),
    "document_came": ("Dokumen {kind} {number} dicatat", "Document {kind} {number} was recorded"),
    # any other object
    "transition": ("{what}: {before}{to} ({cause}){detail}", "{what}: {before}{to} ({cause}){detail}"),
}

#: Outcomes of a submission and states, in words.
WORDS: dict[str, tuple[str, str]] = {
    # of payments and bills
    "awaiting_funds": ("menunggu dana", "waits for funds"),
    "settled": ("lunas", "settled"),
    "review": ("diperiksa petugas", "before a person"),
    "rejected": ("ditolak", "rejected"),
    "confirmed": ("dikonfirmasi pengirim", "confirmed by the sender"),
    "completed": ("dilengkapi pengirim", "completed by the sender"),
    "escalated": ("diteruskan ke atasan", "escalated"),
    "late": ("lewat waktu", "late"),
    "desk": ("meja kasir", "the desk"),
    "matched": ("cocok", "matched"),
    "undone": ("dibatalkan petugas", "undone by staff"),
    "approved": ("disetujui petugas", "approved by staff"),
    "proposed": ("diusulkan, menunggu orang kedua", "proposed, waits for a second person"),
    "allocated": ("dana dibukukan", "money booked"),
    "amount_changed": ("jumlah berubah", "amount changed"),
    "paid_elsewhere": ("dibayar di tempat lain", "paid elsewhere"),
    "cancelled": ("dibatalkan", "cancelled"),
    "bill import": ("impor tagihan", "bill import"),
    "proof": ("nomor bukti sama", "exact proof"),
    "embedded_proof": ("bukti di dalam keterangan", "proof inside the description"),
    "folded_proof": ("bukti sama kecuali O/0, I/1", "proof equal but for O/0, I/1"),
    "near_proof": ("bukti hampir sama", "near proof"),
    "duplicate": ("pembayaran yang sama", "the same payment again"),
    "bill_number": ("bank menyebut nomor tagihan", "the bank names the bill"),
    "unique_amount": ("jumlah unik", "unique amount"),
    "manual": ("oleh petugas", "by staff"),
    "undo": ("dibatalkan petugas", "undone by staff"),
    "reversal": ("ditarik bank", "reversed by the bank"),
    "accepted": ("diterima jaringan", "accepted"),
    "refused_for_good": ("ditolak, tidak dicoba lagi", "refused for good"),
    "refused_for_now": ("ditolak untuk sementara", "refused for now"),
    "modem_fault": ("gangguan modem", "modem fault"),
    "sim_fault": ("gangguan kartu SIM", "SIM fault"),
    "uncertain": ("tidak pasti, mungkin sudah terkirim", "uncertain, it may have gone out"),
    "ready": ("siap", "ready"),
    "down": ("mati", "down"),
    "silent": ("tidak menjawab", "silent"),
    "locked": ("SIM terkunci", "SIM locked"),
    "unregistered": ("tidak terdaftar di jaringan", "not registered"),
    "paused": ("dijeda", "paused"),
    "stopped": ("berhenti", "stopped"),
    "answer": ("balasan", "an answer"),
    "sms send": ("dikirim petugas", "sent by staff"),
    "resend": ("dikirim ulang", "sent again"),
    "alert": ("peringatan", "an alert"),
    "reminder": ("pengingat", "a reminder"),
    "bulk": ("siaran", "a broadcast"),
    "reply": ("balasan", "an answer"),
    "transaction": ("transaksi", "a transaction"),
    "document": ("dokumen", "a document"),
    "confirmation": ("konfirmasi pembayaran", "a payment confirmation"),
    "bill": ("tagihan", "a bill"),
    "application": ("permohonan", "an application"),
    "broadcast": ("siaran", "a broadcast"),
    "message": ("pesan", "a message"),
    "send-by time": ("lewat batas waktu kirim", "past its send-by time"),
    "report never came": ("laporan kirim tidak pernah datang", "its delivery report never came"),
    "obsolete": ("sudah tidak berlaku", "no longer true"),
    "left behind by a stopped process": ("ditinggal proses yang berhenti", "left behind by a stopped process"),
    "stopped before submission": ("proses berhenti sebelum mengirim", "stopped before submission"),
    "the modem's memory says not sent": ("memori modem: belum terkirim", "the modem's memory says not sent"),
    "the modem's memory says sent": ("memori modem: sudah terkirim", "the modem's memory says sent"),
    "delivery report": ("laporan kirim", "delivery report"),
    "a machine is never answered": ("mesin tidak pernah dibalas", "a machine is never answered"),
    "sms": ("SMS", "a text"),
    "email": ("surel", "a mail"),
}


def say(key: str, lang: str, /, **values: object) -> str:
    """One sentence in `id` or `en`."""
    return SENTENCES[key][lang == "en"].format(**values)


def word(name: str | None, lang: str) -> str:
    """A state, an outcome or a cause in words; one without words of its own stays as it is."""
    if name is None:
        return ""
    known = WORDS.get(name)
    return known[lang == "en"] if known else name


def detail(text: str | None, lang: str) -> str:
    """The half of a two-tongued detail (`Indonesian / English`) that is asked for."""
    halves = (text or "").split(" / ")
    return halves[lang == "en"] if len(halves) == 2 else (text or "")


def listed(values: Mapping[str, object]) -> str:
    """Fields as a reader likes them: `, bill SKRD-1, amount 5000`."""
    return "".join(f", {name} {value}" for name, value in values.items())
