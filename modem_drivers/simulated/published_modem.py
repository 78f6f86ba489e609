"""A modem that answers as a published dialogue says, and refuses what the published modem refuses.

Not a simulation of a network: it is one modem at the end of one line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from modem_drivers.simulated.profiles import parse_ranges
from modem_drivers.simulated.published import Lines, PublishedDialogue

CTRL_Z, ESC = "\x1a", "\x1b"


@dataclass(slots=True)
class Stored:
    """One occupied slot: `stat` as PDU mode counts it."""

    stat: int
    pdu: str

    @property
    def length(self) -> int:
        """Octets of the TPDU."""
        return len(self.pdu) // 2 - 1 - int(self.pdu[:2], 16)


class PublishedModem:
    """Takes what a driver types and says what the published modem says; `wrongs` are what no driver may ever do."""

    def __init__(self, dialogue: PublishedDialogue, send: Callable[[bytes], None]) -> None:
        self._dialogue = dialogue
        self._send = send
        self._echo = True
        self._typed = ""
        self._prompt = ""  # the command whose PDU is awaited
        self._busy = dict(dialogue.busy)
        self._chatter = 0
        self._unheard = dialogue.messages.unheard
        self._reference = dialogue.sending.first_reference
        self._slots: dict[str, dict[int, Stored]] = {name: {} for name in dialogue.memories.slots}
        self.selected = list(dialogue.memories.start)
        self.cnmi = ""
        self.refuses_next = False  #: the network refuses the next submission
        self.submitted: list[str] = []
        self.commands: list[str] = []
        self.wrongs: list[str] = []

    def boot(self) -> None:
        """Say what it says after power on."""
        for line in self._dialogue.wire.boot:
            self._indicate(line)

    # What the network does

    def deliver(self, pdu: str) -> tuple[str, int]:
        """Store a DELIVER in the receiving memory and tell of it as set up; gives the place."""
        place = self.store(self.selected[2], Stored(0, pdu))
        if self.cnmi.split(",")[1:2] in (["1"], ["2"]):
            self._indicate(self._notice(*place))
        return place

    def _notice(self, memory: str, index: int) -> str:
        if self._unheard:
            self._unheard -= 1
            return "+CMTI: ,-1"
        return self._dialogue.messages.notice.format(memory=memory, index=index)

    def store(self, memory: str, message: Stored) -> tuple[str, int]:
        """Put a message into the lowest free slot."""
        first, capacity = (int(number) for number in self._dialogue.memories.slots[memory])
        index = next(each for each in range(first, first + capacity) if each not in self._slots[memory])
        self._slots[memory][index] = message
        return memory, index

    def holds(self, pdu: str) -> bool:
        """Whether any memory still holds this PDU."""
        return any(each.pdu == pdu for slots in self._slots.values() for each in slots.values())

    # What the driver types

    def receive(self, data: bytes) -> None:
        """Take characters."""
        for character in data.decode("latin-1"):
            if self._echo and character not in (CTRL_Z, ESC):
                self._say(character)
            if self._prompt:
                self._prompt_character(character)
            else:
                self._command_character(character)

    def _command_character(self, character: str) -> None:
        if character == CTRL_Z:
            self.wrongs.append("Ctrl-Z outside a prompt")
        elif character == "\r":
            line, self._typed = self._typed, ""
            if line.strip("\n" + ESC):
                self._run(line.strip("\n" + ESC))
        elif character != ESC:
            self._typed += character

    def _prompt_character(self, character: str) -> None:
        if character == ESC:
            self._typed, self._prompt = "", ""
            self._final(self._dialogue.sending.escaped)
        elif character == CTRL_Z:
            command, self._prompt, pdu, self._typed = self._prompt, "", self._typed.strip(), ""
            self._take_pdu(command, pdu)
        else:
            self._typed += character
            if self._typed.upper().startswith("AT"):
                self.wrongs.append(f"a command typed at the prompt of {self._prompt}")

    def _take_pdu(self, command: str, pdu: str) -> None:
        name, _, length = command.partition("=")
        message = Stored(2, pdu)
        if not length.isdigit() or message.length != int(length):
            self.wrongs.append(f"{command}: the PDU has {message.length} octets")
            self._final(("+CMS ERROR: 304",))
        elif name == "+CMGW":
            _, index = self.store(self.selected[1], message)
            self._final(self._dialogue.sending.written, index=index)
        else:
            self._submit(pdu, self._dialogue.sending.sent)

    def _submit(self, pdu: str, words: Lines) -> bool:
        if self.refuses_next:
            self.refuses_next = False
            self._final(self._dialogue.sending.failed)
            return False
        self.submitted.append(pdu)
        self._final(words, reference=self._reference)
        self._reference = (self._reference + 1) % 256
        return True

    # Commands

    def _run(self, line: str) -> None:
        start = line.upper().find("AT")
        if start < 0:
            return
        command = line[start + 2 :].upper()
        self.commands.append(command)
        self._chat()
        if self._busy.get(command, 0):
            self._busy[command] -= 1
            self._final(self._dialogue.busy_answer)
        elif command in self._dialogue.answers:
            self._answer(command)
        else:
            handler = self._handlers().get(command.partition("=")[0].partition("?")[0])
            if handler is None or not handler(command):
                self._final((self._dialogue.wire.refusal,))

    def _answer(self, command: str) -> None:
        self._final(self._dialogue.answers[command])
        if command == "E0" and self._dialogue.wire.echo_off:
            self._echo = False

    def _handlers(self) -> dict[str, Callable[[str], bool]]:
        return {
            "+CPMS": self._cpms,
            "+CNMI": self._cnmi,
            "+CMGL": self._cmgl,
            "+CMGR": self._cmgr,
            "+CMGD": self._cmgd,
            "+CMGS": self._asks_for_pdu,
            "+CMGW": self._asks_for_pdu,
            "+CMSS": self._cmss,
        }

    def _cpms(self, command: str) -> bool:
        memories = self._dialogue.memories
        if command == "+CPMS=?":
            return self._told([memories.test]) if memories.test else False
        if command == "+CPMS?":
            return self._told(["+CPMS: " + memories.glue.join(self._used(memories.state))]) if memories.slots else False
        wanted = [name.strip(' "') for name in command.partition("=")[2].split(",")]
        allowed = (memories.read, memories.write, memories.receive)
        good = all(name in names for name, names in zip(wanted, allowed, strict=False))
        if not memories.slots or len(wanted) not in memories.arguments or not good:
            return False
        self.selected[: len(wanted)] = wanted
        return self._told(["+CPMS: " + memories.glue.join(self._used(memories.usage))])

    def _used(self, pattern: str) -> list[str]:
        memories = self._dialogue.memories
        return [
            pattern.format(name=name, used=len(self._slots[name]), total=memories.slots[name][1])
            for name in self.selected[: memories.told]
        ]

    def _cnmi(self, command: str) -> bool:
        messages = self._dialogue.messages
        if command == "+CNMI=?":
            return self._told([messages.cnmi]) if messages.cnmi else False
        values = command.partition("=")[2].split(",")
        ranges = parse_ranges(messages.cnmi.partition(":")[2].strip()) or (frozenset(range(4)),) * 5
        good = len(values) <= len(ranges) and all(
            value.isdigit() and int(value) in allowed for value, allowed in zip(values, ranges, strict=False)
        )
        if not messages.cnmi_sets or not good:
            return False
        self.cnmi = ",".join(values)
        return self._told([])

    def _cmgl(self, command: str) -> bool:
        if not self._dialogue.messages.lists or not self._dialogue.memories.slots:
            return False
        wanted = command.partition("=")[2]
        if wanted not in ("0", "1", "2", "3", "4"):
            return False
        lines: list[str] = []
        for index, message in sorted(self._slots[self.selected[0]].items()):
            if wanted in ("4", str(message.stat)):
                lines += [self._dialogue.messages.listed.format(index=index, **_facts(message)), message.pdu]
                message.stat = max(message.stat, 1)
        return self._told(lines)

    def _cmgr(self, command: str) -> bool:
        message = self._at(command)
        if message is None:
            self._final(self._dialogue.messages.empty_read)
            return True
        line = self._dialogue.messages.read.format(**_facts(message))
        message.stat = max(message.stat, 1)
        return self._told([line, message.pdu])

    def _cmgd(self, command: str) -> bool:
        if "," in command.partition("=")[2]:
            self.wrongs.append(f"{command}: deletes more than what was read")
        if self._at(command) is None:
            self._final(self._dialogue.messages.empty_delete)
            return True
        del self._slots[self.selected[0]][_index(command)]
        return self._told([])

    def _cmss(self, command: str) -> bool:
        message = self._slots.get(self.selected[1], {}).get(_index(command))
        if message is None:
            return False
        if self._submit(message.pdu, self._dialogue.sending.from_memory):
            message.stat = 3
        return True

    def _asks_for_pdu(self, command: str) -> bool:
        if command.startswith("+CMGW") and not self._dialogue.sending.written:
            return False
        self._prompt, self._typed = command, ""
        self._say(self._dialogue.wire.prompt)
        if self._dialogue.sending.early:
            self._final(self._dialogue.sending.early)
        return True

    def _at(self, command: str) -> Stored | None:
        return self._slots.get(self.selected[0], {}).get(_index(command))

    # What it says

    def _told(self, lines: list[str]) -> bool:
        self._final((*lines, "OK"))
        return True

    def _final(self, lines: Lines, **values: object) -> None:
        """Information lines and the final result, which a dialogue may lack."""
        wire = self._dialogue.wire
        worded = [line.format(**values) if values else line for line in lines]
        for place, line in enumerate(worded):
            first_or_final = place == 0 or place == len(worded) - 1
            self._say(f"{wire.head if first_or_final else ''}{line}{wire.end}")

    def _indicate(self, line: str) -> None:
        self._say(f"\r\n{line}\r\n")

    def _chat(self) -> None:
        """One line of chatter between every third command and its answer."""
        chatter = self._dialogue.wire.chatter
        if chatter and len(self.commands) % 3 == 0:
            self._indicate(chatter[self._chatter % len(chatter)])
            self._chatter += 1

    def _say(self, text: str) -> None:
        self._send(text.encode("latin-1"))


def _facts(message: Stored) -> dict[str, object]:
    return {"stat": message.stat, "length": message.length}


def _index(command: str) -> int:
    text = command.partition("=")[2].partition(",")[0]
    return int(text) if text.isdigit() else -1
