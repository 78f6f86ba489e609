"""The states of an application: which are final, and how a citizen is told of them."""

from __future__ import annotations

#: Known states: Indonesian, English. An agency's own state is told as the agency wrote it.
_SPOKEN = {
    "received": ("diterima", "received"),
    "submitted": ("diajukan", "submitted"),
    "in_process": ("sedang diproses", "in process"),
    "in_progress": ("sedang diproses", "in process"),
    "processing": ("sedang diproses", "in process"),
    "in_review": ("sedang diperiksa", "under review"),
    "needs_documents": ("menunggu kelengkapan dokumen", "waiting for documents"),
    "approved": ("disetujui", "approved"),
    "issued": ("sudah terbit", "issued"),
    "completed": ("selesai", "completed"),
    "done": ("selesai", "completed"),
    "rejected": ("ditolak", "rejected"),
    "cancelled": ("dibatalkan", "withdrawn"),
}
FINAL = frozenset(
    {
        *("approved", "issued", "completed", "done", "rejected", "cancelled"),
        *("disetujui", "terbit", "selesai", "ditolak", "batal", "dibatalkan"),
    }
)


def normal_status(status: str) -> str:
    """The known state that an agency means: case and separators do not matter; its own word otherwise."""
    folded = status.strip().lower().replace(" ", "_").replace("-", "_")
    return folded if folded in _SPOKEN else " ".join(status.split())


def is_final(status: str) -> bool:
    """Whether an application in this state no longer moves by itself."""
    return status.strip().lower() in FINAL


def spoken_status(status: str, language: str) -> str:
    """The state as a citizen reads it."""
    spoken = _SPOKEN.get(normal_status(status))
    return spoken[language == "en"] if spoken else status
