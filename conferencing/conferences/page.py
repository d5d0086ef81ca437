"""Everything the page of one conference shows, read in one go."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from conferencing.access.services import may_change
from conferencing.conferences.history import HistoryEntry, history_of
from conferencing.conferences.sites import SiteRow, answer_parts, chosen, site_filters, site_rows
from conferencing.conferences.steps import OVER, Progress, steps_of
from conferencing.domain.states import DisplayState
from conferencing.invitations.queries import Delivery, delivery_of, letters_of
from conferencing.models import Conference, ConferenceSite, Occurrence
from conferencing.occurrences.services import state_now
from hub.accounts.actor import Actor
from hub.clock import now
from hub.contracts.sites import site_conditions
from hub.outbox import OutboxLetter

TABS: Final = ("sites", "attendees", "invitations", "agenda", "history")


@dataclass(frozen=True, slots=True)
class ConferencePage:
    """One conference as one person may see it at one moment."""

    conference: Conference
    occurrence: Occurrence
    state: DisplayState
    tab: str
    show: str
    text: str
    rows: Sequence[SiteRow]
    letters: Sequence[OutboxLetter]
    delivery: Delivery
    at: datetime
    may_manage: bool
    own_sites: frozenset[int]

    @property
    def is_over(self) -> bool:
        """Whether nothing can be changed any more."""
        return self.state in OVER

    @property
    def troubled(self) -> list[SiteRow]:
        """The sites whose power or line is reported lost."""
        return [row for row in self.rows if row.is_doubtful]

    @property
    def waiting(self) -> int:
        """How many sites and people have not answered."""
        people = sum(a.partstat == "NEEDS-ACTION" for a in self.conference.attendees)
        return people + sum(row.is_waiting for row in self.rows)

    @property
    def shown_rows(self) -> list[SiteRow]:
        """The rows that the filter leaves."""
        return chosen(self.rows, self.show, self.text)

    @property
    def answers(self) -> list[tuple[int, str, str]]:
        """The answers as parts of a bar."""
        return answer_parts(self.rows)

    @property
    def people_present(self) -> int:
        """How many people the sites announced."""
        return sum(row.row.headcount or 0 for row in self.rows if row.row.partstat == "ACCEPTED")

    @property
    def ports(self) -> int:
        """Ports of the bridge that this conference takes."""
        return len(self.rows)

    @property
    def history(self) -> list[HistoryEntry]:
        """The revisions, newest first."""
        return history_of(self.conference.changes)

    @property
    def steps(self) -> list[dict[str, Any]]:
        """The life of the conference."""
        progress = Progress(
            self.conference, self.occurrence, self.state, self.rows, self.delivery, self.at
        )
        return steps_of(progress)

    def url(self, **query: Any) -> str:
        """Return the address of this page with another tab or filter."""
        picked = {"tab": self.tab, "occurrence": self.occurrence.id, **query}
        if picked["occurrence"] == default_occurrence(self.conference, self.at).id:
            picked.pop("occurrence")
        if picked["tab"] == "sites":
            picked.pop("tab")
        return url_for("conferencing.show_conference", code=self.conference.code, **picked)

    @property
    def tabs(self) -> list[dict[str, Any]]:
        """The tabs as links."""
        conference = self.conference
        counts: Mapping[str, tuple[str, int | None]] = {
            "sites": (_("Điểm cầu"), len(self.rows)),
            "attendees": (_("Thành phần"), len(conference.attendees)),
            "invitations": (_("Giấy mời"), len(self.letters)),
            "agenda": (_("Nội dung"), None),
            "history": (_("Nhật ký"), None),
        }
        return [
            {"label": label, "count": count, "url": self.url(tab=key), "current": key == self.tab}
            for key, (label, count) in counts.items()
        ]

    @property
    def filters(self) -> list[dict[str, Any]]:
        """The filter bar of the sites."""
        url: Callable[..., str] = self.url
        return site_filters(self.rows, self.show, url)

    def may_answer_for(self, row: ConferenceSite) -> bool:
        """Whether this person may write down what the site said by telephone."""
        return not self.is_over and (self.may_manage or row.site_id in self.own_sites)


def default_occurrence(conference: Conference, at: datetime) -> Occurrence:
    """Return the occurrence a page opens with: running or next, else the last."""
    held = [o for o in conference.occurrences if o.status != "CANCELLED"]
    ahead = [o for o in held if o.ends_at > at and o.ended_at is None]
    return ahead[0] if ahead else (held or conference.occurrences)[-1]


def state_of_page(conference: Conference, occurrence: Occurrence, at: datetime) -> DisplayState:
    """Return the state shown; an end by another conference is told from a plain cancellation."""
    state = state_now(occurrence, at)
    is_off = conference.status == "CANCELLED" or state is DisplayState.CANCELLED
    if is_off and any(change.verb == "displaced" for change in conference.changes[-1:]):
        return DisplayState.DISPLACED
    return DisplayState.CANCELLED if is_off else state


def page_of(
    session: Session, actor: Actor, conference: Conference, query: Mapping[str, str]
) -> ConferencePage:
    """Read what the page shows."""
    at = now()
    picked = query.get("occurrence", "")
    occurrence = next(
        (o for o in conference.occurrences if str(o.id) == picked),
        default_occurrence(conference, at),
    )
    rows = list(conference.sites)
    state = state_of_page(conference, occurrence, at)
    # What is without power today says nothing of a conference that is over.
    codes = [] if state in OVER else [row.site.code for row in rows]
    conditions = site_conditions(session, codes)
    letters = letters_of(session, conference.id)
    tab = query.get("tab", "")
    return ConferencePage(
        conference=conference,
        occurrence=occurrence,
        state=state,
        tab=tab if tab in TABS else "sites",
        show=query.get("show", "all"),
        text=query.get("q", "")[:80],
        rows=site_rows(rows, conditions),
        letters=letters,
        delivery=delivery_of(letters),
        at=at,
        may_manage=may_change(actor, conference),
        own_sites=frozenset(
            row.site_id for row in rows if actor.can_at("site.manage", row.site.unit)
        ),
    )
