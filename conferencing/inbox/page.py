"""Everything the inbox shows: what waits by day and conference, one of them opened to answer."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from conferencing.inbox.forms import BulkAnswerForm, SiteRowForm
from conferencing.inbox.queries import (
    Waiting,
    batch_of,
    conferences_of,
    next_date_of,
    sites_waiting,
    waiting_of,
)
from conferencing.models import Conference, ConferenceSite
from conferencing.places.districts import District, by_district, district_id
from hub.access.actor import Actor
from hub.access.models import OrgUnit
from hub.contracts.sites import CONDITION_LOOKS, SiteCondition, site_conditions
from hub.text import sort_key
from hub.ui.formats import date_vi

# A person answers the nearest first; what lies further ahead comes up as these leave.
MOST_SHOWN: Final = 40


@dataclass(frozen=True, slots=True)
class Filter:
    """What the inbox is narrowed to, as its address holds it."""

    unit: str = ""
    day: str = ""

    def fits(self, waiting: Waiting, district: int | None) -> bool:
        """Whether an invitation is wanted."""
        in_day = not self.day or waiting.day.isoformat() == self.day
        return in_day and (district is None or district_id(waiting.unit_path) == district)

    def url(self, **more: Any) -> str:
        """Return the address of the inbox with this filter."""
        return url_for(
            "conferencing.inbox", **{"unit": self.unit or None, "day": self.day or None, **more}
        )


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A site that has not answered, the boxes of its own, and what is known of power and line."""

    row: ConferenceSite
    form: SiteRowForm
    condition: SiteCondition | None
    is_ticked: bool

    @property
    def doubt(self) -> SiteCondition | None:
        """What may keep the site away; it only warns."""
        return self.condition if self.condition and self.condition.is_doubtful else None

    @property
    def doubt_icon(self) -> str:
        """The picture of the doubt."""
        return CONDITION_LOOKS[self.doubt.state].icon if self.doubt else ""


@dataclass(frozen=True, slots=True)
class Card:
    """A conference that waits: its next date and how many sites it waits for."""

    conference: Conference
    starts_at: datetime
    ends_at: datetime
    dates: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Opened:
    """The conference that is being answered."""

    card: Card
    form: BulkAnswerForm
    districts: Sequence[District[InboxRow]]

    @property
    def rows(self) -> list[InboxRow]:
        """All its rows."""
        return [row for district in self.districts for row in district.rows]

    @property
    def ticked(self) -> int:
        """How many rows are ticked."""
        return sum(row.is_ticked for row in self.rows)


@dataclass(frozen=True, slots=True)
class Done:
    """Answers just written, which may still be taken back."""

    conference: Conference
    at: int
    count: int
    partstat: str


@dataclass(frozen=True, slots=True)
class InboxPage:
    """The inbox of one person under one filter."""

    filter: Filter
    days: Sequence[tuple[date, Sequence[Card]]]
    opened: Opened | None
    further: int
    total: int
    conferences: int
    units: Sequence[tuple[str, str, int]]
    all_days: Sequence[tuple[str, str, int]]


@dataclass(frozen=True, slots=True)
class Sent:
    """What a refused form held: it is shown again as it was."""

    form: BulkAnswerForm
    ticked: frozenset[str]


def inbox_page(
    session: Session,
    actor: Actor,
    wanted: Filter,
    open_code: str = "",
    *,
    tick: bool = True,
    sent: Sent | None = None,
) -> InboxPage:
    """Read what the inbox shows."""
    everything = waiting_of(session, actor)
    units = _units(session, everything)
    district = next((unit.id for unit in units if unit.code == wanted.unit), None)
    shown = [waiting for waiting in everything if wanted.fits(waiting, district)]
    counts = Counter(waiting.conference_id for waiting in shown)
    cards = _cards(session, counts)
    opened = next((c for c in cards if c.conference.code == open_code), next(iter(cards), None))
    return InboxPage(
        filter=wanted,
        days=_by_day(cards),
        opened=_opened(session, actor, opened, district, tick, sent) if opened else None,
        further=len(counts) - len(cards),
        total=len(shown),
        conferences=len(counts),
        units=_unit_choices(units, everything),
        all_days=_day_choices(everything),
    )


def _units(session: Session, everything: Sequence[Waiting]) -> list[OrgUnit]:
    ids = {district_id(waiting.unit_path) for waiting in everything}
    units = session.scalars(select(OrgUnit).where(OrgUnit.id.in_(ids))).all()
    return sorted(units, key=lambda unit: (unit.depth, sort_key(unit.name)))


def _unit_choices(
    units: Sequence[OrgUnit], everything: Sequence[Waiting]
) -> list[tuple[str, str, int]]:
    counts = Counter(district_id(waiting.unit_path) for waiting in everything)
    return [(unit.code, unit.name, counts[unit.id]) for unit in units]


def _day_choices(everything: Sequence[Waiting]) -> list[tuple[str, str, int]]:
    counts = Counter(waiting.day for waiting in everything)
    return [(day.isoformat(), date_vi(day, "long"), counts[day]) for day in sorted(counts)]


def _cards(session: Session, counts: Mapping[int, int]) -> list[Card]:
    nearest = list(counts)[:MOST_SHOWN]
    conferences, dates = conferences_of(session, nearest), next_date_of(session, nearest)
    return [
        Card(conferences[id_], found.starts_at, found.ends_at, found.dates, counts[id_])
        for id_ in nearest
        if (found := dates.get(id_)) is not None and id_ in conferences
    ]


def _by_day(cards: Sequence[Card]) -> list[tuple[date, Sequence[Card]]]:
    days: dict[date, list[Card]] = {}
    for card in cards:
        day = Waiting(card.conference.id, card.starts_at, "").day
        days.setdefault(day, []).append(card)
    return list(days.items())


def _opened(
    session: Session,
    actor: Actor,
    card: Card,
    district: int | None,
    tick: bool,
    sent: Sent | None,
) -> Opened:
    found = [
        row
        for row in sites_waiting(session, actor, card.conference.id)
        if district is None or district_id(row.site.unit.path) == district
    ]
    conditions = site_conditions(session, [row.site.code for row in found])
    rows = [
        InboxRow(
            row,
            SiteRowForm(prefix=f"{row.site.code}-"),
            conditions.get(row.site.code),
            row.site.code in sent.ticked if sent else tick,
        )
        for row in found
    ]
    ordered = sorted(rows, key=_rank)
    districts = by_district(session, ordered, lambda item: item.row.site.unit.path)
    return Opened(card, sent.form if sent else BulkAnswerForm(formdata=None), districts)


def _rank(item: InboxRow) -> tuple[bool, int, object]:
    unit = item.row.site.unit
    return item.doubt is None, unit.depth, sort_key(item.row.site.name)


def done_of(
    session: Session, actor: Actor, conference: Conference, at: datetime, micros: int
) -> Done | None:
    """Return the answers of the actor at one moment, as far as they still stand."""
    written = {change["site"]: change for change in batch_of(session, actor, conference, at)}
    standing = [
        row for row in conference.sites if row.site.code in written and row.answered_at == at
    ]
    if not standing:
        return None
    return Done(conference, micros, len(standing), standing[0].partstat)
