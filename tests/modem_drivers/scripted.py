"""A modem that answers from a script, on a real pseudo-terminal: for dialogues as real sticks have them."""

from __future__ import annotations

import asyncio
import os
import pty
import re
import tty
from collections.abc import Callable, Mapping

Reply = str | Callable[[str], str]

#: What every scripted modem answers unless its script says otherwise; the key is a regular expression.
PLAIN: dict[str, Reply] = {
    r"AT": "\r\nOK\r\n",
    r"ATE0": "\r\nOK\r\n",
    r"AT\+CMEE=1": "\r\nOK\r\n",
    r"AT\+CPIN\?": "\r\n+CPIN: READY\r\n\r\nOK\r\n",
    r"AT\+CMGF\?": "\r\n+CMGF: 0\r\n\r\nOK\r\n",
    r"AT\+CMGF=0": "\r\nOK\r\n",
    r"AT\+CMGS=\d+": "\r\n> ",
}


class ScriptedModem:
    """Reads command lines up to CR; at a prompt reads up to Ctrl-Z or ESC. What is in no script gets ERROR."""

    def __init__(self, script: Mapping[str, Reply], echo: bool = False) -> None:
        self.script = {**PLAIN, **script}
        self.commands: list[str] = []
        self.pdus: list[str] = []
        self.escapes = 0
        self.at_prompt = False
        self._echo = echo
        self._typed = ""
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.path = os.ttyname(self._slave)
        asyncio.get_running_loop().add_reader(self._master, self._read)

    def close(self) -> None:
        if self._master >= 0:
            asyncio.get_running_loop().remove_reader(self._master)
            os.close(self._master)
            os.close(self._slave)
            self._master = -1

    def say(self, text: str) -> None:
        os.write(self._master, text.encode("latin-1"))

    def _read(self) -> None:
        for character in os.read(self._master, 4096).decode("latin-1"):
            if self._echo and character not in "\x1a\x1b":
                self.say(character)
            self._take(character)

    def _take(self, character: str) -> None:
        if character == "\x1b":
            self.escapes += 1
            self.at_prompt, self._typed = False, ""
        elif self.at_prompt and character == "\x1a":
            self.at_prompt, pdu, self._typed = False, self._typed, ""
            self.pdus.append(pdu)
            self._answer("PDU")
        elif character == "\r" and not self.at_prompt:
            line, self._typed = self._typed, ""
            if line:
                self.commands.append(line)
                self._answer(line)
        else:
            self._typed += character

    def _answer(self, line: str) -> None:
        for pattern, reply in self.script.items():
            if re.fullmatch(pattern, line):
                text = reply(line) if callable(reply) else reply
                self.at_prompt = ">" in text[-4:]
                self.say(text)
                return
        self.say("\r\nERROR\r\n")
