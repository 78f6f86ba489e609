"""What leaves next and by which modem, on every database: priorities, pauses, quotas, the pilot, operators, faults."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import insert

from mgov.domain.actor import Actor
from mgov.domain.quotas import Quotas
from mgov.domain.routing import SendRules
from mgov.domain.standing import LEAST_SAMPLES
from mgov.gateway import pdus
from mgov.store import bulk, history, modems, outbox, usage
from mgov.store import queue as queue_store
from mgov.store.canary import SUBJECT as CANARY
from mgov.store.database import Database
from mgov.store.schema.messages import PRIORITIES, outbound_message
from mgov.workflows import errands, pauses, routes
from mgov.workflows.mail import any_due, next_mail
from mgov.workflows.modem_memory import note_slot
from mgov.workflows.overdue import expire_overdue, is_any_overdue
from mgov.workflows.settling import REST_LIVES
from modem_drivers.sms import decode_submit
from tests.workflows.sending import (
    CITIZEN,
    NOW,
    ON_XL,
    OPERATORS,
    claim,
    finish,
    queue,
    report,
    row,
    send_all,
    sender,
    words,
)

MINUTE = timedelta(minutes=1)


def test_ten_thousand_reminders_never_delay_one_reply(database: Database) -> None:
    """With ten thousand reminders waiting, a reply is the very next part, and asking for it takes no time."""
    values = {"channel": "sms", "recipient": CITIZEN, "text": "ingat", "priority": "reminder", "state": "queued"}
    known = {**values, "urgency": PRIORITIES["reminder"], "queued_at": NOW, "not_before": NOW}
    database.transact(lambda tx: tx.execute(insert(outbound_message), [dict(known) for _ in range(10_000)]))
    report(database, "t1", "TELKOMSEL")
    who = sender(database, "t1")
    begun = claim(database, who)
    assert begun is not None
    assert begun.message["priority"] == "reminder"
    reply = queue(database, priority="reply", preferred_modem="t1")
    finish(database, who, begun)
    started = time.perf_counter()
    following = claim(database, who)
    seconds = time.perf_counter() - started
    assert following is not None
    assert following.message["id"] == reply
    assert seconds < 1.0


def test_a_reply_waits_a_minute_for_its_sim_and_then_takes_its_operators(database: Database) -> None:
    """The SIM that was texted went down: for a minute nobody takes the reply, then another of the same operator."""
    report(database, "t1", "TELKOMSEL", state="down", down_since=NOW)
    report(database, "t2", "TELKOMSEL")
    report(database, "x1", "XL")
    reply = queue(database, priority="reply", preferred_modem="t1", to=ON_XL)
    assert [claim(database, sender(database, name)) for name in ("t2", "x1")] == [None, None]
    later = NOW + MINUTE + timedelta(seconds=1)
    for name, operator in (("t2", "TELKOMSEL"), ("x1", "XL")):
        report(database, name, operator, last_seen=later)
    assert claim(database, sender(database, "x1", later), later) is None
    task = claim(database, sender(database, "t2", later), later)
    assert task is not None
    assert task.message["id"] == reply


def test_other_messages_go_by_the_operator_of_the_number(database: Database) -> None:
    """Two numbers, two operators, each by its own SIM; more than one SIM can begin is shared."""
    report(database, "t1", "TELKOMSEL")
    report(database, "x1", "XL")
    to_tsel, to_xl = queue(database), queue(database, to=ON_XL)
    first = claim(database, sender(database, "x1"))
    assert first is not None
    assert first.message["id"] == to_xl
    assert claim(database, sender(database, "x1")) is None
    second = queue(database)
    shared = claim(database, sender(database, "x1"))
    assert shared is not None
    assert (shared.message["id"], second) == (second, to_tsel + 2)


def test_a_paused_class_waits_and_goes_on_at_once(database: Database) -> None:
    """Reminders are held back the moment a person says so; replies go on; alerts cannot be paused."""
    queue(database, priority="reminder")
    who = sender(database, "t1")
    assert pauses.pause(database, "class", "reminder", reason="libur", actor=Actor.system("test"), now=NOW)
    assert not pauses.pause(database, "class", "reminder", reason=None, actor=Actor.system("test"), now=NOW)
    assert claim(database, who) is None
    queue(database, priority="reply")
    assert send_all(database, who) == 1
    assert pauses.resume(database, "class", "reminder", actor=Actor.system("test"), now=NOW)
    assert send_all(database, who) == 1
    assert "alert" not in pauses.CLASSES


def test_a_paused_modem_sends_nothing_and_others_answer_for_it(database: Database) -> None:
    """At once, without the minute: a person took it away."""
    for name in ("t1", "t2"):
        report(database, name, "TELKOMSEL")
    reply = queue(database, priority="reply", preferred_modem="t1")
    pauses.pause(database, "modem", "t1", reason=None, actor=Actor.system("test"), now=NOW)
    assert claim(database, sender(database, "t1")) is None
    task = claim(database, sender(database, "t2"))
    assert task is not None
    assert task.message["id"] == reply


def test_quotas_are_counted_in_the_database(database: Database) -> None:
    """Ten a minute: eight reminders and two replies leave, a restarted worker knows it, and the window slides."""
    quotas = Quotas(per_minute=10, per_day=15)
    for _ in range(20):
        queue(database, priority="reminder")
    for _ in range(5):
        queue(database, priority="reply")
    assert send_all(database, sender(database, "t1", quotas=quotas)) == 5 + 3
    fresh = sender(database, "t1", quotas=quotas)
    assert claim(database, fresh, NOW + timedelta(seconds=59)) is None
    queue(database, priority="alert")
    assert send_all(database, fresh, NOW + timedelta(seconds=59)) == 1
    later = NOW + timedelta(minutes=3)
    assert send_all(database, fresh, later) == 12 - 9
    used = database.read(lambda tx: usage.of(tx, "sim-t1", quotas, later))
    assert used.parts == {"per_minute": 3, "per_day": 12}
    assert send_all(database, fresh, NOW + timedelta(days=1, minutes=5)) == 8


def test_a_long_message_begins_only_when_it_fits(database: Database) -> None:
    """Two parts left in the minute: a text of three waits, the one behind it goes; begun is finished."""
    quotas = Quotas(per_minute=4)
    who = sender(database, "t1", quotas=quotas)
    queue(database, "satu dua")
    assert send_all(database, who, parts=words) == 2
    long, short = queue(database, "satu dua tiga"), queue(database, "satu dua")
    assert send_all(database, who, parts=words) == 2
    assert (row(database, long)["state"], row(database, short)["state"]) == ("queued", "sent")
    assert send_all(database, who, NOW + 2 * MINUTE, parts=words) == 3


def test_unique_recipients_a_day(database: Database) -> None:
    """The third number of a day waits while the two known ones go on; the quota is said in the modem's row."""
    quotas = Quotas(recipients_per_day=2)
    report(database, "t1", "TELKOMSEL")
    who = sender(database, "t1", quotas=quotas)
    for number in ("+628121", "+628122", "+628121", "+628123"):
        queue(database, to=number)
    assert send_all(database, who) == 3
    assert errands.note_quota(database, "t1", "sim-t1", quotas, NOW) == "recipients_per_day"
    assert sender(database, "t1").fleet.modems[0].away
    assert send_all(database, who, NOW + timedelta(days=1, seconds=1)) == 1


