"""The fourteen commands: each takes a `Request` and gives back exactly one `Reply`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mgov.workflows.handlers.applications import apply, cancel, history, status
from mgov.workflows.handlers.bills import bill
from mgov.workflows.handlers.consent import remind_off, remind_on, reminder_answer
from mgov.workflows.handlers.documents import documents
from mgov.workflows.handlers.information import help_, info, services
from mgov.workflows.handlers.pay import pay
from mgov.workflows.handlers.questions import missing, unknown
from mgov.workflows.handlers.registration import register
from mgov.workflows.handlers.report import report
from mgov.workflows.handlers.request import Reply, Request

HANDLERS: Mapping[str, Callable[[Request], Reply]] = {
    "HELP": help_,
    "INFO": info,
    "SERVICES": services,
    "REGISTER": register,
    "APPLY": apply,
    "STATUS": status,
    "HISTORY": history,
    "BILL": bill,
    "PAY": pay,
    "DOCUMENTS": documents,
    "REMIND_ON": remind_on,
    "REMIND_OFF": remind_off,
    "CANCEL": cancel,
    "REPORT": report,
}

__all__ = ["HANDLERS", "missing", "reminder_answer", "unknown"]
