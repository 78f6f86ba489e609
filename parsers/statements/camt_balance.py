"""Balances and control totals of a camt message (CashBalance, TotalTransactions)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from xml.etree.ElementTree import Element

from parsers.statements.camt_entry import Money, day_of, direction_of, moment_of, money_of, text_at
from parsers.statements.tally import ControlTotal


@dataclass(frozen=True, slots=True)
class Balance:
    """One `Bal`: `code` is OPBD, PRCD, CLBD, ITBD or one of those that are not about booked money."""

    code: str
    signed: Decimal
    money: Money
    on: date | None


def balance_of(element: Element, line: int) -> Balance:
    """One `Bal`; `line` counts the statement's entries so far, for the error."""
    money = money_of(element.find("Amt"), line)
    way = direction_of(element, line) if element.find("CdtDbtInd") is not None else "CR"
    moment = moment_of(element.find("Dt"), line)
    return Balance(
        code=text_at(element, "Tp/CdOrPrtry/Cd", "Tp/CdOrPrtry/Prtry", "Tp/Cd", "Tp/Prtry").upper(),
        signed=money.amount if way == "CR" else -money.amount,
        money=money,
        on=day_of(moment) if moment else None,
    )


def opening_of(balances: list[Balance], currency: str) -> Balance | None:
    """The opening booked balance: OPBD, else the previous closing, else the interim one this page begins with."""
    own = _in_currency(balances, currency)
    for code in ("OPBD", "PRCD"):
        for balance in own:
            if balance.code == code:
                return balance
    interim = [b for b in own if b.code == "ITBD"]
    closing = any(b.code == "CLBD" for b in own)
    return interim[0] if interim and (closing or len(interim) > 1) else None


def closing_of(balances: list[Balance], currency: str) -> Balance | None:
    """The closing booked balance: CLBD, else the last interim one."""
    own = _in_currency(balances, currency)
    for code in ("CLBD", "ITBD"):
        found = [b for b in own if b.code == code]
        if found:
            return found[-1]
    return None


def _in_currency(balances: list[Balance], currency: str) -> list[Balance]:
    return [b for b in balances if b.money.currency in ("", currency)] or balances


def control_of(summary: Element | None, path: str, line: int) -> ControlTotal:
    """`TtlCdtNtries` or `TtlDbtNtries` of a `TxsSummry`: how many entries, and their sum."""
    total = None if summary is None else summary.find(path)
    found = None if total is None else total.find("Sum")
    if found is None:
        return ControlTotal()
    found.text = (found.text or "").strip().removeprefix("-")  # some banks sign the sum of the debits
    return ControlTotal(money_of(found, line).amount)
