"""Accounts, identities and half-hidden numbers: what is named as something else than the proof."""

from __future__ import annotations

import re

from parsers.board import Board
from parsers.proof_shapes import (
    FT_NUMBER,
)
from parsers.reading import HIDDEN_NUMBER

_ACCOUNT = re.compile(
    r"\b(?:no(?:mor|\.)? ?)?(?:rek(?:ening)?|norek|account|acc?|akun|virtual account|va|briva|a/c)(?: (?!rp|idr|bukti|ref|noref|resi|struk|slip|kode|jurnal|no\b|nomor|trx|rrn|ntb|tgl|jam)[a-z]{2,8}\.?){0,4}[ :.=]{0,3}"
    r"((?!\d{1,2}[/\-.]\d{1,2}[/\-.]\d{2}|\d{1,3}(?:\.\d{3})+(?!\d|\.\d))(?:\d{9,18}(?!\d)|\d(?:[\d\-]|[ .](?=\d)){6,24}\d))(?![\w])"
)
_TO_BANK = re.compile(
    r"(?<![a-z])(?:ke|to|tujuan)[ :]{1,2}(?:rek(?:ening)?\.? )?(?:bank )?(?:(?!bukti|ref|noref|resi|struk|slip|kode|jurnal|no\b|nomor|trx|rrn|ntb|tgl|jam|pkl|rp|idr|id|via|sebesar|sejumlah)[a-z]{2,12} ){0,3}(?:rek(?:ening)?\.? )?(?:no\.? ?)?((?!\d{1,3}(?:\.\d{3})+(?!\d|\.\d))\d[\d\-.]{5,20})(?![\w])"
)
_LABELLED_OTHER = re.compile(
    r"(?<!\d )\b(?:npwpd?|nib|nik|no\.? ?kk|kk|ktp|nop|kode ?pos|ext|rangka|mesin|stnk|bpkb|idpel|id pelanggan|nip|nis|nisn|terminal|tid|mid|kartu|nrkb)(?: saya| sy| no\.?| nomor| id)*[ :.=]{0,3}([a-z]{0,3}\d[\d.\-]{3,24})(?!\w)"
)
_HIDDEN_NUMBER = re.compile(
    rf"(?<![\w*?])(?!{FT_NUMBER})(?:[a-z]{{0,4}}\d[a-z\d]{{0,18}}-?(?:\*{{2,6}}|\?{{2,6}}|x{{2,8}}(?![a-wyz]))|(?:\*{{2,12}}|x{{2,12}})-?(?=\d))[\dx*?\-]{{0,20}}"
)


def take_accounts(board: Board) -> None:
    """Take accounts and other numbers that the text names: none of them is a proof or an amount."""
    for pattern, words in ((_ACCOUNT, _ACCOUNT_WORDS), (_TO_BANK, _TO_WORDS), (_LABELLED_OTHER, _OTHER_WORDS)):
        for match in board.find(pattern) if board.says(words) else ():
            board.take(match.start(1), match.end(1), "account or other number, not the proof")


_ACCOUNT_WORDS = frozenset("rek rekening norek account ac acc akun virtual va briva a c norekening".split())
_TO_WORDS = frozenset("ke to tujuan".split())
_OTHER_WORDS = frozenset(
    "npwp npwpd nib nik kk ktp nop pos kodepos ext rangka mesin stnk bpkb idpel id pelanggan nip nis nisn terminal tid mid kartu nrkb".split()
)
"""Without one of these words the pattern of the same name finds nothing."""


def take_hidden(board: Board) -> bool:
    """Take numbers of which a part is hidden (``0093****7711``, ``889012xxx``); whether there are any."""
    if not board.hints("**", "??", "xx"):
        return False
    before = len(board.how)
    board.without(_HIDDEN_NUMBER, HIDDEN_NUMBER)
    return len(board.how) > before
