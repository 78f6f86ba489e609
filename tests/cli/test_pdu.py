"""What `mgov pdu` promises to other programs."""

import json
from typing import Any

from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from mgov.cli.pdu import pdu


def run(command: str, *records: object) -> list[dict[str, Any]]:
    lines = "".join((record if isinstance(record, str) else json.dumps(record)) + "\n" for record in records)
    result = CliRunner().invoke(pdu, [command, "--jsonl", "-"], input=lines)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


CLASSIC = "07917283010010F5040BC87238880900F10000993092516195800AE8329BFD4697D9EC37"


def test_decode_gives_only_what_the_pdu_has() -> None:
    """A plain DELIVER has no class, no concat, no reference; zeros that it has are given."""
    assert run("decode", {"id": 7, "pdu": CLASSIC, "direction": "deliver", "smsc_prefix": True}) == [
        {
            "id": 7,
            "number": "27838890001",
            "scts": "1999-03-29T15:16:59+02:00",
            "text": "hellohello",
            "alphabet": "gsm7",
            "pid": 0,
            "dcs": 0,
            "smsc": "+27381000015",
        }
    ]


def test_a_bad_line_is_an_error_line_and_the_next_goes_on() -> None:
    """Every line gets its answer, whatever is wrong with it."""
    wrong = [
        "not json",
        "[1]",
        {"id": "a"},
        {"id": "b", "pdu": CLASSIC[:-2]},
        {"id": "c", "pdu": CLASSIC, "direction": 1},
    ]
    answers = run("decode", *wrong, {"id": "d", "pdu": CLASSIC})
    assert [set(answer) for answer in answers[:-1]] == [{"id", "error"}] * len(wrong)
    assert answers[-1]["text"] == "hellohello"


def test_encode_of_a_short_text() -> None:
    """The PDU has an empty SMSC in front and nothing that was not asked for."""
    assert run("encode", {"id": 1, "to": "+46708251358", "text": "hellohello"}) == [
        {
            "id": 1,
            "alphabet": "gsm7",
            "parts": ["hellohello"],
            "pdus": [{"pdu": "0001000B916407281553F800000AE8329BFD4697D9EC37", "length": 22}],
        }
    ]


def test_encode_refuses_what_cannot_be_sent() -> None:
    """A name, a lone surrogate, a wrong class, a reference too wide: an error line each."""
    base = {"id": 1, "to": "+628111", "text": "x"}
    wrong = [{"to": "BANTEN"}, {"to": ""}, {"to": "+62 811"}, {"text": 5}, {"class": 4}, {"class": True}]
    wrong += [{"reference": 256}, {"ref_bits": 9}, {"validity_minutes": 0}, {"text": "x" * 40000}]
    answers = run("encode", *[base | change for change in wrong], '{"id": 1, "to": "1", "text": "\\ud83d"}')
    assert all(set(answer) == {"id", "error"} for answer in answers)


@given(text=st.text(min_size=1, max_size=700), bits=st.sampled_from([8, 16]))
def test_what_encode_writes_decode_reads(text: str, bits: int) -> None:
    """The texts of all parts, as decoded, are the text."""
    [encoded] = run("encode", {"id": 1, "to": "+628", "text": text, "reference": 200, "ref_bits": bits, "class": 0})
    decoded = run("decode", *[{"id": 1, "pdu": part["pdu"], "direction": "submit"} for part in encoded["pdus"]])
    assert [part["text"] for part in decoded] == encoded["parts"]
    assert "".join(encoded["parts"]) == text
    if len(decoded) > 1:
        places = [part["concat"] for part in decoded]
        assert places == [
            {"ref": 200, "total": len(decoded), "seq": number, "bits": bits} for number in range(1, len(decoded) + 1)
        ]


def test_join_takes_parts_in_any_order() -> None:
    """A long text comes together; a missing part is said."""
    pdus = [
        "0791269846040000" + "440B912618111111F100006211010000008205050003CC0202" + "C2",
        "0791269846040000" + "440B912618111111F100006211010000008205050003CC0201" + "82",
    ]
    for place, part in enumerate(pdus):  # UDL: a header of six octets takes seven septets, then one letter
        pdus[place] = part.replace("8205050003", "8208050003")
    [whole, part] = run("join", {"id": 1, "pdus": pdus}, {"id": 2, "pdus": pdus[:1]})
    assert whole == {"id": 1, "text": "Aa"}
    assert part["id"] == 2
    assert "incomplete" in part["error"]
