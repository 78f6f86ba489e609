"""Bank statements in: MT940, MT942, camt.052/053/054, CSV dialects and XLSX, detected by content.

Sources: SWIFT Standards Category 9 (MT940, MT942), ISO 20022 camt.052/053/054, and the banks' own exports, which are
described as data (see `parsers.statements.dialect`).
"""

from __future__ import annotations

from parsers.statements.model import Entry, EntryType, Record, Statement, StatementError, StatementHead

__all__ = ["Entry", "EntryType", "Record", "Statement", "StatementError", "StatementHead"]
