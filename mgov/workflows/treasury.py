"""The credit of our SIMs: keep what an operator says of it, forecast how long it lasts, warn before it fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from mgov.domain.treasury import LOOK_BACK, Credit, Forecast, forecast, read_credit, spending_per_day
from mgov.store import alerts, modems, sims, usage
from mgov.store.database import Database

#: What a rate of spending is taken from when balances do not tell it yet.
USAGE_SPAN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Warnings:
    """When staff are told: days before the balance or the masa aktif ends, and a balance in rupiah (None: no such)."""

    days: int = 7
    balance: int | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """Whose credit it is: a modem, its SIM, and what a text costs in rupiah (None: not known)."""

    modem: str
    sim: str
    tariff: int | None = None


def keep_answer(
    db: Database,
    account: Account,
    text: str,
    patterns: Sequence[str],
    warnings: Warnings,
    today: date,
    now: datetime,
) -> tuple[Credit, Forecast]:
    """Keep an operator's answer and what follows from it; returns what was read and the forecast.

    A text that says nothing is kept too: `balance_unread` tells staff that the operator has changed its words.
    """
    credit = read_credit(text, patterns)

    def work(tx: Connection) -> Forecast:
        if credit.says_nothing:
            alerts.see(tx, "balance_unread", account.modem, "jawaban operator tidak terbaca", now)
            return Forecast()
        alerts.gone(tx, "balance_unread", account.modem, now)
        sims.add_reading(tx, account.sim, account.modem, now, credit.balance, credit.valid_until, text)
        expected = forecast(credit, _spending(tx, account, credit, now), today)
        modems.report(
            tx,
            account.modem,
            balance=credit.balance,
            balance_at=now,
            valid_until=credit.valid_until,
            days_left=expected.days_of_balance,
        )
        _warn(tx, account.modem, credit, expected, warnings, now)
        return expected

    return credit, db.transact(work)


def last_asked(db: Database, sim: str) -> datetime | None:
    """When the credit of a SIM was last read, also by an earlier run."""

    def work(tx: Connection) -> datetime | None:
        row = sims.last_reading(tx, sim)
        return row["at"] if row is not None else None

    return db.read(work)


def _spending(tx: Connection, account: Account, credit: Credit, now: datetime) -> float | None:
    per_day = spending_per_day(sims.balances(tx, account.sim, now - LOOK_BACK))
    tariff = credit.tariff if credit.tariff is not None else account.tariff
    if per_day is None and tariff is not None:
        per_day = tariff * usage.parts_per_day(tx, account.sim, now - USAGE_SPAN, now)
    return per_day


def _warn(tx: Connection, modem: str, credit: Credit, expected: Forecast, warnings: Warnings, now: datetime) -> None:
    days, balance = expected.days_of_balance, credit.balance
    low = warnings.balance is not None and balance is not None and balance < warnings.balance
    if low or (days is not None and days <= warnings.days) or balance == 0:
        lasts = f", cukup {days} hari" if days is not None else ""
        alerts.see(tx, "balance_low", modem, f"Rp{balance or 0:,}".replace(",", ".") + lasts, now)
    else:
        alerts.gone(tx, "balance_low", modem, now)
    validity = expected.days_of_validity
    if validity is not None and validity <= warnings.days:
        alerts.see(tx, "sim_expiring", modem, f"masa aktif sampai {credit.valid_until:%d/%m/%Y}", now)
    else:
        alerts.gone(tx, "sim_expiring", modem, now)