def test_a_used_up_quota_hands_replies_to_another_sim(database: Database) -> None:
    """When the day's quota is gone, others of the fleet see it and answer; a minute's quota is waited for."""
    for name in ("t1", "t2"):
        report(database, name, "TELKOMSEL")
    quotas = Quotas(per_day=1)
    queue(database, preferred_modem="t1")
    assert send_all(database, sender(database, "t1", quotas=quotas)) == 1
    reply = queue(database, priority="reply", preferred_modem="t1")
    assert claim(database, sender(database, "t1", quotas=quotas)) is None
    errands.note_quota(database, "t1", "sim-t1", quotas, NOW)
    task = claim(database, sender(database, "t2"))
    assert task is not None
    assert task.message["id"] == reply


def test_a_pilot_holds_back_visibly_and_lets_go(database: Database) -> None:
    """A stranger's text stays queued and says why; when the pilot is over it leaves; nothing fails."""
    who = sender(database, "t1", only_to=(CITIZEN,))
    stranger, ours = queue(database, to=ON_XL), queue(database)
    assert send_all(database, who) == 1
    held = row(database, stranger)
    assert (held["state"], held["held"], row(database, ours)["state"]) == ("queued", "only_to", "sent")
    told = [entry["cause"] for entry in database.read(lambda tx: history.of(tx, "send", stranger))]
    assert told == ["queued", "held"]
    assert database.transact(lambda tx: queue_store.release(tx, who.rules, NOW)) == 0
    over = sender(database, "t1")
    assert errands.opened(database, "sim-t1", over.rules, NOW)[0] == 1
    assert send_all(database, over) == 1
    assert row(database, stranger)["state"] == "sent"


