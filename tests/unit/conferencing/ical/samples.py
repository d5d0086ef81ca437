"""Revisions for the calendar tests: a Monday 06:00 series, which is a Sunday in UTC."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from conferencing.ical.revision import (
    CalendarAttendee,
    CalendarRevision,
    OccurrenceOverride,
    Organizer,
)

TITLE = "Giao ban trực tuyến: phòng chống thiên tai, cứu nạn; huyện Lệ Thủy và Quảng Ninh"
FIRST = datetime(2026, 11, 29, 23, tzinfo=UTC)
HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)

ATTENDEE = CalendarAttendee("Nguyễn Thị “Hồng” Đào, PCT", "hong.dao@lethuy.example")
OTHER = CalendarAttendee("Trần Văn B", "tran.b@quangninh.example")

SINGLE = CalendarRevision(
    uid="hn-2026-0001@nhipcau.example",
    sequence=0,
    dtstamp=datetime(2026, 11, 20, 2, 3, 4, tzinfo=UTC),
    created=datetime(2026, 11, 19, 1, tzinfo=UTC),
    last_modified=datetime(2026, 11, 20, 2, 3, 4, tzinfo=UTC),
    title=TITLE,
    organizer=Organizer('Văn phòng "UBND" tỉnh', "vanphong@quangbinh.example"),
    start=FIRST,
    end=FIRST + 2 * HOUR,
    description="Chương trình:\n1. Báo cáo nhanh; mực nước, lượng mưa\n2. Kết luận \\ giao việc",
    location="Phòng họp số 1, UBND tỉnh",
    url="https://hub.example/conferences/HN-2026-0001",
    join_url="https://meet.example/hn-2026-0001?pwd=a,b;c",
    attendees=(ATTENDEE, OTHER),
    priority=5,
    categories=("Định kỳ", "Phòng chống thiên tai"),
)
MOVED = OccurrenceOverride(
    recurrence_id=FIRST + 2 * WEEK,
    start=FIRST + 2 * WEEK + timedelta(days=1),
    end=FIRST + 2 * WEEK + timedelta(days=1, hours=3),
    sequence=2,
)
DROPPED = OccurrenceOverride(
    recurrence_id=FIRST + 3 * WEEK,
    start=FIRST + 3 * WEEK,
    end=FIRST + 3 * WEEK + 2 * HOUR,
    cancelled=True,
    sequence=3,
)
SERIES = replace(
    SINGLE,
    uid="hn-2026-0002@nhipcau.example",
    sequence=1,
    rrule="FREQ=WEEKLY;BYDAY=MO;COUNT=6",
    exdates=(FIRST + WEEK,),
    overrides=(DROPPED, MOVED),
)
CANCELLED = replace(SINGLE, uid="hn-2026-0003@nhipcau.example", sequence=4, status="CANCELLED")
DRILL = replace(SINGLE, uid="hn-2026-0004@nhipcau.example", is_drill=True)
BARE = CalendarRevision(
    uid="hn-2026-0005@nhipcau.example",
    sequence=0,
    dtstamp=SINGLE.dtstamp,
    created=SINGLE.created,
    last_modified=SINGLE.last_modified,
    title="Họp",
    organizer=SINGLE.organizer,
    start=FIRST,
    end=FIRST + HOUR,
)
ALL = (SINGLE, SERIES, CANCELLED, DRILL, BARE)
