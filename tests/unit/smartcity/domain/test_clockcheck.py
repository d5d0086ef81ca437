from datetime import UTC, datetime, timedelta

import pytest

from smartcity.domain.reading import ClockFault, clock_fault

RECEIVED = datetime(2020, 10, 19, tzinfo=UTC)


@pytest.mark.parametrize(
    ("observed_at", "fault"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), ClockFault.BEFORE_2000),
        (datetime(1999, 12, 31, 23, 59, tzinfo=UTC), ClockFault.BEFORE_2000),
        (datetime(2000, 1, 1, tzinfo=UTC), None),
        (RECEIVED - timedelta(days=30), None),
        (RECEIVED + timedelta(minutes=5), None),
        (RECEIVED + timedelta(minutes=5, microseconds=1), ClockFault.IN_FUTURE),
        (datetime(2099, 1, 1, tzinfo=UTC), ClockFault.IN_FUTURE),
    ],
)
def test_broken_clocks_are_named(observed_at: datetime, fault: ClockFault | None) -> None:
    assert clock_fault(observed_at, RECEIVED) is fault