def test_a_held_reply_expires_after_a_day(database: Database) -> None:
    """What a stranger asked in the pilot is not answered weeks later; other texts stay for good."""
    who = sender(database, "t1", only_to=(CITIZEN,))
    reply, other = queue(database, to=ON_XL, priority="reply"), queue(database, to=ON_XL)
    assert claim(database, who) is None
    assert expire_overdue(database, NOW + timedelta(hours=23)) == 0
    assert expire_overdue(database, NOW + timedelta(days=1, minutes=1)) == 1
    assert (row(database, reply)["state"], row(database, other)["state"]) == ("expired", "queued")


def test_what_a_long_outage_left_expires_whatever_its_number(database: Database) -> None:
    """Seventy thousand texts past their time, more than a driver takes parameters, end in many short commits."""
    values = {"channel": "sms", "recipient": CITIZEN, "text": "siaran", "priority": "bulk", "state": "queued"}
    known = {**values, "urgency": PRIORITIES["bulk"], "queued_at": NOW, "not_before": NOW, "send_by": NOW}
    database.transact(lambda tx: bulk.insert_many(tx, outbound_message, [known] * 70_000))
    later = NOW + MINUTE
    assert is_any_overdue(database, later)
    assert database.transact(lambda tx: outbox.expire(tx, later)) == outbox.PORTION
    assert expire_overdue(database, later) == 70_000 - outbox.PORTION
    assert not is_any_overdue(database, later)


def test_a_pilot_with_many_held_reaches_what_may_leave(database: Database) -> None:
    """Six hundred held texts before the one that may leave: two looks at the queue are enough."""
    for _ in range(600):
        queue(database, to=ON_XL)
    ours = queue(database)
    who = sender(database, "t1", only_to=(CITIZEN,))
    tasks = [claim(database, who) for _ in range(2)]
    assert [task.message["id"] for task in tasks if task is not None] == [ours]


def test_a_sim_fault_goes_by_another_sim_at_once(database: Database) -> None:
    """Of three SIMs two may not send: the message leaves by the third, and neither is asked twice."""
    for name in ("t1", "t2", "t3"):
        report(database, name, "TELKOMSEL")
    message = queue(database)
    told = {"code": "CMS 21", "detail": "SMS ditolak jaringan (periksa pulsa) / short message transfer rejected"}
    at = NOW
    for name in ("t1", "t2"):
        who = sender(database, name)
        task = claim(database, who, at)
        assert task is not None
        finish(database, who, task, "sim_fault", at, **told)
        assert claim(database, who, at + timedelta(seconds=40)) is None
        at += timedelta(seconds=40)
    third = sender(database, "t3")
    task = claim(database, third, at)
    assert task is not None
    finish(database, third, task, now=at)
    assert (row(database, message)["state"], row(database, message)["attempts"]) == ("sent", 3)


