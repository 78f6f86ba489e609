"""A keyword that is a query on an agency's database, by a role that may only read."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from mgov.domain.actor import Actor
from mgov.store import parties, staff
from mgov.store.database import Database, temporary
from tests.external.site import CITIZEN, Site

SHIPPED = Path(__file__).parents[2] / "config" / "keywords.toml"
OWNER, NIK = "+6281200000001", "3604014107900003"
TABLES = """
create table harga_terbaru (komoditas varchar(40), pasar varchar(40), harga int, satuan varchar(10));
insert into harga_terbaru values ('Beras', 'Pasar Rau', 14500, 'kg'), ('Beras', 'Pasar Baros', 14200, 'kg');
create table objek_pajak (nop varchar(18), njop bigint, nik_pemilik varchar(16));
insert into objek_pajak values ('360401000100100010', 250000000, '3604014107900003');
create table antrian (layanan varchar(10), selesai date);
insert into antrian values ('SIUP', null), ('SIUP', null)
"""


def _run(url: str, statements: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        for statement in statements.split(";"):
            connection.execute(text(statement))


@pytest.fixture
def agency_url(database_url: str) -> Iterator[str]:
    """The agency's own database; on PostgreSQL by a role that may only SELECT."""
    _run(database_url, TABLES)
    url = make_url(database_url)
    if url.get_backend_name() != "postgresql":
        yield database_url
        return
    role = f"reader_{url.database}"
    _run(database_url, f"create role {role} login; grant select on all tables in schema public to {role}")
    try:
        yield url.set(username=role).render_as_string(hide_password=False)
    finally:
        _run(database_url, f"drop owned by {role}; drop role {role}")


@pytest.fixture
def database(migrated_sqlite_url: str) -> Iterator[Database]:
    with temporary(migrated_sqlite_url) as database:
        yield database


def _site(database: Database, folder: Path, url: str, change: tuple[str, str] = ("", "")) -> Site:
    shipped = SHIPPED.read_text(encoding="utf-8").replace("enabled = false", "")
    shipped = shipped.replace("postgresql+psycopg://mgov_baca@127.0.0.1/harga", url).replace("token_file =", "# ")
    path = folder / "keywords.toml"
    path.write_text(shipped.replace(*change) if change[0] else shipped, encoding="utf-8")
    return Site(database, path)


def _hire(database: Database) -> None:
    """The citizen's phone becomes a staff member's."""
    account = {"login": "op", "phone": CITIZEN, "created_at": datetime.now(UTC), "created_by": "test"}
    database.transact(lambda tx: staff.add(tx, ["operator"], **account))


COUNTED = "select count(*) as jumlah from antrian where layanan = :layanan and selesai is null"


def test_the_shipped_query_answers_from_the_agencys_rows(database: Database, tmp_path: Path, agency_url: str) -> None:
    """Anyone asks for a price; every row can be named in the answer; nothing found has its own words."""
    site = _site(database, tmp_path, agency_url)
    assert site.ask("harga beras") == "Harga Beras: Pasar Baros Rp14.200/kg; Pasar Rau Rp14.500/kg."
    assert site.ask("sembako emas").startswith("Harga EMAS belum ada.")


def test_a_citizens_words_are_never_part_of_the_query(database: Database, tmp_path: Path, agency_url: str) -> None:
    """Bound parameters: quotes and semicolons are only letters."""
    site = _site(database, tmp_path, agency_url, ('kind = "word"\npattern = "[A-Z]{3,20}"', 'kind = "text"'))
    assert "belum ada" in site.ask("HARGA beras' or '1'='1")
    assert "belum ada" in site.ask("HARGA x'; drop table harga_terbaru; --")
    assert "Pasar Rau" in site.ask("HARGA BERAS")


def test_only_the_verified_owner_learns_what_is_his(database: Database, tmp_path: Path, agency_url: str) -> None:
    """An unverified number is refused; a verified one sees its own identity's rows."""
    site = _site(database, tmp_path, agency_url)
    actor, now = Actor.system("test"), datetime.now(UTC)

    def verified(tx: object) -> None:
        party = parties.create(tx, NIK, "Siti", now=now, actor=actor)  # type: ignore[arg-type]
        contact = parties.bind(tx, party, "phone", OWNER, now=now, actor=actor)  # type: ignore[arg-type]
        parties.change_contact(tx, contact, state="verified")  # type: ignore[arg-type]

    database.transact(verified)
    refused = site.receive("NJOP 360401000100100010", "+6281200000099")
    assert "hanya untuk nomor yang sudah terverifikasi" in site.answers(refused)[0]
    assert site.ask("NJOP 360401000100100010", OWNER) == "NJOP objek 360401000100100010: Rp250.000.000."
    assert "tidak ada atas nama Anda" in site.ask("NJOP 360401000100100011", OWNER)


def test_staff_keywords_are_for_the_phones_of_staff(database: Database, tmp_path: Path, agency_url: str) -> None:
    """A citizen is refused, a staff member's phone is answered, the same address by e-mail is not."""
    site = _site(database, tmp_path, agency_url)
    assert "hanya untuk petugas" in site.answers(site.receive("ANTRIAN SIUP"))[0]
    _hire(database)
    assert site.ask("ANTRIAN SIUP") == "Antrian SIUP: 2 menunggu."
    assert "hanya untuk petugas" in site.answers(site.receive("ANTRIAN SIUP", channel="email"))[0]


def test_a_query_that_writes_is_refused_by_the_database(database: Database, tmp_path: Path, agency_url: str) -> None:
    """What looks like reading and writes fails; nothing is changed."""
    if "postgresql" not in agency_url:
        pytest.skip("only PostgreSQL has statements that read and write at once")
    writes = (
        "with gone as (delete from antrian where layanan = :layanan returning 1) select count(*) as jumlah from gone"
    )
    site = _site(
        database,
        tmp_path,
        agency_url,
        ("select count(*) as jumlah from antrian where layanan = :layanan and selesai is null", writes),
    )
    _hire(database)
    assert "tidak menjawab" in site.ask("ANTRIAN SIUP")
    assert site.states() == ["failed"]


def test_a_query_that_takes_too_long_is_cut_off(database: Database, tmp_path: Path, agency_url: str) -> None:
    """The database itself stops at the timeout; the citizen is told at the deadline."""
    sleeps = {"postgresql": "pg_sleep(30)", "mysql": "sleep(30)", "mariadb": "sleep(30)"}
    sleep = sleeps.get(make_url(agency_url).get_backend_name())
    slow = f"select {sleep}, 1 as jumlah" if sleep else (
        "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) as jumlah from n"
    )  # fmt: skip
    site = _site(database, tmp_path, agency_url, (COUNTED, f"{slow} -- :layanan"))
    path = tmp_path / "keywords.toml"
    hurried = (
        path.read_text(encoding="utf-8")
        .replace("timeout = 5", "timeout = 0.5")
        .replace("deadline = 60", "deadline = 1")
    )
    path.write_text(hurried, encoding="utf-8")
    site = Site(database, path)
    _hire(database)
    begin = time.monotonic()
    assert "tidak menjawab" in site.ask("ANTRIAN SIUP")
    assert time.monotonic() - begin < 10
