"""A modem's memory of messages: look, read, delete and make sure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from modem_drivers.at import replies
from modem_drivers.at.exchange import Answer
from modem_drivers.at.replies import ListedPdu
from modem_drivers.at.session import Session, refusal
from modem_drivers.at.setup import REPORTS, Abilities, select_memories
from modem_drivers.outcomes import numeric_code
from modem_drivers.radio import (
    Cleared,
    ModemSilentError,
    PortUnavailableError,
    RadioError,
    ReceivedPdu,
    Slot,
    StoredSubmit,
)

_EMPTY: set[tuple[str, int | None]] = {("CMS", 321), ("CME", 21), ("CME", 22)}
_CANNOT: set[tuple[str, int | None]] = {("CMS", 303), ("CME", 4), ("ERROR", None)}
_PARTS_OF_MT = ("SM", "ME")
MOST_REMEMBERED = 1000


class Memory:
    """The memories of one modem; +CPMS is sent only when another one is wanted."""

    def __init__(self, session: Session, abilities: Abilities) -> None:
        self._session = session
        self._abilities = abilities
        self._selected = abilities.receiving
        self._lists_by_kind = False  # no +CMGL=4: unread and read are listed one after the other
        self._lists_nothing = False  # no +CMGL at all, which is optional: slots are read one by one
        self._used: int | None = None  # messages in the receiving memory, by the last +CPMS?
        self._unlisted = 0  # as many are counted and neither listed nor found slot by slot
        self._contents: dict[Slot, str] = {}  # what was last read where
        # Messages from before, in a memory that is not the receiving one, are looked for once.
        self._other = [name for name in abilities.readable if name in _PARTS_OF_MT and name != abilities.receiving]
        if abilities.receiving == "MT":
            self._other.clear()

    def notice(self, storage: str) -> None:
        """Something lies in this memory: the next look goes there too, when it is not looked into anyway.

        MT is SM and ME by other numbers (TS 27.005, 3.1). What was deleted by its number in SM must not be deleted by
        that in MT, too: something new may lie there by then.
        """
        looked_into = (self._abilities.receiving, *self._other)
        if storage in looked_into or ("MT" in looked_into and storage in _PARTS_OF_MT):
            return
        parts = [name for name in _PARTS_OF_MT if name in self._abilities.readable] if storage == "MT" else []
        self._other += [name for name in parts or [storage] if name not in looked_into]

    async def received(self) -> list[ReceivedPdu]:
        """Everything received in the receiving memory and, with stored reports, in theirs."""
        found = await self._received_in(self._abilities.receiving)
        if REPORTS not in self._other and self._abilities.reports_stored and REPORTS in self._abilities.readable:
            found += await self._received_in_other(REPORTS)
        while self._other:
            found += await self._received_in_other(self._other.pop())
        return found

    async def _received_in_other(self, storage: str) -> list[ReceivedPdu]:
        try:
            return await self._received_in(storage)
        except (PortUnavailableError, ModemSilentError):
            raise
        except RadioError:
            return []  # offered by +CPMS=?, but not to be listed: no reason to lose the modem

    async def _received_in(self, storage: str) -> list[ReceivedPdu]:
        listed = [entry for entry in await self.listing(storage) if entry.received]
        return [self._remember(Slot(storage, entry.index), entry.pdu) for entry in listed]

    def _remember(self, slot: Slot, pdu: str) -> ReceivedPdu:
        if len(self._contents) >= MOST_REMEMBERED:
            self._contents.clear()
        self._contents[slot] = pdu
        return ReceivedPdu(pdu, slot)

    async def listing(self, storage: str) -> list[ListedPdu]:
        """Every message of one memory by index; raises `RadioError`."""
        if not await self._select(storage):
            raise RadioError("no_storage", f"the modem does not let us look into {storage}")
        if self._lists_nothing:
            return await self._slot_by_slot()
        answers = await self._listed()
        if not any(answer.ok for answer in answers) and not await self._is_empty(answers[0]):
            if not all(_says(answer, _CANNOT) for answer in answers):
                raise refusal("+CMGL=4", answers[0])
            self._lists_nothing = True
            return await self._slot_by_slot()
        entries = [entry for answer in answers for entry in replies.parse_cmgl(answer.lines)]
        if not entries and storage == self._abilities.receiving and self._used:
            return await self._counted_but_not_listed()
        return sorted(entries, key=lambda entry: entry.index)

    async def _counted_but_not_listed(self) -> list[ListedPdu]:
        """Some list nothing and say OK, whatever lies there (a D-Link DWM-156): they are read slot by slot."""
        self._used = (await self._use_of_selected())[0]
        if not self._used or self._used == self._unlisted:
            return []
        found = await self._slot_by_slot()
        self._lists_nothing, self._unlisted = bool(found), self._used
        return found

    async def _listed(self) -> list[Answer]:
        answers = [await self._session.ask("+CMGL=4", "list")] if not self._lists_by_kind else []
        if not answers or not answers[0].ok:
            answers = [await self._session.ask(f"+CMGL={kind}", "list") for kind in (0, 1, 2, 3)]
            self._lists_by_kind = answers[0].ok
        return answers

    async def _slot_by_slot(self) -> list[ListedPdu]:
        """Read every slot until as many are found as +CPMS? counts; some modems count from 0."""
        used, total = await self._use_of_selected()
        found: list[ListedPdu] = []
        for index in (*range(1, (total or 0) + 1), 0):
            if used is not None and len(found) >= used:
                break
            entry = replies.parse_cmgr((await self._session.ask(f"+CMGR={index}", "sim")).lines)
            if entry is not None:
                found.append(replace(entry, index=index))
        return sorted(found, key=lambda entry: entry.index)

    async def _use_of_selected(self) -> tuple[int | None, int | None]:
        answer = await self._session.must("+CPMS?", "sim")
        return next(((memory.used, memory.total) for memory in replies.parse_cpms_read(answer.lines)), (None, None))

    async def _is_empty(self, refused: Answer) -> bool:
        """Some modems answer an error when there is nothing to list."""
        return _says(refused, _EMPTY) or (await self.use())[0] == 0

    async def read(self, slot: Slot) -> ReceivedPdu | None:
        """The received PDU in one slot, None when there is none."""
        entry = await self._entry(slot)
        return self._remember(slot, entry.pdu) if entry is not None and entry.received else None

    async def delete(self, slot: Slot) -> bool:
        """Delete one slot; True when it is empty afterwards, or already holds something newer."""
        if not await self._select(slot.storage):
            return False
        before = self._contents.get(slot)
        if before is None:
            entry = await self._entry(slot)
            before = entry.pdu if entry else None
        await self._session.ask(f"+CMGD={slot.index}", "sim")
        after = await self._entry(slot)
        gone = after is None or (before is not None and after.pdu != before)
        if gone:
            self._contents.pop(slot, None)
        return gone

    async def clear(self, slots: Sequence[Slot]) -> Cleared:
        """Delete several slots and look once what is left."""
        stuck: list[Slot] = []
        received: list[ReceivedPdu] = []
        for storage, group in _by_storage(slots):
            if not await self._select(storage):
                stuck += group
                continue
            before = {slot: self._contents.pop(slot, None) for slot in group}
            # From the last on: some modems move up what lies behind a deleted message (a Huawei E1750).
            for slot in sorted(group, key=lambda slot: slot.index, reverse=True):
                await self._session.ask(f"+CMGD={slot.index}", "sim")
            left = await self._left_in(storage, group)
            still_there = [slot for slot in group if _is_still(before[slot], left.get(slot))]
            stuck += still_there
            fresh = [slot for slot, entry in left.items() if entry.received and slot not in still_there]
            received += [self._remember(slot, left[slot].pdu) for slot in fresh]
        return Cleared(tuple(stuck), tuple(received))

    async def _left_in(self, storage: str, slots: Sequence[Slot]) -> dict[Slot, ListedPdu]:
        if len(slots) == 1 or self._lists_nothing:
            entries = [(slot, await self._entry(slot)) for slot in slots]
            return {slot: entry for slot, entry in entries if entry is not None}
        return {Slot(storage, entry.index): entry for entry in await self.listing(storage)}

    async def _entry(self, slot: Slot) -> ListedPdu | None:
        if not await self._select(slot.storage):
            return None
        answer = await self._session.ask(f"+CMGR={slot.index}", "sim")
        if answer.ok:
            return replies.parse_cmgr(answer.lines)
        if _says(answer, _EMPTY):
            return None
        if self._lists_nothing:
            return None
        # An error that may mean anything: the list knows.
        listed = await self.listing(slot.storage)
        return next((entry for entry in listed if entry.index == slot.index), None)

    async def submits(self) -> list[StoredSubmit]:
        """The SUBMITs in the memory for writing."""
        storage = self._abilities.writing
        listed = await self.listing(storage)
        return [
            StoredSubmit(Slot(storage, entry.index), entry.stored_state, entry.pdu)
            for entry in listed
            if not entry.received
        ]

    async def use(self) -> tuple[int | None, int | None]:
        """Used and total slots of the receiving memory, None where the modem does not tell.

        A modem may come to have other memories selected than it was told: they are chosen again.
        """
        answer = await self._session.try_optional("+CPMS?", "sim")
        found = replies.parse_cpms_read(answer.lines) if answer else []
        if len(found) > 2 and (found[0].storage, found[2].storage) != (self._selected, self._abilities.receiving):
            await select_memories(self._session, self._abilities)
            self._selected = self._abilities.receiving
            self._other += [each.storage for each in found[2:3] if each.storage not in self._other]
        for memory in found:
            if memory.storage == self._abilities.receiving:
                self._used = memory.used
                return memory.used, memory.total
        return None, None

    async def _select(self, storage: str) -> bool:
        if storage == self._selected:
            return True
        others = f'"{self._abilities.writing}","{self._abilities.receiving}"'
        for command in (f'+CPMS="{storage}"', f'+CPMS="{storage}",{others}'):  # some take three memories or none
            if (await self._session.ask(command, "sim")).ok:
                self._selected = storage
                return True
        return False


def _is_still(before: str | None, after: ListedPdu | None) -> bool:
    """Whether a slot still holds what was deleted; a draft of ours may read otherwise than it was written."""
    if after is None:
        return False
    return after.pdu == before if before is not None else not after.received


def _by_storage(slots: Sequence[Slot]) -> Iterator[tuple[str, list[Slot]]]:
    for storage in dict.fromkeys(slot.storage for slot in slots):
        yield storage, [slot for slot in slots if slot.storage == storage]


def _says(answer: Answer, codes: set[tuple[str, int | None]]) -> bool:
    final = answer.final
    return (final.kind, numeric_code(final.kind, final.code)) in codes
