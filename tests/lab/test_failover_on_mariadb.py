"""A MariaDB's primary dies or steps back, and its replica takes over: the daemons go on by themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection, make_url

from mgov.lab.failover import FailoverDrill, both_on_mariadb
from mgov.lab.mariadb import LabMariadbPrimary, LabMariadbReplica
from mgov.store import mariadb_hosts
from mgov.store.database import Database, DatabaseUnavailableError


@pytest.mark.timeout(240)
def test_with_semi_synchronous_replication_nothing_is_lost(folder: Path) -> None:
    """The line to the replica breaks, the primary is killed, the replica takes over: no text is lost or doubled."""
    verdict = FailoverDrill(folder, 6.0, synchronous=True, database="mariadb").run()
    assert verdict.remark == ""
    assert verdict.texts_in > 30
    assert (verdict.lost_in, verdict.lost_out, verdict.booked_twice, verdict.unexplained) == (0, 0, 0, 0)
    assert verdict.first_answer is not None
    assert verdict.first_answer < 30
    assert verdict.passed


@pytest.mark.timeout(120)
def test_the_host_that_takes_writes_is_found(folder: Path) -> None:
    """Before and after a planned change of places, which open connections notice too; with neither it is away."""
    primary = LabMariadbPrimary(folder / "primary", synchronous=False)
    with primary, LabMariadbReplica(folder / "replica", primary) as replica:
        db = Database(both_on_mariadb(primary, replica))
        db.transact(lambda tx: tx.exec_driver_sql("create table t (id int)"))
        assert db.read(_server) == 1
        replica.promote()
        primary.execute("set global read_only = 1")
        with pytest.raises(DatabaseUnavailableError):
            db.transact(lambda tx: tx.exec_driver_sql("insert into t values (1)"))
        db.transact(lambda tx: tx.exec_driver_sql("insert into t values (1)"))
        assert db.read(_server) == 2
        replica.kill()
        with pytest.raises(DatabaseUnavailableError) as away:
            db.read(_server)
        assert "\n" not in str(away.value)
        db.close()


def _server(tx: Connection) -> int:
    return int(tx.exec_driver_sql("select @@server_id").scalar_one())


def test_hosts_are_read_with_and_without_a_port() -> None:
    """An address of IPv6 stands in brackets, as in any URL; a URL with one host is left as it is."""
    url = make_url("mariadb+pymysql://mgov@/mgov?hosts=db-1,db-2:3307,[fd00::2]:3308&ssl_ca=/etc/mgov/ca.pem")
    rest, hosts = mariadb_hosts.of(url)
    assert hosts == [("db-1", 3306), ("db-2", 3307), ("fd00::2", 3308)]
    assert dict(rest.query) == {"ssl_ca": "/etc/mgov/ca.pem"}
    alone = make_url("mariadb+pymysql://mgov@db-1/mgov")
    assert mariadb_hosts.of(alone) == (alone, [])
