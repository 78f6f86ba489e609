"""An agency says where it is told of new applications."""

from __future__ import annotations

import pytest

from tests.cli.test_imports import rows, run, site

__all__ = ["site"]


@pytest.mark.usefixtures("site")
def test_an_agencys_contact_is_set_shown_and_cleared() -> None:
    """What is not named stays as it was; a wrong phone is refused; the audit has each change."""
    assert (
        run("agency", "set", "DPMPTSP", "--name", "Dinas Penanaman Modal", "--phone", "0812 9999 0000").exit_code == 0
    )
    assert run("agency", "set", "DPMPTSP", "--email", "izin@example.go.id").exit_code == 0
    (shown,) = rows("agency", "list")
    assert shown["name"] == "Dinas Penanaman Modal"
    assert shown["contact_phone"] == "+6281299990000"
    assert shown["contact_email"] == "izin@example.go.id"
    assert run("agency", "set", "DPMPTSP", "--phone", "").exit_code == 0
    assert rows("agency", "list")[0]["contact_phone"] is None
    assert run("agency", "set", "DPMPTSP", "--phone", "abc").exit_code == 2
    nothing = run("agency", "set", "DPMPTSP")
    assert nothing.exit_code == 1
    assert "nothing to change" in nothing.stderr
    assert [row["action"] for row in rows("audit", "list")] == ["agency.set"] * 3
