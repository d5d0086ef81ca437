"""What people do to an alert; each act answers with the alert as it then is."""

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Final

from flask_babel import gettext as _
from pydantic import Field
from sqlalchemy.orm import Session

from hub.access.actor import Actor, current_actor
from hub.accounts.services import find_user
from hub.api import ApiModel, Code, Instant, operation
from hub.clock import now
from hub.errors import FieldError, Invalid
from smartcity.alerts import services
from smartcity.alerts.api import AlertWithSteps, alert_in_reach, alert_with_steps
from smartcity.domain.severity import Severity
from smartcity.models import Alert

HANDLE: Final = "alert.handle"
Note = Annotated[str, Field(max_length=1000)]


class NoteBody(ApiModel):
    """A remark that goes into the alert's history."""

    note: Note = ""


class SeenBody(NoteBody):
    """``severity``: what the caller was looking at; 409 when it is worse by now."""

    severity: Severity | None = None


class AssignBody(NoteBody):
    """``assignee`` is the username of somebody who may handle alerts there."""

    assignee: Code


class ShelveBody(ApiModel):
    """Until when, or for how many minutes; 24 hours at most. ``note`` says why.

    ``severity``: what the caller was looking at; 409 when it is worse by now.
    """

    until: Instant | None = None
    minutes: Annotated[int, Field(ge=1, le=24 * 60)] | None = None
    note: Annotated[str, Field(min_length=1, max_length=1000)]
    severity: Severity | None = None


Act = Callable[[Session, Actor, str], Alert]


def _after(session: Session, ref: str, act: Act) -> AlertWithSteps:
    """Run an act on the alert that ``ref`` names and return it as it then is."""
    alert = alert_in_reach(session, ref)
    act(session, current_actor(), alert.code or "")
    session.flush()
    session.expire(alert, ["steps"])
    return alert_with_steps(alert)


@operation(
    "POST",
    "/alerts/<code:code>/acknowledge",
    tag="alerts",
    summary="Acknowledge an alert",
    capability=HANDLE,
    response=AlertWithSteps,
    body=SeenBody,
    errors=(409,),
)
def acknowledge_alert(session: Session, code: str, body: SeenBody) -> AlertWithSteps:
    """Say "I have seen it and hold it"; 409 names who was first."""
    return _after(
        session,
        code,
        lambda s, actor, c: services.acknowledge_alert(s, actor, c, body.note, body.severity),
    )


@operation(
    "POST",
    "/alerts/<code:code>/verify",
    tag="alerts",
    summary="Verify an alert",
    capability=HANDLE,
    response=AlertWithSteps,
    body=SeenBody,
    errors=(409,),
)
def verify_alert(session: Session, code: str, body: SeenBody) -> AlertWithSteps:
    """Say that a camera or a telephone call confirmed it; this acknowledges it as well."""
    return _after(
        session,
        code,
        lambda s, actor, c: services.verify_alert(s, actor, c, body.note, body.severity),
    )


@operation(
    "POST",
    "/alerts/<code:code>/assign",
    tag="alerts",
    summary="Assign an alert",
    capability=HANDLE,
    response=AlertWithSteps,
    body=AssignBody,
    errors=(409,),
)
def assign_alert(session: Session, code: str, body: AssignBody) -> AlertWithSteps:
    """Give it to one person who may handle alerts at its unit."""
    person = find_user(session, body.assignee)
    # An unknown name and one without the right are answered alike: nobody can try out names.
    person_id = person.id if person is not None else 0
    return _after(
        session, code, lambda s, actor, c: services.assign_alert(s, actor, c, person_id, body.note)
    )


@operation(
    "POST",
    "/alerts/<code:code>/shelve",
    tag="alerts",
    summary="Shelve an alert",
    capability=HANDLE,
    response=AlertWithSteps,
    body=ShelveBody,
    errors=(409,),
)
def shelve_alert(session: Session, code: str, body: ShelveBody) -> AlertWithSteps:
    """Put it out of sight for a while; it comes back by itself."""
    until = body.until or (now() + timedelta(minutes=body.minutes) if body.minutes else None)
    if until is None:
        raise Invalid([FieldError("until", _("Cho biết đến lúc nào, hoặc bao nhiêu phút."))])
    return _after(
        session,
        code,
        lambda s, actor, c: services.shelve_alert(s, actor, c, until, body.note, body.severity),
    )


@operation(
    "POST",
    "/alerts/<code:code>/unshelve",
    tag="alerts",
    summary="Bring a shelved alert back",
    capability=HANDLE,
    response=AlertWithSteps,
    body=NoteBody,
    errors=(409,),
)
def unshelve_alert(session: Session, code: str, body: NoteBody) -> AlertWithSteps:
    """Bring it back into sight, in the state it has reached meanwhile."""
    return _after(
        session, code, lambda s, actor, c: services.unshelve_alert(s, actor, c, body.note)
    )


@operation(
    "POST",
    "/alerts/<code:code>/close",
    tag="alerts",
    summary="Close an alert",
    capability=HANDLE,
    response=AlertWithSteps,
    body=SeenBody,
    errors=(409,),
)
def close_alert(session: Session, code: str, body: SeenBody) -> AlertWithSteps:
    """File it; while its condition lasts it has to be acknowledged first."""
    return _after(
        session,
        code,
        lambda s, actor, c: services.close_alert(s, actor, c, body.note, body.severity),
    )
