"""The hours of the form: the end goes along with the start, and may lie on a later day."""

from datetime import datetime

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from conferencing.time_words import parse_day, parse_end, parse_time, write_day, write_time
from hub.clock import TZ, local, now

DRAWN = "drawn_time"
SEPARATOR = "|"


def write_end(starts: datetime, ends: datetime) -> str:
    """Write an end as the form reads it: with its day when that is not the day of the start."""
    first, last = local(starts), local(ends)
    days = (last.date() - first.date()).days
    moment = write_time(last.time())
    if days == 0:
        return moment
    return _("%(time)s hôm sau", time=moment) if days == 1 else f"{moment} {write_day(last.date())}"


def follow_start(posted: MultiDict[str, str]) -> list[tuple[str, str]]:
    """Keep the length when only the start was changed; say so.

    The form tells in a hidden field what it showed. A browser with a script has moved the end
    itself, before the eyes of the person, and sends no such field.
    """
    drawn_start, _separator, drawn_end = posted.pop(DRAWN, "").partition(SEPARATOR)
    day = parse_day(posted.get("day", ""), local(now()).date()) or local(now()).date()
    old, new = parse_time(drawn_start), parse_time(posted.get("starts", ""))
    ends = parse_end(drawn_end, day)
    is_left = posted.get("ends", "").strip() == drawn_end
    if old is None or new is None or ends is None or old == new or not is_left:
        return []
    starts = datetime.combine(day, new, TZ)
    length = datetime.combine(*ends, TZ) - datetime.combine(day, old, TZ)
    posted["ends"] = write_end(starts, starts + length)
    span = f"{write_time(new)}–{posted['ends']}"
    return [("low", _("Giờ kết thúc dời theo giờ bắt đầu: %(span)s.", span=span))]
