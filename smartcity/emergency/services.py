"""From an alert to an emergency conference with exactly the units concerned, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access.actor import Actor
from hub.access.models import OrgUnit
from hub.clock import now
from hub.contracts.emergency import CONVENE, ConveneConference, ConvenedConference, ConveneRequest
from hub.errors import Conflict, FieldError, Invalid
from hub.orgunits.queries import in_force
from hub.text import clean
from hub.ui.formats import time_vi
from smartcity.alerts.queries import latest_step
from smartcity.alerts.services import locked_alert, stamp_convened
from smartcity.models import Alert

CAPABILITY: Final = "conference.convene"
DELAYS_MIN: Final = (0, 15, 30)
DURATIONS_MIN: Final = (30, 60, 90, 120)
MOST_UNITS: Final = 300


@dataclass(frozen=True, slots=True)
class ConveneForm:
    """What the check page sends; ``form_token`` makes a second press of the button harmless."""

    unit_ids: tuple[int, ...]
    delay_min: int
    duration_min: int
    title: str
    reason: str
    form_token: str
    site_codes: tuple[str, ...] = ()
    with_host: bool = True


@dataclass(frozen=True, slots=True)
class Convening:
    """The conference, and whether this call made it or found it made."""

    conference: ConvenedConference
    is_new: bool


def convene_port() -> ConveneConference:
    """Return the booking side. Raises Unavailable where there is none."""
    return CONVENE.demand(_("Phần đặt lịch họp chưa sẵn sàng, chưa triệu tập được."))


def convene_request(alert: Alert, form: ConveneForm) -> ConveneRequest:
    """Return what the booking side is asked for."""
    return ConveneRequest(
        alert_code=alert.code or "",
        title=clean(form.title)[:200] or default_title(alert),
        unit_ids=form.unit_ids,
        site_codes=form.site_codes,
        starts_at=now() + timedelta(minutes=form.delay_min),
        duration=timedelta(minutes=form.duration_min),
        reason=clean(form.reason)[:500],
        is_drill=alert.is_drill,
        with_host=form.with_host,
    )


def default_title(alert: Alert) -> str:
    """Return the title proposed for a conference about this alert."""
    with force_locale("vi"):  # the invited read it, not whoever convenes
        return _("Họp khẩn: %(title)s", title=alert.title)[:200]


def convene_from_alert(
    session: Session, actor: Actor, code: str, form: ConveneForm, convene: ConveneConference
) -> Convening:
    """Book the conference and stamp the alert: both or neither.

    Raises:
        Invalid: no unit, an unknown one, or no reason.
        Conflict: somebody else convened meanwhile, or the booking side refuses.
    """
    alert = locked_alert(session, code)
    actor.require(CAPABILITY, alert.unit)
    made = _made_by(session, alert, form.form_token)
    if made is not None:
        return Convening(made, is_new=False)
    if alert.closed_at is not None:
        raise Conflict(_("Cảnh báo này đã đóng; không triệu tập từ cảnh báo đã đóng."))
    _check(session, actor, form)
    conference = convene(session, actor, convene_request(alert, form))
    alert.conference_code, alert.conference_uid = conference.code, conference.uid
    detail = {
        "conference": conference.code,
        "uid": conference.uid,
        "url": conference.url,
        "units": len(form.unit_ids),
        "form_token": form.form_token,
    }
    stamp_convened(session, alert, actor, form.reason, detail)
    return Convening(conference, is_new=True)


def _made_by(session: Session, alert: Alert, form_token: str) -> ConvenedConference | None:
    """The conference this very form has made already; another person's is a conflict."""
    if not alert.conference_code:
        return None
    step = latest_step(session, alert.id, "convened")
    if step is None:
        return None
    if step.detail.get("form_token") == form_token:
        return ConvenedConference(alert.conference_code, alert.conference_uid, step.detail["url"])
    if form_token.endswith(f"~{alert.conference_code}"):
        # The page showed that conference and the person wants a further one.
        return None
    raise Conflict(
        _(
            "%(name)s đã triệu tập %(code)s lúc %(time)s.",
            name=step.actor_name,
            code=alert.conference_code,
            time=time_vi(step.at),
        ),
        {"conference": alert.conference_code, "url": step.detail.get("url", "")},
    )


def _check(session: Session, actor: Actor, form: ConveneForm) -> None:
    errors = []
    if not form.unit_ids or len(form.unit_ids) > MOST_UNITS or not _all_exist(session, actor, form):
        errors.append(FieldError("units", _("Chọn ít nhất một đơn vị trong khu vực của bạn.")))
    if not clean(form.reason):
        errors.append(FieldError("reason", _("Ghi lý do triệu tập; lý do in trong giấy mời.")))
    if form.delay_min not in DELAYS_MIN:
        errors.append(FieldError("delay", _("Chọn giờ bắt đầu.")))
    if form.duration_min not in DURATIONS_MIN:
        errors.append(FieldError("duration", _("Chọn thời lượng.")))
    if errors:
        raise Invalid(errors)


def _all_exist(session: Session, actor: Actor, form: ConveneForm) -> bool:
    wanted: Sequence[int] = sorted(set(form.unit_ids))
    reach = actor.scope_for(CAPABILITY).clause(OrgUnit.id)
    query = select(OrgUnit.id).where(OrgUnit.id.in_(wanted), in_force(), reach)
    return len(session.scalars(query).all()) == len(wanted)
