"""Hostile configurations and reply texts: refused with a sentence; values stay values."""

from __future__ import annotations

from pathlib import Path

import pytest

from mgov.config import ConfigError, load
from mgov.replies import Replies, RepliesError
from tests.security.hostile import BY_HAND


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "[" * 100_000,
        'timezone = "../../../etc/passwd"',
        "[database]\nurl = 'sqlite:///x?mode=memory&uri=file:/etc/passwd'\n[modem]\n",
        "[[modem]]\nname = '../../x'\ndriver = 'at'\nport = '/dev/null'",
        "[[modem]]\nname = 'a'\ndriver = 'os.system'\nport = 'x'",
        "[payments]\nfour_eyes_above = 99999999999999999999999999999e9",
        "\x00",
        "a.b.c.d = 1\na.b = 2",
        "[staff]\nunix_users = 1",
        "language = '{{ 7*7 }}'",
    ],
)
def test_a_hostile_configuration_is_refused_with_a_sentence(tmp_path: Path, text: str) -> None:
    """Nothing in a configuration is run; what is wrong is said with its place."""
    path = tmp_path / "mgov.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert "mgov.toml" in str(caught.value)


@pytest.mark.parametrize(
    "template",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ x.__init__.__globals__ }}",
        "{{ self.__init__.__globals__ }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ lipsum.__globals__['os'].system('id') }}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}",
        "{{ config }}",
        "{{ x.append(1) }}",
        "{{ ''|attr('__class__') }}",
        "{{ namespace.__init__.__globals__ }}",
    ],
)
def test_a_reply_template_cannot_leave_its_sandbox(template: str) -> None:
    """A text that reaches for Python's insides is refused when the texts are loaded."""
    with pytest.raises(RepliesError):
        Replies.of({"t": {"id": template, "en": template, "sample": {"x": []}}})


@pytest.mark.parametrize("words", BY_HAND, ids=range(len(BY_HAND)))
def test_values_in_a_template_stay_values(words: str) -> None:
    """What citizens and agencies wrote is never read as a template."""
    replies = Replies.of({"t": {"id": "[{{ x }}]", "en": "[{{ x }}]", "sample": {"x": "a"}}})
    shown = replies.render("t", {"x": words})
    assert shown.startswith("[")
    assert shown.endswith("]")
    if "{{7*7}}" in words:
        assert "{{7*7}}" in shown
