"""Whether we hear at all: intake, broker and sensors, and since when we do not.

A screen that looks calm while nothing arrives is worse than a dark one, so this is told with every
snapshot and pushed as soon as it changes.
"""

from datetime import datetime, timedelta
from typing import Any, Final, Literal

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from hub.clock import now
from hub.db import read_session
from hub.ui.formats import date_vi, time_vi
from smartcity.blueprint import bp
from smartcity.quarantine.queries import SlotHealth, ingest_health

# Ingest beats every two seconds; with the push this is told within ten.
BEAT_LATE: Final = timedelta(seconds=7)
# Gauges speak every ten minutes at the latest, cameras and sites much more often.
SENSORS_LATE: Final = timedelta(minutes=15)
DeafPart = Literal["", "intake", "broker", "sensors"]


def hearing(session: Session) -> dict[str, Any]:
    """Return ``{"deaf": part, "since": instant or None}``; ``deaf`` is "" while we hear."""
    at = now()
    slots = ingest_health(session, at)
    part = _deaf_part(slots, at)
    since = max((s.last_message_at for s in slots if s.last_message_at), default=None)
    if part == "intake" and slots:
        since = max(slot.heartbeat_at for slot in slots)
    return {"deaf": part, "since": since.isoformat() if part and since else None}


def _deaf_part(slots: list[SlotHealth], at: datetime) -> DeafPart:
    beating = [slot for slot in slots if at - slot.heartbeat_at <= BEAT_LATE]
    if not beating:
        return "intake"
    if not any(slot.broker_state == "connected" for slot in beating):
        return "broker"
    heard = [slot.last_message_at for slot in slots if slot.last_message_at]
    return "sensors" if not heard or at - max(heard) > SENSORS_LATE else ""


def deaf_sentence(state: dict[str, Any]) -> str:
    """Say which part is deaf and since when; "" while we hear."""
    if not state["deaf"]:
        return ""
    since = datetime.fromisoformat(state["since"]) if state["since"] else None
    time = f"{time_vi(since, seconds=True)} {date_vi(since, 'day')}" if since else _("lúc đầu")
    return deaf_words()[state["deaf"]].replace("{time}", time)


@bp.app_template_global()
def deaf_now() -> str:
    """For templates: what a page without a live line has to say, "" while we hear."""
    return deaf_sentence(hearing(read_session()))


def deaf_words() -> dict[str, str]:
    """Return the sentence for each part, with a place for the time."""
    return {
        "intake": _("Bộ phận nhận số liệu đã dừng từ {time}: màn hình không có gì mới từ lúc đó."),
        "broker": _("Mất kết nối với máy chủ MQTT từ {time}: không nhận được số liệu nào."),
        "sensors": _("Không thiết bị nào gửi số liệu từ {time}."),
    }
