"""A change in plain values, for the history of a conference and the audit."""

from typing import Any, Final

from conferencing.domain.changes import ConferenceRevision, RevisionChange

SAID_CHARACTERS: Final = 200


def detail_of(change_: RevisionChange) -> dict[str, Any]:
    """Return which sides changed, who joined and who left."""
    return {
        "aspects": sorted(change_.aspects),
        "added_sites": sorted(change_.added_sites),
        "removed_sites": sorted(change_.removed_sites),
        "added_attendees": sorted(change_.added_attendees),
        "removed_attendees": sorted(change_.removed_attendees),
    }


def before_and_after(before: ConferenceRevision, after: ConferenceRevision) -> dict[str, Any]:
    """Return what was said before and what is said now, of what differs."""
    old, new = _said(before), _said(after)
    differing = [key for key in old if old[key] != new[key]]
    return {
        "before": {key: old[key] for key in differing},
        "after": {key: new[key] for key in differing},
    }


def _said(revision: ConferenceRevision) -> dict[str, str]:
    return {
        "title": revision.title,
        "starts_at": revision.interval.start.isoformat(),
        "ends_at": revision.interval.end.isoformat(),
        "room": revision.room,
        "rrule": revision.rrule,
        "agenda": revision.agenda.strip()[:SAID_CHARACTERS],
    }
