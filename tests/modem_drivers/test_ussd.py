"""USSD: codes in the spelling that the modem takes, answers in whatever coding it gives them."""

from __future__ import annotations

import re

import pytest

from modem_drivers.profiles import Profile
from modem_drivers.radio import RadioError
from modem_drivers.sms import gsm7
from tests.modem_drivers.conftest import Make

PACKED = {"generic": Profile(ussd_packed=True)}
BALANCE = "Pulsa Rp5.000, aktif s/d 01/01/27"


def _packed(text: str) -> str:
    return gsm7.pack(gsm7.septets_of_text(text) or b"").hex().upper()


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (f'+CUSD: 0,"{BALANCE}",15', BALANCE),
        (f'+CUSD: 2,"{BALANCE}",15', BALANCE),
        ('+CUSD: 0,"Pulsa\r\nRp5.000",15', "Pulsa\nRp5.000"),
        ('+CUSD: 0,"00500075006C00730061",72', "Pulsa"),
        ('+CUSD: 0,"00500075006C00730061",15', "Pulsa"),  # ZTE MF286D (obsy/sms_tool, issue 13), gammu issue 358
        ('+CUSD: 0,"00500075006C00730061",7', "Pulsa"),
        (f'+CUSD: 0,"{BALANCE.encode().hex().upper()}",0', BALANCE),  # gammu issue 513
        (f'+CUSD: 0,"{_packed(BALANCE)}",15', BALANCE),
        (f'+CUSD: 0,"{_packed(BALANCE)}",1', BALANCE),  # bg111/asterisk-chan-dongle, issue 98
        (f'+CUSD: 0,"{BALANCE}",68', BALANCE),
        ('+CUSD: 0,"25000",15', "25000"),
        ('+CUSD: 0,"0812345678",15', "0812345678"),
    ],
)
async def test_answers_in_every_coding(make: Make, said: str, text: str) -> None:
    """Plain, over several lines, as UCS-2, as packed septets, as octets, whatever <dcs> says."""
    _, radio = make({r"AT\+CUSD=1,.*": f"\r\nOK\r\n\r\n{said}\r\n"})
    await radio.open()
    assert await radio.ussd("*888#") == text


@pytest.mark.parametrize("text", [BALANCE, "Sisa pulsa Anda Rp 12.345. Info: *123#", "Saldo 50rb", "OK" * 30])
async def test_packed_answers_of_a_modem_that_packs(make: Make, text: str) -> None:
    """Never taken for octets."""
    _, radio = make({r"AT\+CUSD=1,.*": f'\r\nOK\r\n\r\n+CUSD: 0,"{_packed(text)}",15\r\n'}, profiles=PACKED)
    await radio.open()
    assert await radio.ussd("*888#") == text


@pytest.mark.parametrize("refusal", ["\r\nERROR\r\n", "\r\n+CME ERROR: 100\r\n", "\r\nOK\r\n\r\n+CUSD: 2\r\n"])
@pytest.mark.parametrize("packs", [False, True])
async def test_a_code_is_spelled_as_the_modem_takes_it(make: Make, refusal: str, packs: bool) -> None:
    """Makes do not tell whether they want septets: the other spelling is tried, and kept when it leads anywhere."""
    wanted = _packed("*888#") if packs else "*888#"
    script = {
        re.escape(f'AT+CUSD=1,"{wanted}",15'): f'\r\nOK\r\n\r\n+CUSD: 0,"{BALANCE}",15\r\n',
        r"AT\+CUSD=1,.*": refusal,
    }
    modem, radio = make(script, profiles={"generic": Profile(ussd_packed=not packs)})
    await radio.open()
    assert await radio.ussd("*888#") == BALANCE
    assert await radio.ussd("*888#") == BALANCE
    assert sum("CUSD=1" in command for command in modem.commands) == 3


@pytest.mark.parametrize(
    ("said", "code"), [("+CUSD: 4", "ussd_unsupported"), ("+CUSD: 2", "ussd_ended"), ("+CUSD: 5", "ussd_timeout")]
)
async def test_a_refused_code_is_said(make: Make, said: str, code: str) -> None:
    """The network's refusal is an error with its own code."""
    _, radio = make({r"AT\+CUSD=1,.*": f"\r\nOK\r\n\r\n{said}\r\n"})
    await radio.open()
    with pytest.raises(RadioError) as error:
        await radio.ussd("*888#")
    assert error.value.code == code


async def test_the_text_behind_the_end_of_a_session_is_the_answer(make: Make) -> None:
    """Vodacom: `Initiating Release` first, then the balance, then the OK (faucamp/python-gsmmodem, issue 14)."""
    said = f'\r\n+CUSD: 2,"Initiating Release",15\r\n\r\n+CUSD: 0,"{BALANCE}",15\r\n\r\nOK\r\n'
    _, radio = make({r"AT\+CUSD=1,.*": said})
    await radio.open()
    assert await radio.ussd("*888#") == BALANCE


async def test_a_text_without_its_end_swallows_nothing(make: Make) -> None:
    """An advertisement that is cut off at 182 octets: the answers behind it are heard."""
    modem, radio = make()
    await radio.open()
    modem.say('\r\n+CUSD: 1,"Nikmati paket 10GB hanya Rp25rb di *363#\r\n')
    await radio.resync()
    assert (await radio.probe()).registration is None
