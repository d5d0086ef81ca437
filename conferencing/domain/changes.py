"""What changed between two revisions of a conference, and whom that concerns."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from conferencing.domain.interval import Interval


class Aspect(StrEnum):
    """A side of the conference that can change."""

    TIME = "time"
    RECURRENCE = "recurrence"
    ROOM = "room"
    JOIN = "join"
    SITES = "sites"
    TITLE = "title"
    AGENDA = "agenda"
    ATTENDEES = "attendees"
    CANCELLED = "cancelled"


# The participating sites are the place of a video conference: RFC 5546 wants a new SEQUENCE.
RAISES_SEQUENCE: Final = frozenset(
    {Aspect.TIME, Aspect.RECURRENCE, Aspect.ROOM, Aspect.JOIN, Aspect.SITES, Aspect.CANCELLED}
)


@dataclass(frozen=True, slots=True)
class ConferenceRevision:
    """A conference at one revision.

    `sites` maps each site code to whatever a site must agree to again when it changes
    (its room, role and mode joined in a string).
    """

    interval: Interval
    title: str
    room: str = ""
    join_url: str = ""
    rrule: str = ""
    exdates: tuple[datetime, ...] = ()
    agenda: str = ""
    sites: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    attendees: frozenset[str] = frozenset()
    is_cancelled: bool = False


@dataclass(frozen=True, slots=True)
class RevisionChange:
    """The difference; empty `aspects` mean that nothing anybody sees has changed."""

    aspects: frozenset[Aspect]
    added_sites: frozenset[str]
    removed_sites: frozenset[str]
    changed_sites: frozenset[str]
    added_attendees: frozenset[str]
    removed_attendees: frozenset[str]

    @property
    def is_empty(self) -> bool:
        """True when nothing changed."""
        return not self.aspects

    @property
    def raises_sequence(self) -> bool:
        """True when SEQUENCE must rise: time, place, recurrence or cancellation.

        Whoever is uninvited hears CANCEL, which wants a new one too (RFC 5546 3.2.5).
        """
        return bool(self.aspects & RAISES_SEQUENCE) or bool(self.removed_attendees)

    @property
    def resets_answers(self) -> bool:
        """True when every site must answer again, because the time is another one."""
        return bool(self.aspects & {Aspect.TIME, Aspect.RECURRENCE})


def compare(before: ConferenceRevision, after: ConferenceRevision) -> RevisionChange:
    """What differs between two revisions of one conference."""
    both = before.sites.keys() & after.sites.keys()
    return RevisionChange(
        aspects=_aspects(before, after),
        added_sites=frozenset(after.sites.keys() - before.sites.keys()),
        removed_sites=frozenset(before.sites.keys() - after.sites.keys()),
        changed_sites=frozenset(code for code in both if before.sites[code] != after.sites[code]),
        added_attendees=after.attendees - before.attendees,
        removed_attendees=before.attendees - after.attendees,
    )


def _aspects(before: ConferenceRevision, after: ConferenceRevision) -> frozenset[Aspect]:
    pairs: dict[Aspect, tuple[object, object]] = {
        Aspect.TIME: (before.interval, after.interval),
        Aspect.RECURRENCE: (
            (before.rrule, frozenset(before.exdates)),
            (after.rrule, frozenset(after.exdates)),
        ),
        Aspect.ROOM: (before.room, after.room),
        Aspect.JOIN: (before.join_url, after.join_url),
        Aspect.SITES: (dict(before.sites), dict(after.sites)),
        Aspect.TITLE: (before.title, after.title),
        Aspect.AGENDA: (before.agenda, after.agenda),
        Aspect.ATTENDEES: (before.attendees, after.attendees),
        Aspect.CANCELLED: (before.is_cancelled, after.is_cancelled),
    }
    return frozenset(aspect for aspect, (old, new) in pairs.items() if old != new)


def sites_to_ask_again(change: RevisionChange, after: ConferenceRevision) -> frozenset[str]:
    """The sites whose answer is needed (again); all others keep theirs."""
    if after.is_cancelled:
        return frozenset()
    if change.resets_answers:
        return frozenset(after.sites)
    return change.added_sites | change.changed_sites


def next_sequence(sequence: int, change: RevisionChange) -> int:
    """The SEQUENCE of the new revision; never falls."""
    return sequence + 1 if change.raises_sequence else sequence
