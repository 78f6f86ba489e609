"""`python -m tests.payment_sets`: make sets, play them on databases, and print what was false, lost and settled."""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from mgov.store.database import Database
from tests.payment_sets.emptying import emptied
from tests.payment_sets.files import write
from tests.payment_sets.judge import Verdict, judge, outcome
from tests.payment_sets.mixes import MIXES, make
from tests.payment_sets.plot import Plot
from tests.payment_sets.run import Site


def main() -> None:
    """Play every asked mix and seed on every asked database; exit code 1 when something is wrong."""
    options = _options()
    clean = True
    for mix in options.mix:
        for seed in options.seed:
            digests = set()
            for url in options.database:
                plot = make(mix, seed, options.stories, crowded=options.crowded)
                verdict, digest = _play(f"{mix} {seed}", plot, url, verbose=options.verbose)
                clean &= verdict.is_clean()
                digests.add(digest)
            clean &= len(digests) == 1
    raise SystemExit(0 if clean else 1)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="payment_sets", description=__doc__)
    parser.add_argument("--mix", nargs="+", choices=list(MIXES), default=list(MIXES))
    parser.add_argument("--seed", type=int, nargs="+", default=[1])
    parser.add_argument("--stories", type=int, default=1000)
    parser.add_argument(
        "--database", nargs="+", default=["sqlite"], metavar="URL", help="sqlite, or the URL of an EMPTY database"
    )
    parser.add_argument("--crowded", action="store_true", help="few sums, names and minutes: all collide")
    parser.add_argument("--verbose", action="store_true", help="name each wrong one, and why people were needed")
    return parser.parse_args()


def _play(title: str, plot: Plot, url: str, *, verbose: bool) -> tuple[Verdict, str]:
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mgov-payments-") as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'mgov.db'}" if url == "sqlite" else url
        emptied(url)
        Site(folder, url).play(write(plot, folder))
        database = Database(url)
        found = outcome(database)
        database.close()
    verdict = judge(plot, found)
    _print(f"{title} {url.split(':')[0].split('+')[0]}", _size(plot), verdict, found.digest())
    print(f"  {time.monotonic() - begun:.0f} s", flush=True)
    if verbose:
        _explain(verdict)
    return verdict, found.digest()


def _size(plot: Plot) -> str:
    return f"{len(plot.bills)} bills, {len(plot.entries)} entries, {len(plot.texts)} texts"


def _print(title: str, size: str, verdict: Verdict, digest: str) -> None:
    wrong = f"{len(verdict.false_approvals)} false, {verdict.overdrawn} overdrawn, {len(verdict.lost)} lost"
    print(f"{title}: {size}: {wrong}, {len(verdict.misjudged)} misjudged;", end=" ")
    print(f"{verdict.settled} of {verdict.honest} honest settled ({verdict.share:.2%}); {digest}", end="", flush=True)


def _explain(verdict: Verdict) -> None:
    for what in ("false_approvals", "lost", "misjudged"):
        for line in getattr(verdict, what)[:40]:
            print(f"  {what}: {line}")
    for kind, count in verdict.left_to_people.most_common():
        print(f"  left to people: {count} {kind}")


if __name__ == "__main__":
    main()
