"""The one screen of `mgov status`, line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

#: A moment in words such as `4 menit`.
Ago = Callable[[datetime | None], str]


def screen(seen: dict[str, Any], ago: Ago) -> Iterator[str]:
    """The one screen, line by line; `ago` turns a moment into words such as `4 menit`."""
    yield f"mgov status {seen['at']:%d/%m/%Y %H:%M:%S}"
    if seen["held"] is not None:
        yield f"DITAHAN sesudah pemulihan: {seen['held_messages']} kiriman menunggu; lihat `mgov release --list`"
    for row in seen["pauses"]:
        yield f"DIJEDA {row['scope']} {row['name']} oleh {row['by']} sejak {ago(row['since'])}: {row['reason'] or '-'}"
    yield from _alerts(seen, ago)
    yield from _modems(seen, ago)
    yield from _queues(seen, ago)
    yield from _money(seen)
    yield from _jobs(seen, ago)
    yield from _errors(seen, ago)


def _alerts(seen: dict[str, Any], ago: Ago) -> Iterator[str]:
    yield f"PERINGATAN {len(seen['alerts']) or 'tidak ada'}"
    for row in seen["alerts"]:
        by = f" [{row['acknowledged_by']}]" if row["acknowledged_by"] else ""
        yield f"  #{row['id']} {row['kind']} {row['subject']}: {row['detail']} ({ago(row['since'])}){by}"


def _modems(seen: dict[str, Any], ago: Ago) -> Iterator[str]:
    rows = seen["modems"]
    ready = sum(row["state"] == "ready" and not row["silent"] for row in rows)
    yield f"MODEM {ready} dari {len(rows)} siap"
    for row in rows:
        signal = "-" if row["signal_dbm"] is None else f"{row['signal_dbm']} dBm"
        memory = f" SIM {row['storage_used']}/{row['storage_total']}" if row["storage_total"] else ""
        balance = "" if row["balance"] is None else f" pulsa Rp{row['balance']:,}".replace(",", ".")
        if row["days_left"] is not None:
            balance += f" ({row['days_left']} hari)"
        if row["blocked"]:
            balance += f" kuota {row['blocked']}"
        state = "tanpa kabar" if row["silent"] and row["state"] == "ready" else row["wish"] or row["state"]
        line = f"  {row['name']:<12} {state:<12} {row['operator'] or '-':<10} {signal:>9}{memory}{balance}"
        yield f"{line} antre {row['queued']} terkirim {row['sent_today']} terlihat {ago(row['last_seen'])}"
        if row["error"]:
            yield f"    {str(row['error']).splitlines()[0][:100]}"


def _queues(seen: dict[str, Any], ago: Ago) -> Iterator[str]:
    today, inbox = seen["today"], seen["inbox"]
    yield f"HARI INI masuk {today['received']} terkirim {today['sent']} gagal {today['failed']}"
    parts = inbox["incomplete_parts"]
    yield f"MASUK belum diolah {inbox['waiting']} tertua {ago(inbox['oldest'])} bagian tak lengkap {parts}"
    oldest = seen["oldest_waiting"]
    yield f"KELUAR menunggu tertua: SMS {ago(oldest['sms'])}, surel {ago(oldest['email'])}"
    if seen["dead_letters"] or seen["only_to_held"]:
        yield f"  gagal untuk selamanya {seen['dead_letters']} (mgov sms dead), ditahan uji coba {seen['only_to_held']}"
    for row in seen["queues"]:
        held = f" ditahan {row['held']}" if row["held"] else ""
        yield f"  {row['channel']:<6} {row['priority']:<12} {row['state']:<10} {row['count']:>7}{held}"


def _money(seen: dict[str, Any]) -> Iterator[str]:
    money = seen["money"]
    amount = f"Rp{money['unclaimed_amount']:,}".replace(",", ".")
    yield (
        f"UANG menunggu dana {money['awaiting_funds']} perlu diputuskan {money['review']}"
        f" kredit tanpa pemilik {money['unclaimed']} ({amount}) harus kembali {money['refunds_due']}"
    )
    for account, day in money["covered_until"].items():
        yield f"  rekening {account} sampai {day}"


def _jobs(seen: dict[str, Any], ago: Ago) -> Iterator[str]:
    yield "PEKERJAAN"
    for row in seen["jobs"]:
        outcome = row["outcome"] or "berjalan"
        detail = f": {str(row['detail']).splitlines()[0][:60]}" if row["detail"] else ""
        yield f"  {row['job']:<16} {outcome:<8} {ago(row['finished_at'] or row['started_at'])}{detail}"


def _errors(seen: dict[str, Any], ago: Ago) -> Iterator[str]:
    yield f"GALAT TERAKHIR {len(seen['errors']) or 'tidak ada'}"
    for row in seen["errors"]:
        why = " ".join(str(row["error"] or row["error_code"] or "").splitlines()[:1])[:80]
        yield f"  kiriman {row['id']} {row['state']} {row['modem'] or '-'} {ago(row['queued_at'])}: {why}"
