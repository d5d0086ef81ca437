"""The buttons inside the booking form: each changes what is typed and shows the form again.

They are ordinary submit buttons, so that everything works without a script.
"""

from collections.abc import Callable, Iterable
from typing import Final

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from conferencing.booking.forms import AttendeeRow, read_attendees
from conferencing.booking.guests import Posted, set_attendees
from conferencing.booking.page import BookingPage
from conferencing.places.groups.services import create_group
from conferencing.time_words import write_day
from hub.access.models import OrgUnit
from hub.db import transaction
from hub.errors import HubError
from hub.orgunits.queries import unit_ref

SEPARATOR: Final = ":"


def apply_action(page: BookingPage, posted: Posted, name: str, value: str) -> Posted:
    """Return the form's values after the button; an unknown button changes nothing."""
    changed = MultiDict(posted)
    action = ACTIONS.get(name)
    if action is not None:
        action(page, changed, value)
    return changed


def _add_attendee(_page: BookingPage, posted: Posted, _value: str) -> None:
    rows = [row for row in read_attendees(posted) if not row.is_empty]
    set_attendees(posted, [*rows, AttendeeRow()])


def _remove_attendee(_page: BookingPage, posted: Posted, value: str) -> None:
    rows = read_attendees(posted)
    if value.isdecimal() and int(value) < len(rows):
        del rows[int(value)]
    set_attendees(posted, rows)


def _use_offer(_page: BookingPage, posted: Posted, value: str) -> None:
    parts = value.split("|")
    if len(parts) != 5:
        return
    for name, part in zip(("day", "starts", "ends", "room"), parts, strict=False):
        if part:
            posted[name] = part
    _without(posted, parts[4].split(","))


def _set_end(_page: BookingPage, posted: Posted, value: str) -> None:
    posted["ends"] = value


def _without(posted: Posted, codes: Iterable[str]) -> None:
    gone = set(codes)
    posted.setlist("sites", [code for code in posted.getlist("sites") if code not in gone])


def _with(posted: Posted, codes: Iterable[str]) -> None:
    posted.setlist("sites", list(dict.fromkeys([*posted.getlist("sites"), *codes])))


def _tick_all(page: BookingPage, posted: Posted, value: str) -> None:
    _with(posted, page.picker().codes_of(value))
    posted["open_unit"] = value


def _tick_none(page: BookingPage, posted: Posted, value: str) -> None:
    _without(posted, page.picker().codes_of(value))
    posted["open_unit"] = value


def _tick_group(page: BookingPage, posted: Posted, value: str) -> None:
    if value.isdecimal():
        _with(posted, page.picker().codes_of_group(int(value)))


def _drop_site(_page: BookingPage, posted: Posted, value: str) -> None:
    _without(posted, value.split())


def _skip_dates(_page: BookingPage, posted: Posted, value: str) -> None:
    """Leave dates of the series out: they join what was typed into the exceptions."""
    typed = posted.get("exceptions", "").strip().rstrip(",")
    known = {part.strip() for part in typed.split(",")}
    new = [day for day in value.split() if day not in known]
    posted["exceptions"] = ", ".join(filter(None, [typed, *new]))
    for day in value.split():
        _unmove_date(_page, posted, day)


def _unskip_date(page: BookingPage, posted: Posted, value: str) -> None:
    kept = [write_day(day) for day in page.draft.skipped if write_day(day) != value]
    posted["exceptions"] = ", ".join(kept)


def _move_date(page: BookingPage, posted: Posted, value: str) -> None:
    _unmove_date(page, posted, value.partition("|")[0])
    posted.add("moves", value)


def _unmove_date(_page: BookingPage, posted: Posted, value: str) -> None:
    kept = [move for move in posted.getlist("moves") if move.partition("|")[0] != value]
    posted.setlist("moves", kept)


def _save_group(page: BookingPage, posted: Posted, _value: str) -> None:
    name = posted.get("group_name", "").strip()
    codes = tuple(site.code for site in page.chosen)
    if not name or not codes or page.actor.home_unit_id is None:
        page.notices.append(("medium", _("Hãy đặt tên và chọn ít nhất một điểm cầu để lưu nhóm.")))
        return
    try:
        with transaction() as session:
            home = session.get_one(OrgUnit, page.actor.home_unit_id)
            asked = {"name": name, "unit": unit_ref(home), "sites": codes}
            create_group(session, page.actor, asked)
    except HubError as error:
        page.notices.append(("medium", error.message))
        return
    posted["group_name"] = ""
    page.notices.append(("normal", _("Đã lưu nhóm “%(name)s”.", name=name)))


ACTIONS: Final[dict[str, Callable[[BookingPage, Posted, str], None]]] = {
    "add_attendee": _add_attendee,
    "remove_attendee": _remove_attendee,
    "use": _use_offer,
    "ends": _set_end,
    "all": _tick_all,
    "none": _tick_none,
    "group": _tick_group,
    "drop": _drop_site,
    "save_group": _save_group,
    "skip": _skip_dates,
    "unskip": _unskip_date,
    "move": _move_date,
    "unmove": _unmove_date,
}
