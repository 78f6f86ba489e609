"""Of a mail only the writer's own new words count."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from parsers.email_body import own_text
from parsers.reader import read

NOW = datetime(2026, 11, 12, 16, 0, tzinfo=ZoneInfo("Asia/Jakarta"))
WRITTEN = "Sudah kami bayar SKRD-2026-004512, bukti 0093482711"
OURS = "BAYAR SKRD-2026-999999#9999999999#31/12/2026#23:59"

#: What Gmail, Outlook, Yahoo and phones put below an answer, in Indonesian and English.
TAILS = [
    "\n\nOn Thu, 12 Nov 2026 at 09:00, Layanan Banten <layanan@example.go.id>\nwrote:\n\n> {ours}",
    "\n\nOn Nov 12, 2026, at 9:00 AM, Layanan <layanan@example.go.id> wrote:\n\n{ours}",
    "\n\nPada tanggal Kam, 12 Nov 2026 pukul 09.00 Layanan Banten <layanan@example.go.id> menulis:\n\n> {ours}",
    "\n\nPada Kam, 12 Nov 2026 09.00, Layanan <layanan@example.go.id>\nmenulis:\n> {ours}",
    "\n\nPada 12/11/2026 09.00, Layanan menulis:\n{ours}",
    "\n\n________________________________\nFrom: Layanan <layanan@example.go.id>\nSent: Thursday, November 12, 2026 9:00 AM\nTo: Budi\nSubject: Pengingat\n\n{ours}",
    "\n\n________________________________\nDari: Layanan <layanan@example.go.id>\nDikirim: Kamis, 12 November 2026 9:00\nKepada: Budi\nSubjek: Pengingat\n\n{ours}",
    "\n\nFrom: Layanan [mailto:layanan@example.go.id]\nSent: Thursday, November 12, 2026 9:00 AM\nTo: Budi\nSubject: Pengingat\n\n{ours}",
    "\n\nDari: layanan@example.go.id\nKirim: 12 November 2026\nKe: budi\nPerihal: Pengingat\n\n{ours}",
    "\n\n-----Pesan Asli-----\nDari: Layanan\n{ours}",
    "\n\n---------- Forwarded message ---------\nFrom: Layanan <l@example.go.id>\nDate: Thu, Nov 12\nSubject: x\nTo: y\n\n{ours}",
    "\n\n---------- Pesan terusan ---------\nDari: Layanan <l@example.go.id>\nTanggal: Kam\n\n{ours}",
    "\n\n--- Pada Kam, 12/11/26, Layanan <l@example.go.id> menulis:\n\n{ours}",
    "\n\n  Pada Kamis, 12 November 2026 09.00.00 WIB, Layanan <l@example.go.id> menulis:  \n \n {ours}",
    "\n\nDikirim dari iPhone saya\n\nPada 12 Nov 2026, pukul 09.00, Layanan <l@example.go.id> menulis:\n\n\ufeff{ours}",
    "\n\nSent from my Samsung Galaxy smartphone.\n-------- Original message --------\nFrom: Layanan\n{ours}",
    "\n\n-------- Pesan asli --------\nDari: Layanan <l@example.go.id>\nTanggal: 12/11/26 09.00 (GMT+07:00)\nKepada: budi\n{ours}",
    "\n\nDikirim dari Yahoo Mail di Android\n\n  Pada Kam, 12 Nov 2026 pada 09:00, Layanan<l@example.go.id> menulis:   {ours}",
    "\n\nSent from Yahoo Mail for iPhone",
    "\n\nGet Outlook for Android<https://aka.ms/AAb9ysg>\n________________________________\nFrom: x\n{ours}",
    "\n\nDapatkan Outlook untuk Android",
    "\n-- \nBudi\nPT Maju\n0812 1111 2222\n{ours}",
    "\n\nSalam,\nBudi",
    "\n\nBest,\nBudi Santoso\nFinance Manager | PT Maju\nM: +62 812 1111 2222",
    "\n\nTerima kasih.\nBudi\nHP 081211112222",
    "\n\nHormat saya,\n\nBudi Santoso",
    "\n\nDISCLAIMER: This e-mail is confidential. Ref 1234567890",
    "\n\nEmail ini bersifat rahasia dan hanya ditujukan untuk penerima. Ref 1234567890",
    "\n\nCAUTION: This email originated from outside the organization.",
    "\n\nPertimbangkan lingkungan sebelum mencetak email ini. No 1234567890",
    "\n\nPlease consider the environment before printing this e-mail",
    "\n\n[cid:image001.png@01D9.1234567890]",
    "\n\nVirus-free. www.avast.com",
    "\n\nLe jeu. 12 nov. 2026 à 09:00, Layanan a écrit :\n> {ours}",
    "\n\nBegin forwarded message:\n\nFrom: L\n{ours}",
    "\n\n=====\nBudi",
    "\n\nOn 2026-11-12 09:00, Layanan wrote:\n> {ours}",
    "\n\nOn 12/11/2026 09.00, layanan@example.go.id wrote:\n{ours}",
    "\n\n2026-11-12 9:00 GMT+07:00 Layanan <layanan@example.go.id>:\n\n> {ours}",
    '\n\nTanggal 12 Nov 2026 09.00, "Layanan" <layanan@example.go.id> menulis:\n\n{ours}',
    "\n\n*From:* Layanan <layanan@example.go.id>\n*Sent:* Thursday\n*To:* B\n*Subject:* P\n\n{ours}",
    "\n\n*Dari:* Layanan <layanan@example.go.id>\n*Dikirim:* Kamis\n\n{ours}",
]

#: The same as HTML.
PAGES = [
    '<div dir=ltr>{written}</div><br><div class="gmail_quote"><div class=gmail_attr>On Thu wrote:</div><blockquote>{ours}</blockquote></div>',
    '<html><head><style>x</style></head><body><div>{written}</div><div id="appendonsend"></div><hr style=\'display:inline-block\'><div id="divRplyFwdMsg"><b>From:</b> L<br></div><div>{ours}</div></body></html>',
    "<div class=WordSection1><p class=MsoNormal>{written}</p><div style='border:none;border-top:solid #E1E1E1 1.0pt'><p><b>From:</b> Layanan &lt;l@example.go.id&gt;<br><b>Sent:</b> Thu<br><b>To:</b> B<br><b>Subject:</b> x</p></div><p>{ours}</p></div>",
    '<div>{written}</div><div id="ydp1234yahoo_quoted_1" class="ydpyahoo_quoted"><div>Pada Kam menulis:</div><div>{ours}</div></div>',
    '<p>{written}</p><div class="moz-cite-prefix">On 12/11/26 L wrote:<br></div><blockquote type=cite>{ours}</blockquote>',
    "<p>{written}</p><div class='gmail_signature'>Budi<br>{ours}</div>",
    "<p>{written}</p><!-- {ours} --><script>{ours}</script><title>{ours}</title>",
    '<p>{written}</p><p style="display:none">{ours}</p>',
    "<p>{written}<br>--<br>Budi {ours}</p>",
    '<p>{written}</p><blockquote class="protonmail_quote">{ours}</blockquote>',
    '<p>{written}</p><div name="messageReplySection">Pada 12 Nov menulis:<blockquote>{ours}</blockquote></div>',
    "<p>{written}<p>Salam<p>Budi<blockquote>{ours}</blockquote>",
    "<table><tr><td>{written}</td></tr></table><br/><hr/><b>Dari:</b> L &lt;l@example.go.id&gt;<br/>{ours}",
]


@pytest.mark.parametrize("tail", TAILS, ids=range(len(TAILS)))
def test_what_is_not_the_writers_is_taken_off(tail: str) -> None:
    """Quotes, signatures, forwards, disclaimers and the mail program's own words go."""
    assert own_text(WRITTEN + tail.replace("{ours}", OURS), False) == WRITTEN


@pytest.mark.parametrize("page", PAGES, ids=range(len(PAGES)))
def test_html_mails_are_read_like_others(page: str) -> None:
    """Markup, marked quotes, invisible parts and what follows a mail program's mark go."""
    assert own_text(page.format(written=WRITTEN, ours=OURS), True).strip() == WRITTEN


@pytest.mark.parametrize("tail", TAILS, ids=range(len(TAILS)))
def test_our_own_example_is_never_read_as_a_payment(tail: str) -> None:
    """A mail that only thanks, with our reminder below, confirms nothing."""
    reading = read("Baik, terima kasih infonya." + tail.replace("{ours}", OURS), NOW)
    assert reading.command is None


def test_a_banner_above_a_mail_does_not_hide_it() -> None:
    """What a mail server put on top is dropped, the mail below counts."""
    banner = "[EXTERNAL] CAUTION: this email comes from outside; check the sender before you click."
    assert own_text(f"{banner}\n\n{WRITTEN}", False) == WRITTEN


def test_an_answer_below_the_quotation_counts() -> None:
    """Who answers at the bottom of `>` lines is read all the same."""
    assert own_text(f"> {OURS}\n> second line\n{WRITTEN}", False) == WRITTEN
