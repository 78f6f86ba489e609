"""The operators' USSD services: balance, and a menu of two steps."""

from __future__ import annotations

from collections.abc import Callable

UssdAnswer = Callable[[str, str], str]  # (MSISDN, what was dialled) → text


class UssdService:
    """Answers USSD strings; `balances` is rupiah by MSISDN, `codes` are services by what is dialled."""

    def __init__(self) -> None:
        self.balances: dict[str, int] = {}
        self.codes: dict[str, UssdAnswer] = {}
        self._in_menu: set[str] = set()

    def answer(self, operator: str, msisdn: str, text: str) -> tuple[str, bool]:
        """Give the text and whether the session goes on."""
        if msisdn in self._in_menu:
            self._in_menu.discard(msisdn)
            return (self._balance(operator, msisdn) if text == "1" else "Terima kasih."), False
        if text in self.codes:
            return self.codes[text](msisdn, text), False
        if text.startswith(("*888", "*123", "*111")):
            return self._balance(operator, msisdn), False
        if text.startswith("*363"):
            self._in_menu.add(msisdn)
            return "1. Cek pulsa\n2. Keluar", True
        return "Kode yang Anda masukkan salah.", False

    def end(self, msisdn: str) -> None:
        """Forget a session that its phone gave up."""
        self._in_menu.discard(msisdn)

    def _balance(self, operator: str, msisdn: str) -> str:
        balance = self.balances.get(msisdn, 50000)
        grouped = f"{balance:,}".replace(",", ".")
        return f"{operator}: Sisa pulsa Rp{grouped} berlaku s/d 31/12/2099."
