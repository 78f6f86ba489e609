"""What the database itself does for portals: notes who wrote an order, tells of changes, shows each agency its own.

The DDL can be run again at any time; every upgrade does. Triggers are written three times because the databases differ
in three things only: how a role is named, how JSON is made, and who a view's reader is.

- An order (`portal_bill`, …) gets the role that wrote it and its time, and cannot claim to be taken already.
- A change of a bill, application or document writes a `portal_event` in the same transaction, without a number.
- The views `v1_*` are what portals read. Columns are only ever added to them; any other change becomes a `v2_*`.
"""

# ruff: noqa: S608 - every part of this DDL is a constant of this file

from __future__ import annotations

from dataclasses import dataclass, replace

CHANNEL = "mgov"
INBOXES = ("portal_bill", "portal_application", "portal_document")
#: What a portal may write of an order; the rest is the engine's.
ORDER_COLUMNS = {
    "portal_bill": (
        *("agency", "number", "payer_id", "payer_name", "payer_phone", "object", "description"),
        *("amount", "due_date", "status", "paid_on", "paid_ref", "pay_code"),
    ),
    "portal_application": (
        *("agency", "reference", "service", "applicant_id", "applicant_name", "phone"),
        *("status", "status_note", "submitted_on"),
    ),
    "portal_document": (
        *("agency", "number", "kind", "holder_id", "holder_name", "phone", "email"),
        *("issued_on", "due_on", "status", "replaced_by"),
    ),
}
VIEWS = (
    *("v1_bill", "v1_application", "v1_document", "v1_citizen", "v1_event"),
    *("v1_portal_bill", "v1_portal_application", "v1_portal_document"),
)

_MARIADB_READER = "substring_index(user(), '@', 1)"
_NOT_YOURS = "agency: bukan dinas Anda / not your agency"
_BILL_EVENT = (
    "case when new.status = 'paid' then 'bill_paid' when old.status = 'paid' then 'bill_reopened'"
    " else concat('bill_', new.status) end"
)
#: The state as it is said to people, for portals that show what they are told.
_BILL_LABEL = (
    "'label', case new.status when 'paid' then 'LUNAS' when 'partly_paid' then 'DIBAYAR SEBAGIAN'"
    " when 'cancelled' then 'DIBATALKAN' else 'BELUM DIBAYAR' end"
)
_DOCUMENT_EVENT = (
    "case when new.due_on > old.due_on or (new.replaced_by is not null and old.replaced_by is null)"
    " then 'document_renewed' else concat('document_', new.status) end"
)


@dataclass(frozen=True, slots=True)
class _Event:
    """Which change of which table is told, under which name, of which object, with which details."""

    name: str
    table: str
    when: str  #: `insert` or `update`
    condition: str
    kind: str
    subject: str
    detail: tuple[str, ...]  #: columns of the new row
    said: str = ""  #: one more pair of the details


EVENTS = (
    _Event(
        *("bill_status", "bill", "update", "old.status <> new.status", _BILL_EVENT, "new.number"),
        *(("status", "amount", "allocated", "overpaid"), _BILL_LABEL),
    ),
    _Event(
        *("application_filed", "application", "insert", "new.filed_by is not null", "'application_filed'"),
        *("new.reference", ("status", "service_code", "applicant_name", "phone", "details")),
    ),
    _Event(
        *("application_status", "application", "update", "old.status <> new.status", "'application_status'"),
        *("new.reference", ("status", "status_note")),
    ),
    _Event(
        *("document_changed", "document", "update"),
        "old.due_on <> new.due_on or old.status <> new.status",
        *(_DOCUMENT_EVENT, "new.number", ("status", "due_on", "replaced_by")),
    ),
)


def statements(dialect: str) -> list[str]:
    """The DDL for one dialect (`sqlite`, `postgresql`, `mysql` or `mariadb`), in order."""
    if dialect == "postgresql":
        former = ["drop function if exists mgov_portal_sees(varchar, boolean)"]
        return [*_postgresql_functions(), *_postgresql_triggers(), *_postgresql_policies(), *_views(dialect), *former]
    if dialect == "sqlite":
        return [*_sqlite_triggers(), *_views(dialect)]
    return [*_mariadb_triggers(), *_views(dialect)]


def removals(dialect: str) -> list[str]:
    """What must go before tables are changed: SQLite refuses to rename a table that a view names."""
    return [f"drop view if exists {name}" for name in VIEWS] if dialect == "sqlite" else []


