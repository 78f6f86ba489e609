"""Text and HTML of a mail say the same, and nothing in a mail can break out of the frame."""

from __future__ import annotations

from pathlib import Path

import pytest

from mgov.mail.html_frame import FrameError, HtmlFrame

SHIPPED = (Path(__file__).parents[2] / "config" / "mail.html").read_text(encoding="utf-8")


def test_paragraphs_and_lists_become_html_and_everything_is_escaped() -> None:
    """An empty line ends a paragraph, dashes are a list, and a script in a company's name stays text."""
    frame = HtmlFrame.read(SHIPPED, "id", "Pemprov <Banten>")
    page = frame.render("Pengingat & tagihan", "Yth.\n\n- A-1 <script>$body</script>\n- A-2\n\nSalam,\nDinas")
    assert "<ul><li>A-1 &lt;script&gt;$body&lt;/script&gt;</li><li>A-2</li></ul>" in page
    assert "<p>Salam,<br>Dinas</p>" in page
    assert "Pengingat &amp; tagihan" in page
    assert "Pemprov &lt;Banten&gt;" in page
    assert '<html lang="id">' in page


@pytest.mark.parametrize("text", ["<p>$body $secret</p>", "<p>$title</p>", "$body costs 5$ "])
def test_a_frame_that_cannot_be_used_is_refused(text: str) -> None:
    """Another place, none for the body, or a stray dollar sign."""
    with pytest.raises(FrameError):
        HtmlFrame.read(text, "id", "")
