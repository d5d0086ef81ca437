"""The rules a conference should keep, told as findings with their source, never as a veto.

Quyết định 45/2018/QĐ-TTg wants invitations at least three working days ahead, save for
unplanned meetings. Weekend meetings are legal: the calendar warns and lets them pass.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import IntEnum, StrEnum
from typing import Final

from conferencing.domain.interval import as_utc

LONGEST_BOOKING: Final = timedelta(days=3)
NOTICE_WORKING_DAYS: Final = 3
NOTICE_SOURCE: Final = "Quyết định 45/2018/QĐ-TTg"


class ConferenceType(StrEnum):
    """Kinds of conference; each has its own rule set."""

    REGULAR = "regular"  # định kỳ
    UNPLANNED = "unplanned"  # đột xuất
    EMERGENCY = "emergency"  # khẩn cấp
    TRAINING = "training"  # tập huấn
    TEST = "test"  # chạy thử


class Priority(IntEnum):
    """P0 (emergency) yields to nobody, P4 (training, tests) to all above it."""

    P0 = 0  # khẩn cấp: phòng chống thiên tai, cháy, sự cố
    P1 = 1  # Trung ương với các địa phương
    P2 = 2  # Thường trực Tỉnh ủy, HĐND, UBND tỉnh
    P3 = 3  # sở, huyện
    P4 = 4  # tập huấn, chạy thử

    @property
    def ical(self) -> int:
        """The PRIORITY of RFC 5545: 1 is the highest, 5 ordinary, 9 the lowest."""
        return (1, 2, 4, 5, 9)[self]

    def may_displace(self, other: "Priority") -> bool:
        """Only P0 takes others' time, and never a P1 conference's."""
        return self is Priority.P0 and other in (Priority.P2, Priority.P3, Priority.P4)


class FindingCode(StrEnum):
    """What a rule found; the edges translate it."""

    SHORT_NOTICE = "short_notice"
    REASON_REQUIRED = "reason_required"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    IN_THE_PAST = "in_the_past"


DEFAULT_PRIORITIES: Final = {
    ConferenceType.REGULAR: Priority.P3,
    ConferenceType.UNPLANNED: Priority.P2,
    ConferenceType.EMERGENCY: Priority.P0,
    ConferenceType.TRAINING: Priority.P4,
    ConferenceType.TEST: Priority.P4,
}
NOTICE_APPLIES: Final = (ConferenceType.REGULAR, ConferenceType.TRAINING)
NEEDS_REASON: Final = (ConferenceType.UNPLANNED, ConferenceType.EMERGENCY)


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Holidays, and weekend days that are worked in exchange for one."""

    holidays: Container[date] = frozenset()
    worked_weekends: Container[date] = frozenset()

    def is_working_day(self, day: date) -> bool:
        """Monday to Friday that are no holidays, and exchanged weekend days."""
        if day in self.worked_weekends:
            return True
        return day.weekday() < 5 and day not in self.holidays

    def working_days_before(self, day: date, count: int) -> date:
        """The working day that lies `count` working days before the day."""
        while count > 0:
            day -= timedelta(days=1)
            count -= self.is_working_day(day)
        return day


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the rules look at: a conference as asked for, its first start and the present."""

    type: ConferenceType
    priority: Priority
    starts_at: datetime
    announced_at: datetime
    has_reason: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule's remark: `day` is the deadline or day it speaks of, `source` the citation or ""."""

    code: FindingCode
    day: date
    source: str = ""


def invitation_deadline(starts_on: date, calendar: WorkingCalendar) -> date:
    """The last day on which invitations still keep the notice rule."""
    return calendar.working_days_before(starts_on, NOTICE_WORKING_DAYS)


def review_proposal(proposal: Proposal, tz: tzinfo, calendar: WorkingCalendar) -> list[Finding]:
    """All remarks, the weightiest first; emergencies skip notice and calendar rules."""
    starts_on = as_utc(proposal.starts_at).astimezone(tz).date()
    findings: list[Finding] = []
    if as_utc(proposal.starts_at) < as_utc(proposal.announced_at):
        findings.append(Finding(FindingCode.IN_THE_PAST, starts_on))
    if proposal.type in NEEDS_REASON and not proposal.has_reason:
        findings.append(Finding(FindingCode.REASON_REQUIRED, starts_on, NOTICE_SOURCE))
    if proposal.type is ConferenceType.EMERGENCY or proposal.priority is Priority.P0:
        return findings
    return [*findings, *_notice(proposal, starts_on, tz, calendar), *_day_off(starts_on, calendar)]


def _notice(
    proposal: Proposal, starts_on: date, tz: tzinfo, calendar: WorkingCalendar
) -> list[Finding]:
    deadline = invitation_deadline(starts_on, calendar)
    announced_on = as_utc(proposal.announced_at).astimezone(tz).date()
    if proposal.type not in NOTICE_APPLIES or announced_on <= deadline:
        return []
    return [Finding(FindingCode.SHORT_NOTICE, deadline, NOTICE_SOURCE)]


def _day_off(day: date, calendar: WorkingCalendar) -> Sequence[Finding]:
    if calendar.is_working_day(day):
        return []
    code = FindingCode.HOLIDAY if day in calendar.holidays else FindingCode.WEEKEND
    return [Finding(code, day)]