def _insert_event(event: _Event, pairs: str, now: str) -> str:
    return (
        "insert into portal_event (agency, kind, object, detail, at) "
        f"select code, {event.kind}, {event.subject}, {pairs}, {now} from agency where id = new.agency_id"
    )


def _pairs(event: _Event) -> str:
    return ", ".join([*(f"'{column}', new.{column}" for column in event.detail), *filter(None, [event.said])])


# SQLite: one file, whoever opens it is the owner; no roles, nobody to notify.


def _sqlite_triggers() -> list[str]:
    ddl: list[str] = []
    for event in EVENTS:
        # SQLite 3.40 has no concat(); || does the same there
        kind = event.kind.replace("concat('bill_', new.status)", "'bill_' || new.status")
        kind = kind.replace("concat('document_', new.status)", "'document_' || new.status")
        body = _insert_event(
            replace(event, kind=kind),
            f"json_object({_pairs(event)})",
            "strftime('%Y-%m-%d %H:%M:%f000', 'now')",
        )
        ddl += [
            f"drop trigger if exists portal_{event.name}",
            f"create trigger portal_{event.name} after {event.when} on {event.table} "
            f"when {event.condition} begin {body}; end",
        ]
    return ddl


# MariaDB: user() is the account that is connected, also inside a trigger or view of another's.


def _mariadb_triggers() -> list[str]:
    ddl: list[str] = []
    for table in INBOXES:
        ddl += [
            f"create or replace trigger {table}_written before insert on {table} for each row begin "
            f"if exists (select 1 from portal_grant where role = {_MARIADB_READER} and agency <> new.agency) then "
            f"signal sqlstate '42000' set message_text = '{_NOT_YOURS}'; end if; "
            f"set new.written_by = {_MARIADB_READER}, new.written_at = utc_timestamp(6), "
            "new.taken_at = null, new.outcome = null, new.reason = null; end"
        ]
    for event in EVENTS:
        body = _insert_event(event, f"json_object({_pairs(event)})", "utc_timestamp(6)")
        ddl += [
            f"create or replace trigger portal_{event.name} after {event.when} on {event.table} for each row "
            f"begin if {event.condition} then {body}; end if; end"
        ]
    return ddl


# PostgreSQL: session_user is the role that logged in; a function of the owner's sees for it what it may not read.


def _postgresql_functions() -> list[str]:
    return [
        # of the session itself, whose role may always see that: a function of the owner's might not
        "create or replace function mgov_portal_is_private() returns boolean language sql stable as $$ "
        "select coalesce((select ssl from pg_stat_get_activity(pg_backend_pid())), false) $$",
        "create or replace function mgov_portal_is_engine() returns boolean language sql stable security definer "
        "set search_path from current as $$ select session_user = current_user $$",
        "create or replace function mgov_portal_agencies(private boolean) returns varchar[] language sql stable "
        "security definer set search_path from current as $$ select array(select agency from portal_grant "
        "where role = session_user and (private or not tls_required)) $$",
        "create or replace function mgov_portal_written() returns trigger language plpgsql as $$ begin "
        "new.written_by := session_user; new.written_at := clock_timestamp(); "
        "new.taken_at := null; new.outcome := null; new.reason := null; "
        f"perform pg_notify('{CHANNEL}', 'portal'); return new; end $$",
        *(_postgresql_event(event) for event in EVENTS),
    ]


def _postgresql_event(event: _Event) -> str:
    """One statement for all rows that a statement changed: a settled batch writes thousands of events at once."""
    rows = "inserted as new" if event.when == "insert" else "before as old join after as new on new.id = old.id"
    return (
        f"create or replace function mgov_portal_{event.name}() returns trigger language plpgsql as $$ "
        "#variable_conflict use_column\n"  # `old` and `new` are rows of the statement, not the variables of a row
        "begin insert into portal_event (agency, kind, object, detail, at) "
        f"select code, {event.kind}, {event.subject}, json_build_object({_pairs(event)})::text, clock_timestamp() "
        f"from {rows} join agency on agency.id = new.agency_id where {event.condition} order by new.id; "
        f"if found then perform pg_notify('{CHANNEL}', 'portal'); end if; return null; end $$"
    )


