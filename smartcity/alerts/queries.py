"""Alerts as people look for them: worst first, inside their part of the province."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from hub.access.actor import Scope
from hub.access.capabilities import CAPABILITIES
from hub.access.models import OrgUnit, User, UserRole
from hub.orgunits.queries import path_ids
from hub.text import fold, sort_key
from smartcity.domain.severity import SEVERITY_ORDER
from smartcity.models import Alert, AlertStep, Device, Series

OPEN_STATES: Final = ("UNACK", "ACKED", "RTNUN")
UNOWNED_STATES: Final = ("UNACK", "RTNUN")
PAGE: Final = 50

_BADNESS: Final = case(
    {name: rank for rank, name in enumerate(SEVERITY_ORDER)}, value=Alert.severity
)
_UNOWNED_FIRST: Final = case((Alert.state.in_(UNOWNED_STATES), 0), else_=1)

VIEWS: Final = ("open", "unowned", "mine", "shelved", "returned", "closed")


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """What to list; ``view`` is one of :data:`VIEWS`, ``unit`` a subtree, ``text`` folded words."""

    view: str = "open"
    severity: str = ""
    kind: str = ""
    unit: OrgUnit | None = None
    text: str = ""
    assignee_id: int | None = None


def _view_clause(view: str, assignee_id: int | None) -> ColumnElement[bool]:
    if view == "mine":
        return Alert.state.in_((*OPEN_STATES, "SHLVD")) & (Alert.assignee_id == assignee_id)
    states = {
        "unowned": UNOWNED_STATES,
        "shelved": ("SHLVD",),
        "returned": ("NORM",),
        "closed": ("CLOSED",),
    }.get(view, OPEN_STATES)
    return Alert.state.in_(states)


def _narrowed(scope: Scope, wanted: AlertFilter) -> list[ColumnElement[bool]]:
    clauses = [scope.clause(Alert.unit_id)]
    if wanted.kind:
        clauses.append(Alert.kind == wanted.kind)
    if wanted.unit is not None:
        clauses.append(Scope((wanted.unit.path,)).clause(Alert.unit_id))
    if wanted.text:
        pattern = f"%{fold(wanted.text)}%"
        code = func.lower(Alert.code).like(pattern)
        clauses.append(or_(Alert.title_fold.like(pattern), code))
    return clauses


def _ordered(query: Select[Alert], view: str) -> Select[Alert]:
    if view in {"closed", "returned"}:
        return query.order_by(Alert.changed_at.desc(), Alert.id.desc())
    return query.order_by(_BADNESS, _UNOWNED_FIRST, Alert.raised_at, Alert.id)


def alerts(
    session: Session, scope: Scope, wanted: AlertFilter, *, offset: int = 0, limit: int = PAGE
) -> Sequence[Alert]:
    """Return a page of alerts: by severity, those nobody holds first, then the oldest first."""
    query = select(Alert).where(
        *_narrowed(scope, wanted), _view_clause(wanted.view, wanted.assignee_id)
    )
    if wanted.severity:
        query = query.where(Alert.severity == wanted.severity)
    return session.scalars(_ordered(query, wanted.view).offset(offset).limit(limit)).all()


def counts_by_severity(
    session: Session, scope: Scope, wanted: AlertFilter | None = None
) -> dict[str, int]:
    """Return how many alerts of each severity the filter leaves, its own severity left aside."""
    wanted = wanted or AlertFilter()
    query = (
        select(Alert.severity, func.count())
        .where(*_narrowed(scope, wanted), _view_clause(wanted.view, wanted.assignee_id))
        .group_by(Alert.severity)
    )
    found = dict(session.execute(query).all())
    return {name: found.get(name, 0) for name in SEVERITY_ORDER}


def counts_by_view(session: Session, scope: Scope, wanted: AlertFilter) -> dict[str, int]:
    """Return how many alerts each view holds under the same filter; closed ones are not counted."""
    query = (
        select(Alert.state, Alert.assignee_id, func.count())
        .where(*_narrowed(scope, wanted), Alert.state != "CLOSED")
        .group_by(Alert.state, Alert.assignee_id)
    )
    counts = dict.fromkeys(VIEWS[:-1], 0)
    for state, assignee_id, count in session.execute(query):
        is_mine = assignee_id is not None and assignee_id == wanted.assignee_id
        for view, states in _VIEW_STATES.items():
            counts[view] += count if state in states else 0
        counts["mine"] += count if is_mine and state != "NORM" else 0
    return counts


_VIEW_STATES: Final[Mapping[str, tuple[str, ...]]] = {
    "open": OPEN_STATES,
    "unowned": UNOWNED_STATES,
    "shelved": ("SHLVD",),
    "returned": ("NORM",),
}


def open_count(session: Session, scope: Scope) -> int:
    """Return the number of open alerts."""
    query = select(func.count()).where(scope.clause(Alert.unit_id), Alert.state.in_(OPEN_STATES))
    return session.scalar(query) or 0


def alert_by_code(session: Session, code: str) -> Alert | None:
    """Return the alert with its device, unit and steps."""
    query = (
        select(Alert)
        .where(Alert.code == code)
        .options(selectinload(Alert.steps), joinedload(Alert.rule))
    )
    return session.scalars(query).one_or_none()


def open_alert_units(session: Session, unit_ids: Sequence[int]) -> dict[int, str]:
    """Return the worst open severity of each of these units that has one."""
    query = select(Alert.unit_id, Alert.severity).where(
        Alert.unit_id.in_(unit_ids), Alert.state.in_((*OPEN_STATES, "SHLVD"))
    )
    worst: dict[int, str] = {}
    for unit_id, severity in session.execute(query.order_by(_BADNESS.desc())):
        worst[unit_id] = severity
    return worst


def people_who_handle(session: Session, unit: OrgUnit) -> list[User]:
    """Return the active people who may handle alerts at the unit, by given name."""
    roles = [role for role, held in CAPABILITIES.items() if "alert.handle" in held]
    query = (
        select(User)
        .join(UserRole)
        .where(User.is_active, UserRole.role.in_(roles), UserRole.unit_id.in_(path_ids(unit.path)))
        .distinct()
    )
    people = session.scalars(query).unique().all()
    return sorted(people, key=lambda person: sort_key(person.full_name.split()[-1]))


def latest_step(session: Session, alert_id: int, verb: str) -> AlertStep | None:
    """Return the newest step of this kind."""
    query = select(AlertStep).where(AlertStep.alert_id == alert_id, AlertStep.verb == verb)
    return session.scalars(query.order_by(AlertStep.id.desc()).limit(1)).first()


def newest_reading(session: Session, scope: Scope) -> datetime | None:
    """Return when the newest reading in the scope was received."""
    query = select(func.max(Series.latest_received_at)).join(Device)
    return session.scalar(query.where(scope.clause(Device.unit_id)))
