"""The database's refusals as facts of our own: taken meanwhile, or simply try again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import uniform
from time import sleep
from typing import Final, TypeVar

from flask_babel import gettext as _
from sqlalchemy.exc import DBAPIError, IntegrityError

from hub.errors import Conflict

T = TypeVar("T")
ATTEMPTS: Final = 6
EXCLUSION_VIOLATION: Final = "23P01"
CHECK_VIOLATION: Final = "23514"
DEADLOCK: Final = "40P01"
SERIALIZATION: Final = "40001"
# A long queue before one slot outlasts lock_timeout; the next attempt finds it shorter.
LOCK_TIMEOUT: Final = "55P03"


class TakenMeanwhile(Conflict):
    """Somebody else's booking was committed first; the transaction is lost, names are to come."""


@contextmanager
def taken_as_conflict() -> Iterator[None]:
    """Turn the refusal of an overlapping hold or of a port too many into TakenMeanwhile."""
    try:
        yield
    except IntegrityError as error:
        if not is_taken(error):
            raise
        raise TakenMeanwhile(_("Phòng, điểm cầu hoặc cổng MCU vừa có người đặt.")) from error


def is_taken(error: IntegrityError) -> bool:
    """Whether a guard of holds or of ports refused, on either database."""
    state = getattr(error.orig, "sqlstate", None)
    if state == EXCLUSION_VIOLATION:
        return True
    text = str(error.orig)
    if state is None or state == CHECK_VIOLATION:
        return "hold_overlap" in text or "bridge_ports" in text
    return False


def is_transient(error: DBAPIError) -> bool:
    """Whether the same transaction may well succeed when run again."""
    return getattr(error.orig, "sqlstate", None) in (DEADLOCK, SERIALIZATION, LOCK_TIMEOUT)


def with_retry(action: Callable[[], T]) -> T:
    """Run a whole transaction; run it again when the database chose it as deadlock victim."""
    for attempt in range(1, ATTEMPTS):
        try:
            return action()
        except DBAPIError as error:
            if not is_transient(error):
                raise
            # Two victims of one deadlock must not meet again at the same moment.
            sleep(uniform(0, 0.02 * attempt))  # noqa: S311
    return action()
