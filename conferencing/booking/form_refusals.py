"""What to say when a booking is refused because something is taken."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import select

from conferencing.booking.page import BookingPage
from conferencing.models import Conference
from hub.clock import local, now
from hub.errors import Conflict
from hub.ui.formats import date_vi, time_vi

SHOWN: Final = 6
# A second press of the last button comes within seconds of the first.
JUST: Final = timedelta(minutes=2)


def clash_notes(clash: Conflict) -> list[tuple[str, str]]:
    """Return (link, sentence) for each cause: resources kept by one conference share a line."""
    items: list[Mapping[str, Any]] = clash.details.get("conflicts", [])
    if not items:
        return [("", clash.message or _("Có lịch trùng giờ."))]
    causes: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for item in items:
        cause = (item["conference"] or item["resource"], item["starts_at"], item["ends_at"])
        causes.setdefault(cause, []).append(item)
    notes = [_note(found) for found in causes.values()]
    if len(notes) > SHOWN:
        more = _("và %(count)s chỗ trùng khác, xem ở Kiểm tra chỗ", count=len(notes) - SHOWN)
        return [*notes[:SHOWN], ("#check", more)]
    return notes


def taken_count(clash: Conflict) -> int:
    """Return how many rooms, sites and bridges are not free."""
    return len({item["resource"] for item in clash.details.get("conflicts", [])})


def _note(items: list[Mapping[str, Any]]) -> tuple[str, str]:
    item = items[0]
    starts, ends = (local(datetime.fromisoformat(item[k])) for k in ("starts_at", "ends_at"))
    name = item["resource_name"]
    if len(items) > 1:
        name = _("%(name)s và %(count)s chỗ khác", name=name, count=len(items) - 1)
    sentence = _(
        "%(resource)s: %(title)s, %(starts)s–%(ends)s ngày %(day)s",
        resource=name,
        title=item["title"],
        starts=time_vi(starts),
        ends=time_vi(ends),
        day=date_vi(starts, "day"),
    )
    return (f"/conferences/{item['conference']}" if item["conference"] else "#check", sentence)


def just_booked(page: BookingPage, clash: Conflict) -> Conference | None:
    """Return the conference a first press of the button made, when this was the second press."""
    codes = {item["conference"] for item in clash.details.get("conflicts", [])}
    if len(codes) != 1 or None in codes:
        return None
    query = select(Conference).where(
        Conference.code == codes.pop(),
        Conference.organizer_id == page.actor.user_id,
        Conference.title == " ".join((page.draft.form.title.data or "").split()),
        Conference.created_at > now() - JUST,
    )
    return page.session.scalars(query).first()
