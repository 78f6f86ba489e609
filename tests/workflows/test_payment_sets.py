"""Whole sets of payments through the real commands: nothing false, nothing lost, the same on every database."""

from __future__ import annotations

from pathlib import Path

import pytest

from mgov.store.database import temporary
from tests.payment_sets.files import write
from tests.payment_sets.judge import Outcome, Verdict, judge, outcome
from tests.payment_sets.mixes import make
from tests.payment_sets.plot import Plot
from tests.payment_sets.run import Site


def _played(plot: Plot, folder: Path, url: str) -> tuple[Verdict, str]:
    Site(folder, url).play(write(plot, folder))
    with temporary(url) as database:
        found = outcome(database)
    return judge(plot, found), found.digest()


@pytest.mark.timeout(300)
def test_a_crooked_set_ends_the_same_on_every_database(
    sqlite_url: str, postgresql_url: str, mariadb_url: str, tmp_path: Path
) -> None:
    """A third crooked, a third messy, nearly all sums, names and minutes alike: no false approval, the same outcome."""
    digests = set()
    for number, url in enumerate((sqlite_url, postgresql_url, mariadb_url)):
        folder = tmp_path / str(number)
        folder.mkdir()
        verdict, digest = _played(make("hard", 11, 110, crowded=True), folder, url)
        assert verdict.is_clean(), verdict
        assert verdict.share >= 0.96, verdict.left_to_people
        digests.add(digest)
    assert len(digests) == 1


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("mix", "share"), [("everyday", 0.99), ("messy", 0.96)])
def test_honest_payers_need_nobody(mix: str, share: float, sqlite_url: str, tmp_path: Path) -> None:
    """Of everyday confirmations 99 in 100 settle by themselves, of messy ones 96."""
    verdict, _ = _played(make(mix, 12, 110), tmp_path, sqlite_url)
    assert verdict.is_clean(), verdict
    assert verdict.share >= share, verdict.left_to_people


def test_the_judge_sees_what_is_false_and_what_is_lost() -> None:
    """Money on a stranger's bill, and a confirmation without a row, are found."""
    plot = make("hard", 13, 40)
    entry = next(entry for entry in plot.entries if entry.pays and entry.direction == "CR")
    stranger = next(bill.number for bill in plot.bills if bill.number not in entry.pays)
    held = (entry.reference, entry.amount, entry.at.isoformat(), stranger, entry.amount)
    verdict = judge(plot, Outcome([held], {}, {}, 0))
    assert len(verdict.false_approvals) == 1
    assert len(verdict.lost) == len(plot.texts)
    assert not verdict.is_clean()
