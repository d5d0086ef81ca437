"""What people do to an alert: every act is checked by the ISA-18.2 machine and stamped.

The alert's row is locked first, so of two people who act at once the second one meets the state
the first one left and is told who that was.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access.actor import SYSTEM, Actor, actor_of
from hub.access.models import User
from hub.clock import now
from hub.errors import Conflict, FieldError, Invalid, NotFound
from hub.text import clean
from hub.ui.formats import datetime_vi, time_vi
from hub.ui.states import severity_look
from smartcity.alerts.lifecycle import alarm_of, stamp
from smartcity.domain import alarm as machine
from smartcity.domain.alarm import (
    Action,
    Alarm,
    AlarmState,
    AlreadyClosed,
    Risen,
    StillActive,
    TransitionRefused,
)
from smartcity.domain.severity import Severity
from smartcity.models import Alert

LONGEST_SHELVING: Final = timedelta(hours=24)
CAPABILITY: Final = "alert.handle"


def locked_alert(session: Session, code: str) -> Alert:
    """Return the alert, locked until the transaction ends.

    Raises:
        NotFound: no alert has this code.
    """
    query = select(Alert).where(Alert.code == code).with_for_update(of=Alert)
    alert = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if alert is None:
        raise NotFound("")
    return alert


def acknowledge_alert(
    session: Session, actor: Actor, code: str, note: str = "", seen: Severity | None = None
) -> Alert:
    """Say "I have seen it and hold it".

    Args:
        seen: the severity the person was looking at, here as in whatever else quietens an alert;
            None when the caller does not say.

    Raises:
        Conflict: somebody was first, it is closed, or it has become worse than what was seen; the
            sentence says who, what and when.
    """
    alert = _quietened(session, actor, code, Action.ACKNOWLEDGE, seen)
    after = _moved(session, alert, machine.acknowledge)
    _take_hold(alert, actor)
    stamp(session, alert, after, "acknowledged", actor, note)
    return alert


def verify_alert(
    session: Session, actor: Actor, code: str, note: str = "", seen: Severity | None = None
) -> Alert:
    """Say that a camera or a telephone call confirmed it; this acknowledges it as well."""
    alert = _quietened(session, actor, code, Action.VERIFY, seen)
    after = _moved(session, alert, machine.verify)
    if alert.acknowledged_at is None:
        _take_hold(alert, actor)
    stamp(session, alert, after, "verified", actor, note)
    return alert


def assign_alert(
    session: Session, actor: Actor, code: str, assignee_id: int, note: str = ""
) -> Alert:
    """Give it to one person who may handle alerts at its unit.

    Raises:
        Invalid: no such person, or not allowed there.
    """
    alert = _permitted(session, actor, code)
    person = session.get(User, assignee_id)
    if person is None or not person.is_active or not _may_handle(person, alert):
        sentence = _("Chọn một người được xử lý cảnh báo ở %(unit)s.", unit=alert.unit.name)
        raise Invalid([FieldError("assignee", sentence)])
    after = _moved(session, alert, lambda alarm: machine.assign(alarm, assignee_id))
    alert.assignee_id, alert.assignee_name = person.id, person.full_name
    detail = {"assignee": person.full_name, "assignee_id": person.id}
    stamp(session, alert, after, "assigned", actor, note, detail)
    return alert


def note_alert(session: Session, actor: Actor, code: str, note: str) -> Alert:
    """Add a remark; allowed on closed alerts as well.

    Raises:
        Invalid: the remark is empty.
    """
    if not clean(note):
        raise Invalid([FieldError("note", _("Nhập nội dung ghi chú."))])
    alert = _permitted(session, actor, code)
    stamp(session, alert, alarm_of(alert), "noted", actor, note)
    return alert


def shelve_alert(
    session: Session,
    actor: Actor,
    code: str,
    until: datetime,
    note: str = "",
    seen: Severity | None = None,
) -> Alert:
    """Put it out of sight until an instant at most a day away.

    Raises:
        Invalid: the instant has passed or lies too far away, or no reason is given.
    """
    errors = []
    if not now() < until <= now() + LONGEST_SHELVING:
        errors.append(FieldError("until", _("Chọn thời điểm trong 24 giờ tới.")))
    if not clean(note):
        errors.append(FieldError("note", _("Ghi lý do tạm gác để người khác biết.")))
    if errors:
        raise Invalid(errors)
    alert = _quietened(session, actor, code, Action.SHELVE, seen)
    after = _moved(session, alert, machine.shelve)
    alert.shelved_until = until
    stamp(session, alert, after, "shelved", actor, note, {"until": until.isoformat()})
    return alert


def unshelve_alert(session: Session, actor: Actor, code: str, note: str = "") -> Alert:
    """Bring it back into sight, in the state it has reached meanwhile."""
    alert = _permitted(session, actor, code)
    return _unshelve(session, alert, actor, note)


def unshelve_due(session: Session, code: str) -> Alert | None:
    """Bring back an alert whose time is up; None when somebody already did."""
    alert = locked_alert(session, code)
    if alert.state != AlarmState.SHLVD or (alert.shelved_until or now()) > now():
        return None
    return _unshelve(session, alert, SYSTEM, "")


def _unshelve(session: Session, alert: Alert, actor: Actor, note: str) -> Alert:
    after = _moved(session, alert, machine.unshelve)
    alert.shelved_until = None
    stamp(session, alert, after, "unshelved", actor, note)
    return alert


def close_alert(
    session: Session, actor: Actor, code: str, note: str = "", seen: Severity | None = None
) -> Alert:
    """File it.

    Raises:
        Conflict: it is closed already, or its condition lasts and nobody has acknowledged it.
    """
    return _close(session, _quietened(session, actor, code, Action.CLOSE, seen), actor, note)


def close_returned(session: Session, code: str) -> Alert | None:
    """File an acknowledged alert that has returned to normal; None when that changed."""
    alert = locked_alert(session, code)
    return _close(session, alert, SYSTEM, "") if alert.state == AlarmState.NORM else None


def _close(session: Session, alert: Alert, actor: Actor, note: str) -> Alert:
    after = _moved(session, alert, machine.close)
    if alert.acknowledged_at is None:
        _take_hold(alert, actor)
    alert.closed_at = now()
    alert.open_key = None
    alert.shelved_until = None
    stamp(session, alert, after, "closed", actor, note)
    return alert


def stamp_convened(
    session: Session, alert: Alert, actor: Actor, reason: str, detail: dict[str, Any]
) -> None:
    """Record on the locked alert that a conference was convened from it."""
    stamp(session, alert, alarm_of(alert), "convened", actor, reason, detail)


def _permitted(session: Session, actor: Actor, code: str) -> Alert:
    alert = locked_alert(session, code)
    actor.require(CAPABILITY, alert.unit)
    return alert


def _quietened(
    session: Session, actor: Actor, code: str, action: Action, seen: Severity | None
) -> Alert:
    alert = _permitted(session, actor, code)
    try:
        machine.require_seen(alarm_of(alert), action, seen)
    except Risen as error:
        sentence = _(
            "Cảnh báo đã lên mức %(level)s lúc %(time)s, sau khi bạn xem: xem lại rồi hãy xử lý.",
            level=severity_look(alert.severity).word,
            time=time_vi(alert.asks_since or alert.changed_at),
        )
        raise _refusal(alert, sentence) from error
    return alert


def _may_handle(person: User, alert: Alert) -> bool:
    return actor_of(person).can_at(CAPABILITY, alert.unit)


def _take_hold(alert: Alert, actor: Actor) -> None:
    alert.acknowledged_at = now()
    alert.acknowledged_by = actor.name
    if alert.assignee_id is None and actor.user_id is not None:
        alert.assignee_id, alert.assignee_name = actor.user_id, actor.name


def _moved(session: Session, alert: Alert, move: Callable[[Alarm], Alarm]) -> Alarm:
    try:
        return move(alarm_of(alert))
    except AlreadyClosed as error:
        when = datetime_vi(alert.closed_at)
        raise _refusal(alert, _("Cảnh báo này đã đóng lúc %(when)s.", when=when)) from error
    except StillActive as error:
        sentence = _("Hiện tượng còn tiếp diễn và chưa ai tiếp nhận: tiếp nhận trước khi đóng.")
        raise _refusal(alert, sentence) from error
    except TransitionRefused as error:
        raise _refusal(alert, _why_refused(alert, error)) from error


def _why_refused(alert: Alert, error: TransitionRefused) -> str:
    if error.action is Action.ACKNOWLEDGE:
        return _(
            "%(name)s đã tiếp nhận trước, lúc %(time)s.",
            name=alert.acknowledged_by or _("Người khác"),
            time=time_vi(alert.acknowledged_at),
        )
    if error.action is Action.SHELVE:
        return _("Cảnh báo đang tạm gác đến %(when)s.", when=datetime_vi(alert.shelved_until))
    if error.action is Action.UNSHELVE:
        return _("Cảnh báo không còn tạm gác.")
    return _("Việc này không còn hợp với tình trạng hiện tại của cảnh báo.")


def _refusal(alert: Alert, sentence: str) -> Conflict:
    return Conflict(sentence, {"alert": alert.code, "state": alert.state})
