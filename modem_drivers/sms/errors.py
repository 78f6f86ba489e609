"""The one error of the codec."""

from __future__ import annotations


class PduError(Exception):
    """A PDU that cannot be read, or a message that cannot be put on the air.

    `code` is for machines (`truncated`, `message_type`, `hex`, `digit`, `timestamp`, `compressed`, `ucs2_length`,
    `header`, `address`, `number`, `text`, `class`, `validity`, `reference`, `too_long`), `detail` a sentence for
    people.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
