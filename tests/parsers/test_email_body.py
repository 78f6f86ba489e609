"""Of a mail only the writer's own new words count."""

from __future__ import annotations

import pytest

from parsers.email_body import own_text


@pytest.mark.parametrize(
    "tail",
    [
        "\n\nPada Rab, 4 Nov 2026 pukul 07.00 Layanan menulis:\n> BAYAR RTU-2026-999999#9999999999",
        "\n> BAYAR RTU-2026-999999",
        "\n--\nNeng Yuyun / 0838 9911 2203",
        "\n\nSent from my iPad",
        "\n\n-----Original Message-----\nFrom: layanan@example.org\nBAYAR X",
        "\n\nSalam,\nOky\nTelp 0252-280011",
    ],
)
def test_what_is_not_the_writers_is_taken_off(tail: str) -> None:
    """Quotes, signatures and forwards go."""
    assert own_text("STATUS IZN-2026-601573" + tail, False) == "STATUS IZN-2026-601573"


def test_a_quotation_in_html_is_taken_off() -> None:
    """HTML mails lose their markup, marked quotes and styles."""
    body = "<style>p{}</style><div>STATUS&nbsp;IZN-2026-601573</div><div class='gmail_quote'>BAYAR X</div>"
    assert own_text(body, True).replace("\xa0", " ") == "STATUS IZN-2026-601573"
