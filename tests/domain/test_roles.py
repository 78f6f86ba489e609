"""Who may do what: the table as a whole, and the lines that must never move."""

from __future__ import annotations

import pytest

from mgov.domain.roles import HOLDERS, Account, Right, Role

CHANGING = {right for right in Right if not right.name.endswith("_VIEW") and right is not Right.EXPLAIN}


def test_every_right_is_in_the_table() -> None:
    """A right that nobody holds, or that the table forgot, is a slip."""
    assert set(HOLDERS) == set(Right)
    assert all(HOLDERS.values())


def test_an_administrator_may_everything_and_an_auditor_changes_nothing() -> None:
    """The auditor reads."""
    assert all(Role.ADMINISTRATOR in holders for holders in HOLDERS.values())
    assert not [right for right in CHANGING if Role.AUDITOR in HOLDERS[right]]
    assert Account("a", frozenset({Role.AUDITOR})).may(Right.AUDIT_VIEW)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_accounts_audit_and_citizens_data_are_the_administrators(role: Role) -> None:
    """No other role makes accounts, restarts the anchor, speaks for citizens, or gives their data away."""
    account = Account("x", frozenset({role}))
    for right in (Right.STAFF_CHANGE, Right.AUDIT_ACCEPT, Right.SMS_INJECT, Right.PRIVACY, Right.PORTAL_GRANT):
        assert not account.may(right)


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.LEADER, Role.NOC, Role.AUDITOR])
def test_only_cashiers_touch_money(role: Role) -> None:
    """Neither who makes bills nor who runs the modems decides on a payment or brings in a statement."""
    account = Account("x", frozenset({role}))
    assert not account.may(Right.PAYMENT_DECIDE)
    assert not account.may(Right.BANK_IMPORT)


def test_a_leader_sees_figures_and_no_persons() -> None:
    """Figures only: no bill, text, payment or application."""
    account = Account("kepala", frozenset({Role.LEADER}))
    assert {right for right in Right if account.may(right)} == {Right.FIGURES_VIEW}


def test_roles_add_up_and_no_role_is_no_right() -> None:
    """Two roles hold the rights of both; an account without a role holds none."""
    both = Account("x", frozenset({Role.CASHIER, Role.OPERATOR}))
    assert both.may(Right.PAYMENT_DECIDE)
    assert both.may(Right.BILL_IMPORT)
    assert not [right for right in Right if Account("x", frozenset()).may(right)]


def test_who_belongs_to_an_agency_sees_that_agency_alone() -> None:
    """What belongs to no agency is the province's, and not his."""
    bound, province = Account("x", frozenset(), 3, "BAPENDA"), Account("y", frozenset())
    assert bound.sees([3, 3])
    assert not bound.sees([3, 4])
    assert not bound.sees([None])
    assert province.sees([3, 4, None])
