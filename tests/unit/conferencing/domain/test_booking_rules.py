"""Notice, weekends and holidays, priorities."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from conferencing.domain.booking_rules import (
    DEFAULT_PRIORITIES,
    ConferenceType,
    Finding,
    FindingCode,
    Priority,
    Proposal,
    WorkingCalendar,
    invitation_deadline,
    review_proposal,
)

TZ = ZoneInfo("Asia/Ho_Chi_Minh")
NORMAL = WorkingCalendar()


def at(month: int, day: int, hour: int = 8) -> datetime:
    """A moment of 2026 in Việt Nam."""
    return datetime(2026, month, day, hour, tzinfo=TZ)


def codes(
    starts_at: datetime,
    announced_at: datetime,
    kind: ConferenceType = ConferenceType.REGULAR,
    calendar: WorkingCalendar = NORMAL,
    has_reason: bool = True,
) -> list[FindingCode]:
    """The codes found for a proposal."""
    proposal = Proposal(kind, DEFAULT_PRIORITIES[kind], starts_at, announced_at, has_reason)
    return [finding.code for finding in review_proposal(proposal, TZ, calendar)]


@pytest.mark.parametrize(
    ("starts_on", "deadline"),
    [
        (date(2026, 12, 3), date(2026, 11, 30)),  # Thursday: Monday
        (date(2026, 12, 6), date(2026, 12, 2)),  # Sunday: Wednesday
        (date(2026, 12, 7), date(2026, 12, 2)),  # Monday: Wednesday
    ],
)
def test_three_working_days_are_counted_back(starts_on: date, deadline: date) -> None:
    assert invitation_deadline(starts_on, NORMAL) == deadline


def test_holidays_and_exchanged_saturdays_move_the_deadline() -> None:
    national_day = WorkingCalendar(
        holidays={date(2026, 9, 1), date(2026, 9, 2)}, worked_weekends={date(2026, 8, 29)}
    )

    assert invitation_deadline(date(2026, 9, 3), national_day) == date(2026, 8, 28)


def test_an_invitation_on_the_deadline_is_in_time() -> None:
    assert codes(at(12, 3), at(11, 30, 23)) == []
    assert codes(at(12, 3), at(12, 1, 0)) == ["short_notice"]


def test_short_notice_is_cited_with_its_deadline() -> None:
    proposal = Proposal(ConferenceType.REGULAR, Priority.P3, at(12, 3), at(12, 2))

    assert review_proposal(proposal, TZ, NORMAL) == [
        Finding(FindingCode.SHORT_NOTICE, date(2026, 11, 30), "Quyết định 45/2018/QĐ-TTg")
    ]


def test_the_day_is_that_of_viet_nam() -> None:
    assert codes(at(12, 5, 6), at(11, 20)) == ["weekend"]  # a Friday in UTC
    assert codes(at(12, 7, 6), at(11, 20)) == []  # a Sunday in UTC


def test_weekends_and_holidays_only_warn() -> None:
    calendar = WorkingCalendar(
        holidays={date(2026, 12, 8)}, worked_weekends=frozenset({date(2026, 12, 12)})
    )

    assert codes(at(12, 8), at(11, 20), calendar=calendar) == ["holiday"]
    assert codes(at(12, 12), at(11, 20), calendar=calendar) == []


def test_unplanned_conferences_need_a_reason_instead_of_notice() -> None:
    kind = ConferenceType.UNPLANNED

    assert codes(at(12, 3), at(12, 2), kind) == []
    assert codes(at(12, 3), at(12, 2), kind, has_reason=False) == ["reason_required"]


def test_emergencies_pass_by_notice_and_calendar() -> None:
    assert codes(at(12, 6), at(12, 6, 7), ConferenceType.EMERGENCY) == []


def test_a_test_call_needs_no_notice_but_a_training_does() -> None:
    assert codes(at(12, 3), at(12, 2), ConferenceType.TEST) == []
    assert codes(at(12, 3), at(12, 2), ConferenceType.TRAINING) == ["short_notice"]


def test_the_past_is_noticed() -> None:
    assert codes(at(12, 3), at(12, 4), ConferenceType.EMERGENCY) == ["in_the_past"]


def test_only_p0_displaces_and_never_p1() -> None:
    able = {(a, b) for a in Priority for b in Priority if a.may_displace(b)}

    assert able == {
        (Priority.P0, Priority.P2),
        (Priority.P0, Priority.P3),
        (Priority.P0, Priority.P4),
    }


def test_priorities_become_those_of_icalendar() -> None:
    assert [priority.ical for priority in Priority] == [1, 2, 4, 5, 9]
