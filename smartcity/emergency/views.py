"""From an alert to a conference in three clicks: the button, this check page, the confirm."""

import secrets
from typing import Final

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from hub.access import Actor, current_actor, requires
from hub.access.models import OrgUnit
from hub.contracts.emergency import PREVIEW, ConvenePreview
from hub.db import in_transaction, read_session
from hub.errors import Conflict, HubError, Invalid, NotFound
from hub.text import clean
from smartcity import arguments
from smartcity.alerts.area import AreaUnit, area_of
from smartcity.alerts.queries import alert_by_code, latest_step
from smartcity.blueprint import bp
from smartcity.emergency import services
from smartcity.emergency.services import DELAYS_MIN, DURATIONS_MIN, ConveneForm
from smartcity.models import Alert

DEFAULT_DURATION_MIN: Final = 60
CAPABILITY: Final = services.CAPABILITY


@bp.get("/alerts/<code>/convene")
@requires(CAPABILITY)
def convene_check(code: str) -> str:
    """Show whom convening would call and what it would take, ready to confirm."""
    session, actor = read_session(), current_actor()
    alert = _visible(session, actor, code)
    area = area_of(session, alert)
    is_asked = bool(request.args.getlist("unit"))
    form = _asked(alert) if is_asked else _proposed(session, actor, alert, area)
    return _page(alert, area, form, {})


def _visible(session: Session, actor: Actor, code: str) -> Alert:
    alert = alert_by_code(session, code)
    if alert is None:
        raise NotFound("")
    actor.require(CAPABILITY, alert.unit)
    return alert


def _form_token(alert: Alert) -> str:
    """A token of this page view; it also remembers which conference the page has shown."""
    return f"{secrets.token_urlsafe(12)}~{alert.conference_code}"


def _proposed(session: Session, actor: Actor, alert: Alert, area: list[AreaUnit]) -> ConveneForm:
    return ConveneForm(
        unit_ids=tuple(one.unit.id for one in area if one.is_chosen),
        delay_min=15,
        duration_min=DEFAULT_DURATION_MIN,
        title=services.default_title(alert),
        reason=alert.title,
        form_token=_form_token(alert),
        with_host=_host(session, actor, area) is not None,
    )


def _asked(alert: Alert) -> ConveneForm:
    """What "Kiểm tra lại" sends by GET: the choices come back, nothing is booked."""
    return _read(request.args, _form_token(alert))


def _read(sent: MultiDict[str, str], form_token: str) -> ConveneForm:
    return ConveneForm(
        unit_ids=tuple(sorted({_number(raw, 0) for raw in sent.getlist("unit")} - {0})),
        delay_min=_number(sent.get("delay", ""), -1),
        duration_min=_number(sent.get("duration", ""), -1),
        title=clean(sent.get("title", "")),
        reason=clean(sent.get("reason", "")),
        form_token=form_token,
        with_host="host" in sent,
    )


def _number(raw: str, fallback: int) -> int:
    return int(raw) if raw.isdecimal() and len(raw) < 10 else fallback


@bp.post("/alerts/<code>/convene")
@requires(CAPABILITY)
def convene(code: str) -> ResponseReturnValue:
    """Book the conference and go to its page."""
    form = _read(request.form, request.form.get("form_token", "")[:120])
    try:
        port = services.convene_port()
        made = in_transaction(
            lambda session: services.convene_from_alert(session, current_actor(), code, form, port)
        )
    except Conflict as conflict:
        return _again(code, form, {"": conflict.message}, 409, conflict)
    except Invalid as invalid:
        return _again(code, form, arguments.by_field(invalid.errors), 422, invalid)
    if made.is_new:
        flash(_("Đã triệu tập %(code)s", code=made.conference.code), "success")
    return redirect(made.conference.url)


def _again(
    code: str, form: ConveneForm, errors: dict[str, str], status: int, refusal: HubError
) -> ResponseReturnValue:
    session, actor = read_session(), current_actor()
    alert = _visible(session, actor, code)
    links = [refusal.details["url"]] if refusal.details.get("url") else []
    return make_response(_page(alert, area_of(session, alert), form, errors, links), status)


def _page(
    alert: Alert,
    area: list[AreaUnit],
    form: ConveneForm,
    errors: dict[str, str],
    links: list[str] | None = None,
) -> str:
    session, actor = read_session(), current_actor()
    reach = actor.scope_for(CAPABILITY)
    return render_template(
        "smartcity/convene.html",
        alert=alert,
        area=[one for one in area if reach.covers(one.unit)],
        host=_host(session, actor, area),
        form=form,
        errors=errors,
        links=links or [],
        delays=DELAYS_MIN,
        durations=DURATIONS_MIN,
        preview=_preview(session, actor, alert, form),
        convened=latest_step(session, alert.id, "convened") if alert.conference_code else None,
        check_url=url_for("smartcity.convene_check", code=alert.code),
    )


def _host(session: Session, actor: Actor, area: list[AreaUnit]) -> OrgUnit | None:
    """The convening unit, to be ticked or not; None when it stands among the others already."""
    if actor.home_unit_id in {one.unit.id for one in area}:
        return None
    return session.get(OrgUnit, actor.home_unit_id) if actor.home_unit_id else None


def _preview(
    session: Session, actor: Actor, alert: Alert, form: ConveneForm
) -> ConvenePreview | None:
    port = PREVIEW.ask()
    if port is None or not form.unit_ids or form.delay_min < 0 or form.duration_min < 1:
        return None
    return port(session, actor, services.convene_request(alert, form))
