"""The one time zone block we publish.

Việt Nam has kept +07:00 since 1975, so a single STANDARD part says everything. Blocks that are
generated carry RDATEs, which Outlook ignores, or comments, which libical refuses.
"""

from typing import Final
from zoneinfo import ZoneInfo

from conferencing.ical.errors import CalendarBuildError

ZONE_NAME: Final = "Asia/Ho_Chi_Minh"
ZONE: Final = ZoneInfo(ZONE_NAME)
VTIMEZONE: Final = (
    b"BEGIN:VTIMEZONE\r\n"
    b"TZID:Asia/Ho_Chi_Minh\r\n"
    b"BEGIN:STANDARD\r\n"
    b"DTSTART:19700101T000000\r\n"
    b"TZOFFSETFROM:+0700\r\n"
    b"TZOFFSETTO:+0700\r\n"
    b"TZNAME:+07\r\n"
    b"END:STANDARD\r\n"
    b"END:VTIMEZONE\r\n"
)


def zone(name: str) -> ZoneInfo:
    """The zone of a revision; raises CalendarBuildError for one without a published block."""
    if name != ZONE_NAME:
        raise CalendarBuildError(f"no VTIMEZONE is published for {name[:40]}")
    return ZONE
