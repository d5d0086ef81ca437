"""Reading the audit: what fits a filter, inside the reader's part of the province."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from hub.access.actor import Actor
from hub.access.models import OrgUnit, User
from hub.audit.models import AuditEntry
from hub.clock import TZ
from hub.ui.editing import Saved

PAGE = 50
BATCH = 500


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What the reader asks for; days are the province's own, both included."""

    person: str = ""
    action: str = ""
    subject: str = ""
    unit: str = ""
    since: date | None = None
    until: date | None = None


def audit_page(
    session: Session, actor: Actor, wanted: AuditFilter, before_id: int | None = None
) -> tuple[Sequence[AuditEntry], int | None]:
    """Return one page, newest first, and the id to go on from (None at the end)."""
    rows = _rows(session, actor, wanted, before_id, PAGE + 1)
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None


def every_entry(session: Session, actor: Actor, wanted: AuditFilter) -> Iterator[AuditEntry]:
    """Yield all entries, newest first, without holding them all in memory."""
    before_id: int | None = None
    while rows := _rows(session, actor, wanted, before_id, BATCH):
        yield from rows
        before_id = rows[-1].id
        session.expunge_all()


def last_saved(session: Session, kind: str, subject: str) -> Saved | None:
    """Return who changed a thing last: ``kind`` is "half:subject", as its actions begin."""
    query = (
        select(AuditEntry)
        .where(AuditEntry.subject == subject[:80], AuditEntry.action.startswith(f"{kind}:"))
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )
    entry = session.scalars(query).first()
    return Saved(entry.actor_name, entry.at) if entry else None


def _rows(
    session: Session, actor: Actor, wanted: AuditFilter, before_id: int | None, limit: int
) -> Sequence[AuditEntry]:
    query = select(AuditEntry).where(*_conditions(actor, wanted))
    if before_id is not None:
        query = query.where(AuditEntry.id < before_id)
    return session.scalars(query.order_by(AuditEntry.id.desc()).limit(limit)).all()


def _conditions(actor: Actor, wanted: AuditFilter) -> list[ColumnElement[bool]]:
    scope = actor.scope_for("audit.view")
    # Acts without a unit (signing in, imports) concern the whole: only who covers the root of
    # the province sees them all, anyone else sees their own.
    conditions = [or_(scope.clause(AuditEntry.unit_id), _without_unit(actor))]
    if wanted.person:
        named = select(User.id).where(User.username == wanted.person.casefold())
        fits = AuditEntry.actor_name.contains(wanted.person, autoescape=True)
        conditions.append(or_(AuditEntry.user_id.in_(named), fits))
    if wanted.action:
        conditions.append(AuditEntry.action.contains(wanted.action, autoescape=True))
    if wanted.subject:
        conditions.append(AuditEntry.subject.contains(wanted.subject, autoescape=True))
    if wanted.unit:
        units = select(OrgUnit.id).where(OrgUnit.code == wanted.unit)
        conditions.append(AuditEntry.unit_id.in_(units))
    if wanted.since:
        conditions.append(AuditEntry.at >= _midnight(wanted.since))
    if wanted.until:
        conditions.append(AuditEntry.at < _midnight(wanted.until + timedelta(days=1)))
    return conditions


def _without_unit(actor: Actor) -> ColumnElement[bool]:
    none_named = AuditEntry.unit_id.is_(None)
    sees_all = actor.scope_for("audit.view").is_whole
    return none_named if sees_all else none_named & (AuditEntry.user_id == actor.user_id)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=TZ)


def unit_names(session: Session, entries: Sequence[AuditEntry]) -> dict[int, str]:
    """Return the names of the units that the entries name."""
    ids = {entry.unit_id for entry in entries if entry.unit_id}
    query = select(OrgUnit.id, OrgUnit.name).where(OrgUnit.id.in_(ids))
    return {row.id: row.name for row in session.execute(query)}
