"""The jobs of the payments desk, built from a configuration as the daemon builds them."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mgov import bootstrap, config
from mgov.domain.actor import Actor
from mgov.store import migrate, payments
from mgov.store.database import Database
from mgov.workflows.bills import import_bills

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
STATEMENT = (
    "booked_at,value_date,amount,type,reference,description,balance\n"
    "2026-10-12T11:12:21+07:00,2026-10-12,967000,CR,951669640586,BI-FAST CR BRI SKRD-2026-004512,\n"
)
BILLS = "number,agency,payer_name,amount,due_date\nSKRD-2026-004512,BAPENDA,SITI NURAENI,967000,2026-12-01\n"


@pytest.fixture
def site(tmp_path: Path) -> config.Config:
    """A site with a drop folder that is named relative to its configuration."""
    text = '[database]\nurl = "sqlite:///m.db"\n[payments]\ndrop_folder = "drop"\n'
    (tmp_path / "mgov.toml").write_text(text + '[[account]]\nname = "RKUD"\nnumber = "0061234567"\n')
    (tmp_path / "drop" / "RKUD").mkdir(parents=True)
    loaded = config.load(tmp_path / "mgov.toml")
    migrate.upgrade(loaded.database.url)
    return loaded


def test_a_dropped_statement_is_imported_and_matched(site: config.Config, tmp_path: Path) -> None:
    """The job takes the file, settles what it names, and moves it to done."""
    db = Database(site.database.url)
    import_bills(db, BILLS.encode(), Actor.system("test"), NOW)
    file = tmp_path / "drop" / "RKUD" / "okt.csv"
    file.write_text(STATEMENT)
    os.utime(file, (1, 1))
    jobs = bootstrap.desk_jobs(site, db)
    assert jobs.take_dropped() == "1 imported"
    assert (tmp_path / "drop" / "done" / "okt.csv").exists()
    bill = db.read(lambda tx: payments.find_bill(tx, "SKRD-2026-004512"))
    assert bill is not None
    assert bill.status == "paid"
    assert jobs.take_dropped() == "0 imported"
    db.close()


def test_a_bad_file_is_set_aside_and_the_job_goes_on(site: config.Config, tmp_path: Path) -> None:
    """Its reason is told and kept beside it."""
    db = Database(site.database.url)
    file = tmp_path / "drop" / "RKUD" / "x.csv"
    file.write_text("apa;ini\n1;2\n")
    os.utime(file, (1, 1))
    assert "x.csv:" in bootstrap.desk_jobs(site, db).take_dropped()
    assert (tmp_path / "drop" / "failed" / "x.csv.reason.txt").read_text().strip()
    db.close()


def test_the_folder_is_watched_only_where_there_is_one(site: config.Config) -> None:
    """Without a drop folder there is no such job; the others are always there."""
    db = Database(site.database.url)
    names = {job.name for job in bootstrap.desk_jobs(site, db).jobs()}
    assert names == {"payment-summary", "payment-escalation", "payment-day", "drop-folder"}
    without = site.model_copy(update={"payments": site.payments.model_copy(update={"drop_folder": None})})
    assert {job.name for job in bootstrap.desk_jobs(without, db).jobs()} == names - {"drop-folder"}
    db.close()


def test_the_table_of_fees_has_the_known_ones() -> None:
    """Whole rupiah, among them 6,500 and 2,500."""
    fees = bootstrap.bank_fees()
    assert {6500, 2500} <= fees
    assert all(isinstance(fee, int) and 0 < fee < 50_000 for fee in fees)
