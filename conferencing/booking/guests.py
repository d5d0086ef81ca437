"""The guests of the form: a pasted list becomes rows that are seen before anything is sent."""

from collections.abc import Iterable
from typing import Final

from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from conferencing.booking.forms import AttendeeRow, read_attendees
from conferencing.domain.guests import GuestList, read_guests, without
from hub.addresses import BadAddressError, read_address
from hub.drafts import MESSAGES

Posted = MultiDict[str, str]
Notices = list[tuple[str, str]]
SHOWN: Final = 8


def take_in_guests(posted: Posted) -> Notices:
    """Make rows of the pasted list and one row of each person; say what was done.

    What cannot be read stays in the box.
    """
    rows, repeated = _each_once(read_attendees(posted))
    read = without(rows.keys(), read_guests(posted.get("attendees_text", "")))
    for guest in read.guests:
        rows[guest.key] = AttendeeRow(guest.email, guest.name)
    set_attendees(posted, rows.values())
    posted["attendees_text"] = "\n".join(read.unread)
    return _words(read, [*read.repeated, *repeated])


def set_attendees(posted: Posted, rows: Iterable[AttendeeRow]) -> None:
    """Put the rows in the place of those posted."""
    for name, _value in AttendeeRow().fields():
        posted.setlist(name, [])
    for row in rows:
        for name, value in row.fields():
            posted.add(name, value)


def mark_unsendable(rows: Iterable[AttendeeRow]) -> None:
    """Say in each filled row what is wrong with its address."""
    for row in rows:
        try:
            if not row.is_empty:
                read_address(row.email)
        except BadAddressError as error:
            row.error = MESSAGES[error.code]({})


def _each_once(rows: Iterable[AttendeeRow]) -> tuple[dict[str, AttendeeRow], list[str]]:
    """Return the rows by address, the first of each, and the addresses that came again."""
    kept: dict[str, AttendeeRow] = {}
    repeated: list[str] = []
    for index, row in enumerate(rows):
        address = row.email.strip().lower()
        # A row without an address is nobody's repetition.
        first = kept.setdefault(address or f"row {index}", row)
        if first is not row:
            first.name = first.name or row.name
            repeated.append(address)
    return kept, repeated


def _words(read: GuestList, repeated: Iterable[str]) -> Notices:
    told: Notices = []
    if count := len(read.guests):
        added = ngettext(
            "Đã đưa %(num)s đại biểu vào danh sách.",
            "Đã đưa %(num)s đại biểu vào danh sách.",
            count,
        )
        told.append(("normal", added))
    if again := list(dict.fromkeys(repeated)):
        told.append(("low", _("Đã có rồi, không thêm lần nữa: %(list)s.", list=_some(again))))
    if read.unread:
        told.append(("medium", _("Chưa đọc được, còn trong ô: %(list)s.", list=_some(read.unread))))
    return told


def _some(words: Iterable[str]) -> str:
    listed = list(words)
    shown = ", ".join(listed[:SHOWN])
    rest = len(listed) - SHOWN
    return f"{shown} {_('và %(count)s mục khác', count=rest)}" if rest > 0 else shown