def _postgresql_triggers() -> list[str]:
    ddl = [
        f"create or replace trigger {table}_written before insert on {table} "
        "for each row execute function mgov_portal_written()"
        for table in INBOXES
    ]
    for event in EVENTS:
        tables = "new table as inserted" if event.when == "insert" else "old table as before new table as after"
        ddl.append(
            f"create or replace trigger portal_{event.name} after {event.when} on {event.table} "
            f"referencing {tables} for each statement execute function mgov_portal_{event.name}()"
        )
    return ddl


def _postgresql_policies() -> list[str]:
    """An agency's role writes and reads its own rows; the owner is not held by policies."""
    ddl: list[str] = []
    for table in INBOXES:
        ddl += [
            f"alter table {table} enable row level security",
            f"drop policy if exists own_agency on {table}",
            f"create policy own_agency on {table} using ({_sees('postgresql', 'agency')}) "
            f"with check ({_sees('postgresql', 'agency')})",
        ]
    return [
        *ddl,
        "alter table portal_event enable row level security",
        "drop policy if exists own_agency on portal_event",
        "create policy own_agency on portal_event for select "
        f"using (number is not null and {_sees('postgresql', 'agency')})",
    ]


def _sees(dialect: str, code: str) -> str:
    if dialect == "sqlite":
        return "1 = 1"
    if dialect == "postgresql":
        # each asked once a statement: a call for every row took a second for 200,000 events
        own = "(select mgov_portal_agencies((select mgov_portal_is_private())))::varchar[]"
        return f"((select mgov_portal_is_engine()) or {code} = any ({own}))"
    reader = _MARIADB_READER
    return (
        f"({reader} = substring_index(current_user(), '@', 1) or exists "
        f"(select 1 from portal_grant where portal_grant.role = {reader} and portal_grant.agency = {code}))"
    )


def _or_wrote(dialect: str) -> str:
    """Whoever wrote an order sees what became of it: also one for another agency, which MariaDB cannot keep out."""
    return "" if dialect in ("sqlite", "postgresql") else f" or written_by = {_MARIADB_READER}"


def _views(dialect: str) -> list[str]:
    own = _sees(dialect, "agency.code")
    of_agency = f"join agency on agency.id = t.agency_id where {own}"
    selects = {
        "v1_bill": "select agency.code as agency, t.number, t.payer_id, t.payer_name, t.object, t.description, "
        "t.amount, t.allocated as paid, t.overpaid, t.status, t.due_date, t.pay_code, t.updated_at "
        f"from bill t {of_agency}",
        "v1_application": "select agency.code as agency, t.reference, t.service_code as service, t.applicant_name, "
        "t.phone, t.details, t.status, t.status_note, t.submitted_on, t.updated_at "
        f"from application t {of_agency}",
        "v1_document": "select agency.code as agency, t.number, t.kind, t.holder_name, t.issued_on, t.due_on, "
        f"t.status, t.replaced_by, t.updated_at from document t {of_agency}",
        "v1_citizen": _citizens(own),
        "v1_event": "select number, agency, kind, object, detail, at from portal_event "
        f"where number is not null and {_sees(dialect, 'portal_event.agency')}",
    }
    for table, key in zip(INBOXES, ("number", "reference", "number"), strict=True):
        selects[f"v1_{table}"] = (
            f"select id, agency, {key}, written_by, written_at, taken_at, outcome, reason from {table} "
            f"where {_sees(dialect, f'{table}.agency')}{_or_wrote(dialect)}"
        )
    return [ddl for name, select in selects.items() for ddl in _view(dialect, name, select)]


def _citizens(own: str) -> str:
    """People with a phone or address that mgov knows, as far as an agency has something to do with them."""
    concerned = " or ".join(
        f"exists (select 1 from {table} where {table}.party_id = party.id and {table}.agency_id = agency.id)"
        for table in ("bill", "application", "document")
    )
    return (
        "select agency.code as agency, party.id_number, party.name, contact.kind, contact.address, contact.state, "
        "contact.recorded from party join contact on contact.party_id = party.id "
        f"join agency on {concerned} where {own}"
    )


def _view(dialect: str, name: str, select: str) -> list[str]:
    if dialect == "sqlite":
        return [f"drop view if exists {name}", f"create view {name} as {select}"]
    if dialect == "postgresql":
        return [f"create or replace view {name} with (security_barrier) as {select}"]
    return [f"create or replace sql security definer view {name} as {select}"]
