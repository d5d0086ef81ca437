"""Convening an emergency conference from an alert."""

from typing import Annotated, Final, Literal
from uuid import uuid4

from flask import request
from pydantic import Field
from sqlalchemy.orm import Session

from hub.access.actor import current_actor
from hub.api import ApiAnswer, ApiModel, Code, operation, unit_named
from smartcity.alerts.api import alert_in_reach
from smartcity.alerts.area import area_of
from smartcity.emergency.services import ConveneForm, convene_from_alert, convene_port
from smartcity.models import Alert

CONVENE: Final = "conference.convene"


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