def test_a_lone_sim_tries_again_itself(database: Database) -> None:
    """Without another SIM a refused message is not stuck: the same one tries again after its wait."""
    report(database, "t1", "TELKOMSEL")
    who = sender(database, "t1")
    message = queue(database)
    task = claim(database, who)
    assert task is not None
    finish(database, who, task, "sim_fault", code="CMS 21")
    assert claim(database, who, NOW + timedelta(seconds=10)) is not None
    assert row(database, message)["state"] == "sending"


def test_a_long_message_does_not_change_its_sim(database: Database) -> None:
    """Its second part fails: only the SIM of the first part sends the rest, within a day, then it is a dead letter."""
    for name in ("t1", "t2"):
        report(database, name, "TELKOMSEL")
    who = sender(database, "t1")
    message = queue(database, "satu dua")
    first = claim(database, who, parts=words)
    assert first is not None
    second = finish(database, who, first)
    assert second is not None
    finish(database, who, second, "sim_fault", code="CMS 21")
    later = NOW + MINUTE
    assert claim(database, sender(database, "t2", later), later) is None
    again = claim(database, sender(database, "t1", later), later)
    assert again is not None
    assert (again.message["id"], again.sequence, again.reference) == (message, 2, first.reference)
    finish(database, who, again, "modem_fault", later)
    assert expire_overdue(database, later + REST_LIVES + MINUTE) == 1


def test_a_message_that_nobody_took_may_change_its_sim(database: Database) -> None:
    """The first part was refused: nothing went out, so another SIM sends all of it."""
    for name in ("t1", "t2"):
        report(database, name, "TELKOMSEL")
    who = sender(database, "t1")
    queue(database, "satu dua")
    first = claim(database, who, parts=words)
    assert first is not None
    finish(database, who, first, "sim_fault", code="CMS 21")
    assert send_all(database, sender(database, "t2"), NOW + timedelta(seconds=1), parts=words) == 2


def test_a_pilot_mails_reminders_only_to_its_addresses(database: Database) -> None:
    """What nobody asked for stays here; an answer to a mail leaves; a listed domain gets its reminders."""
    rules = SendRules(only_to=(CITIZEN, "@bantenprov.go.id"))
    mails = (("pt@contoh.co.id", "reminder"), ("pt@contoh.co.id", "reply"), ("a@bantenprov.go.id", "reminder"))
    numbers = [queue(database, to=to, priority=priority, channel="email") for to, priority in mails]
    taken = [next_mail(database, "noc/mail", NOW, rules) for _ in range(3)]
    assert [task.message["id"] for task in taken if task is not None] == numbers[1:]
    assert (row(database, numbers[0])["state"], row(database, numbers[0])["held"]) == ("queued", "only_to")
    assert not any_due(database, NOW)


def test_a_paused_class_holds_its_mails_too(database: Database) -> None:
    """Reminders are reminders, whatever way they go."""
    queue(database, to="pt@contoh.co.id", priority="reminder", channel="email")
    pauses.pause(database, "class", "reminder", reason=None, actor=Actor.system("test"), now=NOW)
    assert next_mail(database, "noc/mail", NOW) is None
    pauses.resume(database, "class", "reminder", actor=Actor.system("test"), now=NOW)
    assert next_mail(database, "noc/mail", NOW) is not None


def test_what_is_late_is_not_sent(database: Database) -> None:
    """Past its send-by time a message is not taken, swept or not; the network is told how long it may try."""
    until = NOW + timedelta(minutes=30)
    late = queue(database, send_by=until)
    who = sender(database, "t1")
    assert claim(database, who, until + timedelta(seconds=1)) is None
    assert expire_overdue(database, until + timedelta(seconds=1)) == 1
    assert row(database, late)["state"] == "expired"
    assert pdus.minutes_until(until, NOW) == 30
    told = decode_submit(pdus.on_the_air(CITIZEN, "halo", 1, report=False, minutes=30).pdus[0].pdu)
    assert told.validity_minutes == 30
    assert pdus.minutes_until(None, NOW) is None


