"""How long N bills, N confirmations and a statement of N entries take to be imported and matched, and the memory.

Every step is the real command in a process of its own, so that its seconds and its greatest memory are its own. The
confirmations are put into the database beforehand, as taking the texts is not what is measured. After the sizes of a
database it is told what they say about the promises: a time limit, memory that does not grow, cost that is linear.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.verdicts import Run, verdicts
from sqlalchemy import insert, select, text

from mgov.domain.matching import keys
from mgov.store import migrate, settlements
from mgov.store.database import Database
from mgov.store.schema.money import bill, confirmation

START = datetime(2026, 10, 1, tzinfo=UTC)
BATCH = 5000
CONFIG = """[database]
url = "{url}"

[[account]]
name = "RKUD"
bank = "BJB"
number = "0061234567001"
holder = "RKUD PROV BANTEN"
"""
#: Of a hundred payments: the proof is the reference, stands in the description, has a slip, is not confirmed at all.
KINDS = (("plain", 84), ("embedded", 8), ("slip", 4), ("unconfirmed", 4))
_SYLLABLES = (
    "SA",
    "RI",
    "NO",
    "TU",
    "MA",
    "DE",
    "WI",
    "KA",
    "LO",
    "PU",
    "HE",
    "GI",
    "BA",
    "YU",
    "FE",
    "JO",
    "CI",
    "RA",
)


@dataclass(frozen=True, slots=True)
class Payment:
    """One bill and the money that pays it."""

    number: str
    amount: int
    payer: str
    phone: str
    at: datetime
    proof: str
    kind: str


@dataclass(frozen=True, slots=True)
class Measured:
    """One command: seconds on the wall, of its own processor, and the greatest resident memory in megabytes."""

    seconds: float
    busy: float
    megabytes: float


def main() -> None:
    """Measure and print a line for each size and database."""
    options = _options()
    print(f"{'database':<11}{'size':>8} {'bills s':>9} {'MB':>5} {'statement s':>12} {'cpu s':>7} {'MB':>5}", end=" ")
    print(f"{'settled':>8} {'again s':>8}", flush=True)
    for kind, url in options.database:
        runs = []
        for size in options.size:
            with tempfile.TemporaryDirectory(prefix="mgov-scale-") as folder:
                runs.append(_run(kind, size, Path(folder), url))
        print(*verdicts(runs), sep="\n", flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument(
        "--database",
        type=_database,
        nargs="+",
        default=[("sqlite", "")],
        metavar="KIND[=URL]",
        help="sqlite, or postgresql=URL, mariadb=URL of an EMPTY database, whose tables are dropped before each size",
    )
    return parser.parse_args()


def _database(word: str) -> tuple[str, str]:
    kind, _, url = word.partition("=")
    if kind != "sqlite" and not url:
        raise argparse.ArgumentTypeError(f"{word}: {kind}=URL")
    return kind, url


def _run(kind: str, size: int, folder: Path, url: str) -> Run:
    """Measure one size and print its line."""
    url = url or f"sqlite:///{folder / 'mgov.db'}"
    config = folder / "mgov.toml"
    config.write_text(CONFIG.format(url=url), encoding="utf-8")
    _empty(url)
    _write_files(size, folder)
    bills = _measure("bill", "import", str(folder / "bills.csv"), config=config)
    _confirm(url, size)
    statement = ("bank", "import", str(folder / "statement.csv"), "--account", "RKUD", "--format", "csv:generic")
    first = _measure(*statement, config=config)
    again = _measure(*statement, config=config)
    print(
        f"{kind:<11}{size:>8} {bills.seconds:>9.1f} {bills.megabytes:>5.0f} {first.seconds:>12.1f} {first.busy:>7.1f}"
        f" {first.megabytes:>5.0f} {_settled(url):>8} {again.seconds:>8.1f}",
        flush=True,
    )
    return Run(size, bills.seconds, bills.megabytes, first.seconds, first.megabytes)


def _empty(url: str) -> None:
    database = Database(url)
    if database.dialect == "postgresql":
        database.transact(lambda tx: tx.execute(text("drop schema public cascade; create schema public")))
    elif database.dialect == "mariadb":
        name = database.engine.url.database
        database.transact(lambda tx: tx.execute(text(f"drop database {name}")))
        server = Database(database.engine.url.set(database="mysql").render_as_string(hide_password=False))
        server.transact(lambda tx: tx.execute(text(f"create database {name}")))
        server.close()
    database.close()
    migrate.upgrade(url)


def _measure(*words: str, config: Path) -> Measured:
    begun = time.monotonic()
    command = [sys.executable, "-m", "mgov.cli.main", "--config", str(config), *words]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"mgov {' '.join(words)}: exit code {child.returncode}")
    return Measured(time.monotonic() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def _payments(size: int) -> Iterator[Payment]:
    """The same payments for the same size, spread over thirty days."""
    chance = random.Random(size)  # noqa: S311 - test data, not a secret
    kinds, shares = [kind for kind, _ in KINDS], [share for _, share in KINDS]
    for serial in range(size):
        yield Payment(
            number=f"SKRD-2026-{serial:06d}",
            amount=chance.choice([chance.randrange(100, 8000) * 500, 150_000, 250_000, 500_000, 1_000_000]),
            payer=" ".join("".join(chance.choices(_SYLLABLES, k=chance.randrange(2, 4))) for _ in range(3)),
            phone=f"+62812{serial:07d}",
            at=START + timedelta(seconds=30 * 86_400 * serial // size),
            proof="".join(chance.choices("0123456789", k=12)),
            kind=chance.choices(kinds, shares)[0],
        )


def _write_files(size: int, folder: Path) -> None:
    with (folder / "bills.csv").open("w") as bills, (folder / "statement.csv").open("w") as statement:
        bills.write("number,agency,payer_id,payer_name,payer_phone,object,description,amount,due_date\n")
        statement.write("booked_at,value_date,amount,type,reference,description,balance\n")
        balance = 0
        for serial, paid in enumerate(_payments(size)):
            owed = f"{paid.payer},{paid.phone},,Retribusi,{paid.amount},2026-12-01"
            bills.write(f"{paid.number},BAPENDA,{3_600_000_000_000_000 + serial},{owed}\n")
            balance += paid.amount
            day = f"{paid.at.isoformat()},{paid.at.date()}"
            statement.write(f"{day},{paid.amount},CR,{_reference(paid, serial)},{_words(paid)},{balance}\n")


def _reference(paid: Payment, serial: int) -> str:
    return f"BB26{serial:010d}" if paid.kind == "embedded" else paid.proof


def _words(paid: Payment) -> str:
    words = {"embedded": f"TRF/BRI/{paid.proof}/PEMPROV", "unconfirmed": f"BI-FAST CR BRI {paid.number}"}
    return words.get(paid.kind, f"BI-FAST CR BRI {paid.payer[:18]}")


def _confirm(url: str, size: int) -> None:
    database = Database(url)
    bill_ids = {
        row.number: row.id for row in database.read(lambda tx: tx.execute(select(bill.c.number, bill.c.id)).all())
    }
    batch = []
    for paid in _payments(size):
        if paid.kind != "unconfirmed":
            batch.append(_confirmation(paid, bill_ids[paid.number]))
        if len(batch) == BATCH:
            _insert(database, batch)
            batch = []
    _insert(database, batch)
    database.close()


def _confirmation(paid: Payment, bill_id: int) -> dict[str, object]:
    proof = (
        paid.proof[:6] + ("7" if paid.proof[6] != "7" else "3") + paid.proof[7:] if paid.kind == "slip" else paid.proof
    )
    return {
        "identity": f"{paid.number}:{proof}",
        "sender": paid.phone,
        "channel": "sms",
        "bill_number": paid.number,
        "bill_id": bill_id,
        "proof": proof,
        "proof_key": keys.proof_key(proof),
        "amount": paid.amount,
        "paid_at": paid.at,
        "paid_on": paid.at.date(),
        "status": "awaiting_funds",
        "reason": "no_money_yet",
        "received_at": paid.at + timedelta(minutes=10),
    }


def _insert(database: Database, rows: list[dict[str, object]]) -> None:
    if rows:
        database.transact(lambda tx: tx.execute(insert(confirmation), rows))


def _settled(url: str) -> int:
    database = Database(url)
    counts = database.read(settlements.count_statuses)
    database.close()
    return counts.get("settled", 0)


if __name__ == "__main__":
    main()
