"""Measurements for Prometheus, from one look at the tables: no number, name or text of a citizen is among them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric


def exposition(seen: Mapping[str, Any], process: Mapping[str, float]) -> bytes:
    """The text format of Prometheus; `seen` is what `workflows.status.look` gives, `process` is of this process."""
    registry = CollectorRegistry()
    registry.register(_Collected(seen, process))
    return generate_latest(registry)


class _Collected:
    """A collector that holds what was seen already."""

    def __init__(self, seen: Mapping[str, Any], process: Mapping[str, float]) -> None:
        self._seen = seen
        self._process = process

    def describe(self) -> Iterator[Metric]:
        """Nothing is registered ahead."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """All measurements."""
        yield from self._modems()
        yield from self._messages()
        yield from self._money()
        yield from self._jobs()
        yield _single("mgov_alerts", "Alerts that hold now.", len(self._seen["alerts"]))
        yield _single("mgov_held_messages", "Messages held after a restore.", self._seen["held_messages"])
        for name, value in self._process.items():
            yield _single(f"mgov_{name}", "Of this process.", value)

    def _modems(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("mgov_modem_up", "Whether a modem is ready and heard of.", labels=["modem", "node"])
        signal = GaugeMetricFamily("mgov_modem_signal_dbm", "Signal strength.", labels=["modem"])
        storage = GaugeMetricFamily("mgov_modem_storage_used", "Messages in the SIM.", labels=["modem"])
        sent = GaugeMetricFamily("mgov_modem_sent_today", "Messages sent since midnight.", labels=["modem"])
        balance = GaugeMetricFamily("mgov_modem_balance_rupiah", "Balance as last asked.", labels=["modem"])
        for row in self._seen["modems"]:
            name = [row["name"]]
            up.add_metric([row["name"], row["node"] or ""], row["state"] == "ready" and not row["silent"])
            sent.add_metric(name, row["sent_today"])
            for family, column in ((signal, "signal_dbm"), (storage, "storage_used"), (balance, "balance")):
                if row[column] is not None:
                    family.add_metric(name, row[column])
        yield from (up, signal, storage, sent, balance)

    def _messages(self) -> Iterator[Metric]:
        queue = GaugeMetricFamily(
            "mgov_outbox_messages", "Unfinished messages.", labels=["channel", "priority", "state"]
        )
        for row in self._seen["queues"]:
            queue.add_metric([row["channel"], row["priority"], row["state"]], row["count"])
        oldest = GaugeMetricFamily("mgov_oldest_waiting_seconds", "Age of the oldest that waits.", labels=["queue"])
        for name, since in self._seen["oldest_waiting"].items():
            oldest.add_metric([name], _age(self._seen["at"], since))
        today = GaugeMetricFamily("mgov_today_messages", "Since midnight.", labels=["what"])
        for what, count in self._seen["today"].items():
            today.add_metric([what], count)
        yield from (queue, oldest, today)
        yield _single("mgov_inbox_waiting", "Texts that wait for the engine.", self._seen["inbox"]["waiting"])

    def _money(self) -> Iterator[Metric]:
        money = GaugeMetricFamily("mgov_money_waiting", "What waits around money.", labels=["what"])
        for what, value in self._seen["money"].items():
            if isinstance(value, int):
                money.add_metric([what], value)
        yield money

    def _jobs(self) -> Iterator[Metric]:
        last = GaugeMetricFamily("mgov_job_last_ok", "Whether the newest run went well.", labels=["job"])
        for row in self._seen["jobs"]:
            last.add_metric([row["job"]], row["outcome"] != "failed")
        yield last


def _single(name: str, words: str, value: float) -> Metric:
    family = GaugeMetricFamily(name, words)
    family.add_metric([], value)
    return family


def _age(now: datetime, since: datetime | None) -> float:
    return 0.0 if since is None else (now - since).total_seconds()
