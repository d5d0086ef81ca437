"""What remains of a change: a revision in words, an audit entry, a fact in the journal."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from conferencing.models import Conference, ConferenceChange
from hub import journal
from hub.access.actor import Actor
from hub.audit import record_audit
from hub.clock import now


def note_change(
    session: Session,
    actor: Actor,
    conference: Conference,
    verb: str,
    detail: dict[str, Any] | None = None,
    also_units: Iterable[int] = (),
) -> None:
    """Write all three. It comes last: the journal's lock is held to the end."""
    _note_words(session, actor.name, conference, verb, detail or {}, now())
    record_audit(
        session,
        f"conferencing:conference:{verb}",
        conference.code,
        unit_id=conference.host_unit_id,
        detail=detail,
        actor=actor,
    )
    journal_change(session, conference, verb, also_units)


def note_answer(
    session: Session, conference: Conference, name: str, detail: dict[str, Any]
) -> None:
    """Write that somebody answered; the answerer has no account, so there is no audit entry."""
    note_answers(session, conference, [(name, detail)], now())


def note_answers(
    session: Session,
    conference: Conference,
    said: Sequence[tuple[str, dict[str, Any]]],
    at: datetime,
    verb: str = "answered",
) -> None:
    """Write the answers of several sites, each with who gave it; the journal tells it once."""
    for name, detail in said:
        _note_words(session, name[:120], conference, verb, detail, at)
    if said:
        journal_change(session, conference, verb)


def _note_words(
    session: Session,
    name: str,
    conference: Conference,
    verb: str,
    detail: dict[str, Any],
    at: datetime,
) -> None:
    session.add(
        ConferenceChange(
            conference_id=conference.id,
            at=at,
            actor_name=name,
            verb=verb,
            sequence=conference.sequence,
            detail=detail,
        )
    )


def journal_change(
    session: Session, conference: Conference, verb: str, also_units: Iterable[int] = ()
) -> None:
    """Append ``conference.changed`` for the host and all sites' units."""
    units = {conference.host_unit_id, *(row.site.unit_id for row in conference.sites)}
    journal.record(
        session,
        "conference.changed",
        unit_ids=sorted(units | set(also_units)),
        data={
            "id": conference.id,
            "code": conference.code,
            "title": conference.title,
            "starts_at": conference.starts_at.isoformat(),
            "ends_at": conference.ends_at.isoformat(),
            "status": conference.status,
            "verb": verb,
        },
        drill=conference.is_drill,
    )