def test_what_fails_by_one_sim_goes_by_another(database: Database) -> None:
    """Ten of ten submissions to an operator fail: its texts leave by the other SIM, until the route is tried again."""
    report(database, "t1", "TELKOMSEL")
    report(database, "x1", "XL")
    who = sender(database, "t1")
    for _ in range(LEAST_SAMPLES):
        queue(database, to=CITIZEN)
    at = NOW
    for _ in range(LEAST_SAMPLES):
        task = claim(database, who, at)
        assert task is not None
        finish(database, who, task, "refused_for_now", at, code="CMS 42")
    changed = routes.measure(database, "t1", "sim-t1", OPERATORS, at)
    assert changed["TELKOMSEL"].poor
    assert "10 of 10" in changed["TELKOMSEL"].reason
    at += timedelta(minutes=2)
    for name, operator in (("t1", "TELKOMSEL"), ("x1", "XL")):
        report(database, name, operator, last_seen=at)
    assert claim(database, sender(database, "t1", at), at) is None
    assert send_all(database, sender(database, "x1", at), at) == LEAST_SAMPLES
    much_later = at + timedelta(hours=2)
    assert not routes.measure(database, "t1", "sim-t1", OPERATORS, much_later)["TELKOMSEL"].poor


def test_a_sim_fault_of_the_only_near_sim_goes_by_a_far_one(database: Database) -> None:
    """The Telkomsel SIM has no credit: the XL SIM sends to the Telkomsel number at once, nobody waits for the other."""
    report(database, "t1", "TELKOMSEL")
    report(database, "x1", "XL")
    message = queue(database)
    who = sender(database, "t1")
    task = claim(database, who)
    assert task is not None
    finish(database, who, task, "sim_fault", code="CMS 21")
    assert claim(database, who, NOW + timedelta(seconds=1)) is None
    task = claim(database, sender(database, "x1"), NOW + timedelta(seconds=1))
    assert task is not None
    assert task.message["id"] == message


def test_writes_to_a_sims_memory_are_counted(database: Database) -> None:
    """Crash-safe submission by way of the SIM's own memory wears it; the modem's memory does not."""
    report(database, "t1", "TELKOMSEL")
    who = sender(database, "t1")
    errands.opened(database, "sim-t1", who.rules, NOW)
    for storage in ("SM", "ME", "SM"):
        queue(database)
        task = claim(database, who)
        assert task is not None
        note_slot(database, task.part_id, storage, 1)
        finish(database, who, task)
    assert [entry["memory_writes"] for entry in database.read(lambda tx: modems.listing(tx, NOW))] == [2]


def test_modems_at_work_together_take_each_message_once(database: Database) -> None:
    """Four workers of two operators drain a mixed queue side by side: all leaves, nothing twice."""
    fleet = {"t1": "TELKOMSEL", "t2": "TELKOMSEL", "x1": "XL", "x2": "XL"}
    for name, operator in fleet.items():
        report(database, name, operator)
    numbers = [queue(database, to=to) for _ in range(30) for to in (CITIZEN, ON_XL)]

    def drain(name: str) -> list[int]:
        who, taken = sender(database, name), []
        while (task := claim(database, who)) is not None:
            taken.append(int(task.message["id"]))
            finish(database, who, task)
        return taken

    with ThreadPoolExecutor(len(fleet)) as pool:
        taken = list(pool.map(drain, fleet))
    assert sorted(number for part in taken for number in part) == numbers
    assert all(row(database, number)["attempts"] == 1 for number in numbers)


def test_a_canary_passes_what_holds_others_back(database: Database) -> None:
    """Neither the pilot nor a paused class nor a quota makes a living SIM look dead."""
    pauses.pause(database, "class", "transaction", reason=None, actor=Actor.system("test"), now=NOW)
    who = sender(database, "t1", quotas=Quotas(per_day=1), only_to=("+62899",))
    queue(database, to="+628991", priority="reply")
    assert send_all(database, who) == 1
    queue(database, to="+628992", priority="reply")
    queue(database, to="+628110000002", subject_kind=CANARY)
    assert send_all(database, who) == 1
