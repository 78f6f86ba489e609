"""A PostgreSQL's primary dies under traffic and its streaming standby is promoted: the daemons go on by themselves."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from mgov.lab.failover import FailoverDrill, both
from mgov.lab.postgresql import LabPostgresql, LabStandby
from mgov.store.database import Database, DatabaseUnavailableError


@pytest.mark.timeout(240)
def test_with_synchronous_replication_nothing_is_lost(folder: Path) -> None:
    """The line to the standby breaks, the primary is killed, the standby takes over: no text is lost or doubled."""
    verdict = FailoverDrill(folder, 6.0, synchronous=True).run()
    assert verdict.remark == ""
    assert verdict.texts_in > 30
    assert (verdict.lost_in, verdict.lost_out, verdict.booked_twice, verdict.unexplained) == (0, 0, 0, 0)
    assert verdict.first_answer is not None
    assert verdict.first_answer < 30
    assert verdict.passed


@pytest.mark.timeout(120)
def test_a_standby_is_no_database_until_it_is_promoted(folder: Path) -> None:
    """With both hosts in the URL the one that takes writes is found; with none, the database is away, in one line."""
    primary = LabPostgresql(folder / "primary")
    with primary, LabStandby(folder / "standby", primary) as standby:
        db = Database(both(primary, standby))
        assert db.read(_is_standby) is False
        primary.kill()
        with pytest.raises(DatabaseUnavailableError) as away:
            db.read(_is_standby)
        assert "\n" not in str(away.value)
        standby.promote()
        assert db.read(_is_standby) is False
        db.close()
        only = Database(standby.url)
        only.transact(lambda tx: tx.exec_driver_sql("create table t (id int)"))
        only.close()


@pytest.mark.timeout(120)
def test_a_write_to_a_standby_waits_for_its_promotion(folder: Path) -> None:
    """A URL that names the standby alone does not fail for good: it is away until it takes writes."""
    primary = LabPostgresql(folder / "primary")
    with primary, LabStandby(folder / "standby", primary) as standby:
        db = Database(standby.url)
        with pytest.raises(DatabaseUnavailableError, match="read-only"):
            db.transact(lambda tx: tx.exec_driver_sql("create table t (id int)"))
        db.close()
        with psycopg.connect(host="127.0.0.1", port=standby.port, user="mgov", dbname="postgres") as connection:
            assert connection.execute("select pg_is_in_recovery()").fetchone() == (True,)


def _is_standby(tx: object) -> bool:
    return bool(tx.exec_driver_sql("select pg_is_in_recovery()").scalar())  # type: ignore[attr-defined]
