"""What people do to an alert; each act answers with the alert as it then is."""

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Final, Literal
from uuid import uuid4

from flask import request
from flask_babel import gettext as _
from pydantic import Field
from sqlalchemy.orm import Session

from hub.accounts.actor import Actor, current_actor
from hub.accounts.services import find_user
from hub.api import ApiAnswer, ApiModel, Code, Instant, operation, unit_named
from hub.clock import now
from hub.errors import FieldError, Invalid
from smartcity.alerts import services
from smartcity.alerts.api import AlertWithSteps, alert_in_reach, alert_with_steps
from smartcity.alerts.area import area_of
from smartcity.emergency.services import ConveneForm, convene_from_alert
from smartcity.models import Alert
from smartcity.ports import convene_port

HANDLE: Final = "alert.handle"
CONVENE: Final = "conference.convene"
Note = Annotated[str, Field(max_length=1000)]


class NoteBody(ApiModel):
    """A remark that goes into the alert's history."""

    note: Note = ""


class AssignBody(NoteBody):
    """``assignee`` is the username of somebody who may handle alerts there."""

    assignee: Code


class ShelveBody(ApiModel):
    """Until when, or for how many minutes; 24 hours at most. ``note`` says why."""

    until: Instant | None = None
    minutes: Annotated[int, Field(ge=1, le=24 * 60)] | None = None
    note: Annotated[str, Field(min_length=1, max_length=1000)]


class ConveneBody(ApiModel):
    """Whom to call; without ``units`` and ``sites`` the units the alert concerns."""

    reason: Annotated[str, Field(min_length=1, max_length=500)]
    title: Annotated[str, Field(max_length=200)] = ""
    units: Annotated[tuple[Code, ...], Field(max_length=300)] = ()
    sites: Annotated[tuple[Code, ...], Field(max_length=300)] = ()
    delay_min: Literal[0, 15, 30] = 0
    duration_min: Literal[30, 60, 90, 120] = 60


class ConvenedAnswer(ApiAnswer):
    """The conference convened from the alert."""

    alert: str | None
    code: str
    uid: str
    url: str


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
    body=NoteBody,
    errors=(409,),
)
def acknowledge_alert(session: Session, code: str, body: NoteBody) -> AlertWithSteps:
    """Say "I have seen it and hold it"; 409 names who was first."""
    return _after(
        session, code, lambda s, actor, c: services.acknowledge_alert(s, actor, c, body.note)
    )


@operation(
    "POST",
    "/alerts/<code:code>/verify",
    tag="alerts",
    summary="Verify an alert",
    capability=HANDLE,
    response=AlertWithSteps,
    body=NoteBody,
    errors=(409,),
)
def verify_alert(session: Session, code: str, body: NoteBody) -> AlertWithSteps:
    """Say that a camera or a telephone call confirmed it; this acknowledges it as well."""
    return _after(session, code, lambda s, actor, c: services.verify_alert(s, actor, c, body.note))


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
        session, code, lambda s, actor, c: services.shelve_alert(s, actor, c, until, body.note)
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
    body=NoteBody,
    errors=(409,),
)
def close_alert(session: Session, code: str, body: NoteBody) -> AlertWithSteps:
    """File it; while its condition lasts it has to be acknowledged first."""
    return _after(session, code, lambda s, actor, c: services.close_alert(s, actor, c, body.note))


@operation(
    "POST",
    "/alerts/<code:code>/conference",
    tag="alerts",
    summary="Convene an emergency conference from an alert",
    capability=CONVENE,
    response=ConvenedAnswer,
    status=201,
    body=ConveneBody,
    errors=(409, 503),
)
def convene_conference(session: Session, code: str, body: ConveneBody) -> ConvenedAnswer:
    """Book it and stamp the alert: both or neither. 409 when somebody convened meanwhile."""
    alert = alert_in_reach(session, code)
    form = ConveneForm(
        unit_ids=_unit_ids(session, alert, body),
        delay_min=body.delay_min,
        duration_min=body.duration_min,
        title=body.title,
        reason=body.reason,
        form_token=request.headers.get("Idempotency-Key") or uuid4().hex,
        site_codes=body.sites,
    )
    made = convene_from_alert(session, current_actor(), alert.code or "", form, convene_port())
    conference = made.conference
    return ConvenedAnswer(
        alert=alert.code, code=conference.code, uid=conference.uid, url=conference.url
    )


def _unit_ids(session: Session, alert: Alert, body: ConveneBody) -> tuple[int, ...]:
    if body.units:
        actor = current_actor()
        return tuple(unit_named(session, actor, code, "units").id for code in body.units)
    reach = current_actor().scope_for(CONVENE)
    chosen = (area.unit for area in area_of(session, alert) if area.is_chosen)
    return tuple(unit.id for unit in chosen if reach.covers(unit))
