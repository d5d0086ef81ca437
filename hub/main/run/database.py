"""A database that is away at the start is waited for, for as long as it takes."""

import time
from collections.abc import Callable
from typing import Final

from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

PAUSES_S: Final = (1.0, 2.0, 4.0, 8.0, 15.0)


def wait_for_database(url: str, say: Callable[[str], None]) -> None:
    """Return once the database answers; say at every try in vain why it does not.

    An embedded one is a file and needs no waiting.
    """
    if url.startswith("sqlite"):
        return
    engine = create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": 5})
    tries = 0
    while (refusal := _refusal(engine.connect)) is not None:
        pause = PAUSES_S[min(tries, len(PAUSES_S) - 1)]
        say(f"The database does not answer ({refusal}); tried again in {pause:.0f} s.")
        time.sleep(pause)
        tries += 1


def _refusal(connect: Callable[[], object]) -> str | None:
    try:
        connect().close()  # type: ignore[attr-defined]
    except OperationalError as error:
        return str(error.orig).splitlines()[0]
    return None
