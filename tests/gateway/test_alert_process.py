"""The warning server drops a file while a queue is being worked off: the alert leaves first, tier by tier."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from mgov.domain.actor import Actor
from mgov.store import outbox
from mgov.store.database import Database, temporary
from mgov.workflows import groups
from mgov.workflows.broadcast_templates import approve_template, put_template
from tests.mail import site

WAITING = 1500
MEMBERS = "address,tier\n" + "".join(f"+62813000000{n:02d},{1 + n % 3}\n" for n in range(15))
CONFIG = (
    '[[modem]]\nname = "m1"\ndriver = "simulated"\nmsisdn = "+628110000001"\n[warnings]\ndrop_folder = "{folder}"\n'
)


def test_a_dropped_warning_overtakes_a_long_queue_within_seconds(migrated_sqlite_url: str, tmp_path: Path) -> None:
    """Fifteen hundred answers wait at one modem: every recipient of the alert is texted before most of them."""
    folder = tmp_path / "warnings"
    folder.mkdir()
    config = site.write(tmp_path, migrated_sqlite_url, smtp=9, extra=CONFIG.format(folder=folder))
    database, now = Database(migrated_sqlite_url), datetime.now(UTC)
    groups.import_group(database, MEMBERS.encode(), Actor.staff("ani"), now, name="desa")
    put_template(database, "gempa", "alert", "GEMPA M{m}", Actor.staff("ani"), now, group="desa")
    approve_template(database, "gempa", Actor.staff("budi"), now)

    def fill(tx: object) -> None:
        for number in range(WAITING):
            outbox.queue_text(tx, to=f"+628140000{number:04d}", text="jawaban", now=now, priority="reply")  # type: ignore[arg-type]

    database.transact(fill)
    database.close()
    with site.daemon(config, "modem:m1", "scheduler"):
        site.until(lambda: began(migrated_sqlite_url))
        dropped = datetime.now(UTC)
        (folder / "w1.txt").write_text(f"template: gempa\nid: w1\nissued: {dropped.isoformat()}\nm: 6.1\n")
        site.until(lambda: reached(config) == 15)
    rows = [row for row in site.rows(config, "sms", "outbox") if row["sent_at"]]
    alerts = [row for row in rows if row["priority"] == "alert"]
    last = max(datetime.fromisoformat(row["sent_at"]) for row in alerts)
    assert (last - dropped).total_seconds() < 20
    before = [row for row in rows if row["priority"] == "reply" and datetime.fromisoformat(row["sent_at"]) < last]
    assert len(before) < WAITING * 0.75
    tiers = {row["address"]: row["tier"] for row in site.rows(config, "broadcast", "report", "1")}
    order = [tiers[row["to"]] for row in sorted(alerts, key=lambda row: row["sent_at"])]
    assert sorted(order) == order
    assert (folder / "done" / "w1.txt").exists()


def began(url: str) -> bool:
    """Whether the queue is being worked off."""
    with temporary(url) as database:
        return database.read(lambda tx: outbox.get(tx, 1))["sent_at"] is not None  # type: ignore[index]


def reached(config: Path) -> int:
    """How many of the alert have left, by its report."""
    rows = site.rows(config, "broadcast", "list")
    if not rows:
        return 0
    return sum(row["sent_at"] is not None for row in site.rows(config, "broadcast", "report", "1"))
