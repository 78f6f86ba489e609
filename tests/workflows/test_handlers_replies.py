"""The reply texts are checked when they are loaded."""

from __future__ import annotations

import pytest

from mgov.replies import Replies, RepliesError, masked_id, parts_of, rupiah
from tests.workflows.citizen import REPLIES


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ({"id": "Halo"}, "is missing"),
        ({"id": "Halo {{ siapa }}", "en": "Hi"}, "undefined"),
        ({"id": "Halo “dunia”", "en": "Hi"}, "GSM-7"),
        ({"id": "x" * 307, "en": "Hi"}, "3 SMS"),
        ({"id": "{{ ''.__class__ }}", "en": "Hi"}, "unsafe"),
        ({"id": "{% if %}", "en": "Hi"}, "Expected"),
    ],
)
def test_a_wrong_text_is_refused_when_it_is_loaded(entry: dict[str, str], fault: str) -> None:
    """A missing language, an unknown value, a letter outside GSM-7, too much text, an escape: each is named."""
    with pytest.raises(RepliesError, match=fault):
        Replies.of({"greeting": entry})


def test_the_shipped_texts_have_what_the_pipeline_asks_for() -> None:
    """The texts that the pipeline itself renders are there."""
    assert {"help", "unknown", "missing", "propose", "dropped", "budget", "set_aside"} <= REPLIES.names


def test_values_are_never_templates_and_stay_gsm7() -> None:
    """A citizen's braces are printed as they are, and a curly quote does not double the price."""
    text = REPLIES.render("reference_unknown", {"reference": "{{ 7 * 7 }}’"})
    assert "{{ 7 * 7 }}'" in text
    assert parts_of(text) is not None


def test_figures_are_written_as_people_here_write_them() -> None:
    """Dots between thousands; an identity number that only its owner knows."""
    assert rupiah(1250000) == "Rp1.250.000"
    assert masked_id("3604014107900003") == "3604********0003"
