"""A failure that repeats leaves a line each time, and a trace once a minute."""

import logging

from hub.logs import TRACE_AGAIN_S, BriefRepeats


def failure(message: str, error: Exception, at: float) -> logging.LogRecord:
    raised = (type(error), error, None)
    record = logging.LogRecord("intake", logging.ERROR, "", 1, message, ("x",), raised)
    record.created = at
    return record


def test_the_same_failure_is_traced_once_a_minute_and_counted_each_time() -> None:
    brief = BriefRepeats()
    times = [1000.0, 1001.0, 1000.0 + TRACE_AGAIN_S - 0.1, 1000.0 + TRACE_AGAIN_S]
    records = [failure("rule broke over %s", KeyError("a"), at) for at in times]
    assert all(brief.filter(record) for record in records)
    assert [record.exc_info is not None for record in records] == [True, False, False, True]
    assert records[1].getMessage() == "rule broke over x (KeyError, traced within the last minute)"


def test_another_failure_and_what_is_none_are_left_alone() -> None:
    brief = BriefRepeats()
    brief.filter(failure("rule broke over %s", KeyError("a"), 1000.0))
    for other in (
        failure("rule broke over %s", ValueError("a"), 1001.0),
        failure("batch of %s failed", KeyError("a"), 1001.0),
    ):
        brief.filter(other)
        assert other.exc_info is not None
    plain = logging.LogRecord("intake", logging.INFO, "", 1, "hello", (), None)
    assert brief.filter(plain)
    assert plain.getMessage() == "hello"
