"""Why a text has no command: a closed list of kinds, so that texts not understood can be counted."""

from __future__ import annotations

import re
from enum import StrEnum

from parsers import keywords, noise
from parsers.lexicon import Sense, talk
from parsers.normalise import normalise
from parsers.references import has_reference


class Unread(StrEnum):
    """The kinds of texts that no command is read from."""

    EMPTY = "empty"  #: nothing but spaces, signs or emoji
    CODE = "one-time code"
    INCOMING = "notice of incoming money"
    AUTOMATIC = "automatic reply"
    OURS = "our own text come back"
    OPERATOR = "operator's notice"
    BEGGING = "asks for money"
    ADVERTISEMENT = "advertisement or fraud"
    COURTESY = "greeting or thanks"
    NUMBER = "a number without a question"  #: an answer whose question is over, or a code
    KEYWORD = "a keyword in another sense"  #: ``status gunung siaga``
    COMPLAINT = "complaint"
    QUESTION = "question"
    WORDS = "other words"


EXPECTED = frozenset(
    {
        Unread.EMPTY, Unread.CODE, Unread.INCOMING, Unread.AUTOMATIC, Unread.OURS, Unread.OPERATOR, Unread.BEGGING,
        Unread.ADVERTISEMENT, Unread.COURTESY,
    }
)  # fmt: skip
"""Kinds that no reader should understand; the others are what people wanted and we could not read."""

_COURTESY = Sense(
    "halo hallo hai hi hello p pagi siang sore malam selamat met assalamualaikum assalamu'alaikum wr wb ass terima kasih makasih trims tks thx thanks thank you mksh suwun nuhun hatur",
    "oke ok siap baik ya iya sip mantap sama kembali pak bu kak min mas mbak bang kang teh bapak ibu admin haji test tes dong banyak alaikum waalaikumsalam salam good morning afternoon evening",
)
_COMPLAINT = Sense(
    "rusak jelek buruk kecewa mengecewakan lambat lama jutek pungli lapor laporan aduan keluhan komplain mati padam bocor macet ribet parah marah antri antre error banjir berlubang sampah kotor"
)
_QUESTION = Sense(
    "kapan bagaimana gimana apa apakah siapa berapa dimana kenapa mengapa bisakah bolehkah how what when where why who naon kumaha iraha piye opo"
)


def kind_of(text: str) -> Unread:
    """The kind of a text that no command was read from."""
    low = normalise(text[:4_000]).lower()
    if not re.search(r"\w", low):
        return Unread.EMPTY
    told = noise.of(low, has_reference(low))
    if told is not None:
        return Unread(told)
    words = talk(low).tokens
    if not words:
        return Unread.NUMBER
    if all(_COURTESY.has(word) for word in words):
        return Unread.COURTESY
    if keywords.find(low) is not None:
        return Unread.KEYWORD
    if _COMPLAINT.said(low):
        return Unread.COMPLAINT
    return Unread.QUESTION if "?" in low or _QUESTION.said(low) else Unread.WORDS
