"""The terminal side of a modem: characters in, command lines and prompt input out; results and indications back.

Knows V.250 and nothing of messages.
"""

from __future__ import annotations

from collections.abc import Callable

from modem_drivers.simulated.errors import AtError
from modem_drivers.simulated.settings import Settings

CTRL_Z = 0x1A
ESC = 0x1B
LONGEST_LINE = 1024  # characters; more is no command line and no PDU
NUMERIC_RESULTS = {"OK": "0", "CONNECT": "1", "RING": "2", "NO CARRIER": "3", "ERROR": "4"}


class SerialPort:
    """Collects what the host types while the modem listens, and words what the modem says.

    `busy` is true from a command line to its final result: what comes in then is lost, as on a half-duplex port.
    Indications wait while a line is being typed, a command runs or a prompt is open.
    """

    def __init__(self, settings: Settings, send: Callable[[bytes], None], on_line: Callable[[str], None]) -> None:
        self.settings = settings
        self._send = send
        self._on_line = on_line
        self._typed = bytearray()
        self._last_line = ""
        self._entered: Callable[[bytes], None] | None = None
        self._cancelled: Callable[[], None] = lambda: None
        self._waiting: list[str] = []
        self.busy = False
        self.leaking = False  #: indications break into the prompt (a fault)
        self.inside_answer = ""  #: a line to put inside the next answer (a fault)
        self.count_prompt_input: Callable[[int], bool] = lambda _count: True
        self.loses_end: Callable[[], bool] = lambda: False  #: whether a Ctrl-Z is lost (a fault)
        self.leaves_unended: Callable[[], bool] = lambda: False  #: whether an indication lacks its line end (a fault)
        self._aborts: Callable[[], None] | None = None  # what a character typed before the prompt does

    @property
    def at_prompt(self) -> bool:
        """Whether the `> ` prompt waits for a PDU or text."""
        return self._entered is not None

    def restart(self, settings: Settings) -> None:
        """Forget everything typed and waiting."""
        self.settings = settings
        self._typed.clear()
        self._entered = None
        self._waiting.clear()
        self._aborts = None
        self.busy = False

    # -- in ---------------------------------------------------------------------------------------------------

    def receive(self, data: bytes) -> None:
        """Take characters from the host."""
        while data:
            if self._entered is not None:
                data = self._prompt_input(data)
            elif self.busy:
                self._abort()
                return
            else:
                data = self._command_input(data)

    def _abort(self) -> None:
        """A character before the prompt ends the command (V.250, 5.6.1); other commands cannot be aborted."""
        aborts, self._aborts = self._aborts, None
        if aborts is not None:
            aborts()

    def _command_input(self, data: bytes) -> bytes:
        end = data.find(self.settings.ends_line)
        if end < 0:
            self._type(data)
            if self._typed.lstrip(b"\n").upper() == b"A/":  # V.250 clause 5.2.4: repeats at once, without S3
                self._typed.clear()
                self._on_line(self._last_line)
            return b""
        self._type(data[: end + 1])
        line = self._take_line()
        if line is None:
            return data[end + 1 :].lstrip(b"\n")
        self._last_line = line
        self._on_line(line)
        # While a command takes its time, or before its prompt is there, what follows is lost. A command that takes no
        # time was over before the next character, even when a busy host's writes are read here in one piece.
        return b"" if self.busy or self.at_prompt else data[end + 1 :]

    def _type(self, data: bytes) -> None:
        if self.settings.echo:
            self._send(data)
        self._typed += data
        if len(self._typed) > LONGEST_LINE:
            self._typed.clear()

    def _take_line(self) -> str | None:
        text = self._typed.decode("latin-1").rstrip(chr(self.settings.ends_line))
        self._typed.clear()
        start = text.upper().find("AT")
        if start < 0:
            self.flush()
            return None
        return _without_backspaces(text[start + 2 :], chr(self.settings.registers[5]))

    def _prompt_input(self, data: bytes) -> bytes:
        end = next((i for i, octet in enumerate(data) if octet in (CTRL_Z, ESC)), len(data))
        if end < len(data) and data[end] == CTRL_Z and self.loses_end():
            data = data[:end] + data[end + 1 :]
            end = len(data)
        chunk = data[:end]
        if self.settings.echo and chunk:
            self._send(chunk.replace(b"\r", b"\r\n> ") if self.settings.cmgf else chunk)
        self._typed += chunk
        if not self.count_prompt_input(len(self._typed)):
            return b""
        if end == len(data):
            return b""
        self._leave_prompt(data[end])
        return data[end + 1 :] if data[end] == ESC else b""

    def _leave_prompt(self, key: int) -> None:
        entered, typed = self._entered, bytes(self._typed)
        self._entered, self.leaking = None, False
        self._typed.clear()
        if key == CTRL_Z and entered is not None:
            entered(typed)
        else:
            self._cancelled()

    def expect_prompt(self, aborts: Callable[[], None]) -> None:
        """The prompt takes its time: until it is there, anything typed aborts the command."""
        self._aborts = aborts

    def open_prompt(self, entered: Callable[[bytes], None], cancelled: Callable[[], None]) -> None:
        """Show `> ` and collect until Ctrl-Z or ESC."""
        self._typed.clear()
        self._aborts = None
        self._entered, self._cancelled = entered, cancelled
        self._send(b"\r\n> ")

    # -- out --------------------------------------------------------------------------------------------------

    def information(self, lines: list[str]) -> None:
        """Send the information text of a command."""
        if not lines:
            return
        if self.inside_answer:
            lines = [lines[0], f"\r\n{self.inside_answer}\r\n", *lines[1:]]
            self.inside_answer = ""
        body = "\r\n".join(lines) + "\r\n"
        self._send((("\r\n" if self.settings.verbose else "") + body).encode("latin-1", "replace"))

    def result(self, text: str) -> None:
        """Send a final result and listen again."""
        self.busy = False
        if not self.settings.quiet:
            self._send(self._worded(text))
        self.flush()

    def failure(self, error: AtError, *, cms_needs_cmee: bool) -> None:
        """Send a final result other than OK."""
        self.result(error.line(self.settings.cmee, cms_needs_cmee=cms_needs_cmee))

    def _worded(self, text: str) -> bytes:
        if self.settings.verbose:
            return f"\r\n{text}\r\n".encode("latin-1", "replace")
        return f"{NUMERIC_RESULTS.get(text, text)}\r".encode("latin-1", "replace")

    def indicate(self, text: str) -> None:
        """Say something unasked, at once or as soon as the line is free."""
        if self.leaking and self.at_prompt:
            self._send(f"\r\n{text}\r\n".encode("latin-1", "replace"))
        elif self.busy or self.at_prompt or self._typed:
            self._waiting.append(text)
        else:
            end = "" if self.leaves_unended() else "\r\n"
            self._send(f"\r\n{text}{end}".encode("latin-1", "replace"))

    def take_waiting(self) -> str:
        """Take one waiting indication, for modems that put them between the lines of an answer."""
        return self._waiting.pop(0) if self._waiting else ""

    def flush(self) -> None:
        """Say what had to wait."""
        waiting, self._waiting = self._waiting, []
        for text in waiting:
            self._send(f"\r\n{text}\r\n".encode("latin-1", "replace"))


def _without_backspaces(text: str, backspace: str) -> str:
    if backspace not in text:
        return text
    kept: list[str] = []
    for character in text:
        if character != backspace:
            kept.append(character)
        elif kept:
            kept.pop()
    return "".join(kept)
