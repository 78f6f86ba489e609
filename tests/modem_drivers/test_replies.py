"""The readers of replies, named by command and form."""

from __future__ import annotations

import pytest

from modem_drivers.at import replies


@pytest.mark.parametrize(
    ("line", "stat"),
    [
        ("+CREG: 0,1", 1),
        ("+CREG:2,5", 5),
        ('+CREG: 2,1,"00C3","0000A1B2",2', 1),
        ("+CREG: 2, 1, 00C3, A1B2", 1),
        ('+CREG: 1,"00C3","A1B2"', 1),
        ("+CREG: 3", 3),
        ("+CREG: ", None),
        ("nonsense", None),
    ],
)
def test_registration_in_every_form(line: str, stat: int | None) -> None:
    """With any <n>, with quotes or without, read or unsolicited."""
    assert replies.parse_creg((line,)) == stat


@pytest.mark.parametrize(
    ("line", "read", "receive"),
    [
        ('+CPMS: ("SM","ME"),("SM"),("ME","MT")', ("SM", "ME"), ("ME", "MT")),
        ('+CPMS: (("SM","BM","SR"),("SM"))', ("SM", "BM", "SR"), ("SM",)),
        ('+CPMS: ("SM")', ("SM",), ("SM",)),
        ("+CPMS: (SM,ME),(SM),(SM)", ("SM", "ME"), ("SM",)),
        ("", (), ()),
    ],
)
def test_storages_offered(line: str, read: tuple[str, ...], receive: tuple[str, ...]) -> None:
    """Bracketed once, twice or doubly, with quotes or without."""
    storages = replies.parse_cpms_test((line,))
    assert (storages.read, storages.receive) == (read, receive)


def test_notices_offered() -> None:
    """Ranges and lists."""
    line = "+CNMI: (0-2),(0,1,3),(0),(0-2),(1)"
    expected = [{0, 1, 2}, {0, 1, 3}, {0}, {0, 1, 2}, {1}]
    assert [set(values) for values in replies.parse_cnmi_test((line,))] == expected


@pytest.mark.parametrize(
    ("line", "dbm"), [("+CSQ: 17,99", -79), ("+CSQ:31,0", -51), ("+CSQ: 99,99", None), ("+CSQ: 136,99", -80)]
)
def test_signal(line: str, dbm: int | None) -> None:
    """The scale of GSM and that of 3G sticks; 99 is not known."""
    assert replies.parse_csq((line,)) == dbm


def test_pin_tries_do_not_read_the_puk() -> None:
    """A count that belongs to the PUK or PIN2 is no count of PIN tries."""
    assert replies.parse_pin_tries(("+CPINR: SIM PUK,10,10", "+CPINR: SIM PIN,3,3")) == 3
    assert replies.parse_pin_tries(("^CPIN: SIM PIN,10,10,1,10,3",)) == 1
    assert replies.parse_pin_tries(("OK",)) is None


@pytest.mark.parametrize(
    "line", ["", ",", '"', "(((", "+CUSD: 0", '+CUSD: 0,"a"b,c",15', "+CMGL: ,,,", "+CPMS: ,,", "\x00"]
)
def test_nonsense_is_read_as_nothing(line: str) -> None:
    """No reader raises."""
    lines = (
        line,
        f"+CREG: {line}",
        f"+CPMS: {line}",
        f"+CMGL: {line}",
        f"+CMGR: {line}",
        f"+CSQ: {line}",
        f"+CNMI: {line}",
    )
    for parse in (replies.parse_cpms_test, replies.parse_cpms_read, replies.parse_cnmi_test, replies.parse_cmgl):
        assert isinstance(parse(lines), list | replies.Storages)
    assert replies.parse_cmgr(lines) is None
    assert replies.parse_csq(lines) is None
    replies.parse_cusd(line)
    replies.parse_slot_notice(line)
