"""Commands of the smart-city half, as plain functions; `hub.main.cli` gives them their names.

Each expects an app context, which carries the database.
"""

from collections.abc import Sequence

from hub.accounts.actor import SYSTEM
from hub.db import read_session, transaction
from smartcity.ingest.replay import replay_messages
from smartcity.quarantine.queries import LetterFilter, dead_letters
from smartcity.quarantine.services import Replayed, replay_letters


def list_dead_letters(state: str = "open", limit: int = 50) -> list[str]:
    """Return one line per dead letter, newest first: id, instant, topic, reason, size."""
    rows = dead_letters(read_session(), SYSTEM.scope, LetterFilter(state=state), limit=limit)
    return [
        f"{row.id}\t{row.received_at.isoformat()}\t{row.topic}\t{row.reason}\t{row.payload_size} B"
        for row in rows
    ]


def replay_dead_letters(letter_ids: Sequence[int]) -> Replayed:
    """Send these open dead letters through ingest again; without ids, the newest 500.

    Raises:
        NotFound: none of them is open.
    """
    with transaction() as session:
        newest = dead_letters(session, SYSTEM.scope, LetterFilter(), limit=500)
        wanted = list(letter_ids) or [row.id for row in newest]
        return replay_letters(session, SYSTEM, wanted, replay_messages)
