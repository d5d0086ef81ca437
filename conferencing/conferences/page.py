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
from conferencing.domain.states import DisplayState
from conferencing.invitations.queries import Delivery, about, delivery_of, in_sight, letters_of
from conferencing.models import Conference, ConferenceSite, Occurrence
from conferencing.occurrences.services import state_now
from conferencing.places.districts import FEW, District, by_district
from hub.access.actor import Actor, Scope
from hub.clock import local, now
from hub.contracts.sites import SiteCondition, site_conditions
from hub.outbox import OutboxLetter
from hub.text import fold, sort_key
from hub.ui.formats import date_vi, time_vi

ROLE_RANK: Final = {"chair": 0, "relay": 1, "join": 2}
SortKey = tuple[tuple[int, ...], tuple[int, ...], str]


@dataclass(frozen=True, slots=True)
class SiteRow:
    """A site taking part and what is known of its power and line (None: nobody measures).

    ``is_own`` says that it lies in the part of the province that the reader belongs to.
    """

    row: ConferenceSite
    condition: SiteCondition | None
    is_own: bool = False

    @property
    def is_doubtful(self) -> bool:
        """Whether the site may be unable to take part."""
        return self.condition is not None and self.condition.is_doubtful

    @property
    def is_waiting(self) -> bool:
        """Whether the site has not answered."""
        return self.row.partstat == "NEEDS-ACTION"

    @property
    def phone(self) -> str:
        """The number to call: of who looks after the line this time, else the site's own."""
        return self.row.technician_phone or self.row.site.technician_phone

    @property
    def technician(self) -> str:
        """Who looks after the line."""
        return self.row.technician_name or self.row.site.technician_name

    @property
    def tone(self) -> str:
        """The tint of the row: power lost is the worst, then line lost; else none."""
        state = self.condition.state if self.condition else ""
        return {"power_lost": "critical", "line_lost": "high"}.get(state, "")


def _rank(row: SiteRow) -> tuple[int, int, SortKey]:
    trouble = {"critical": 0, "high": 1}.get(row.tone, 2)
    return trouble, ROLE_RANK.get(row.row.role, 2), sort_key(row.row.site.name)


Test = Callable[[SiteRow], bool]
FILTERS: Final[Mapping[str, Test]] = {
    "all": lambda row: True,
    "mine": lambda row: row.is_own,
    "trouble": lambda row: row.is_doubtful,
    "waiting": lambda row: row.is_waiting,
    "accepted": lambda row: row.row.partstat in ("ACCEPTED", "TENTATIVE"),
    "declined": lambda row: row.row.partstat == "DECLINED",
}


def site_rows(
    sites: Sequence[ConferenceSite], conditions: Mapping[str, SiteCondition], scope: Scope
) -> list[SiteRow]:
    """Return all sites in the order of the page; who sees the whole province owns no part of it."""

    def row_of(row: ConferenceSite) -> SiteRow:
        is_own = not scope.is_whole and scope.covers(row.site.unit)
        return SiteRow(row, conditions.get(row.site.code), is_own)

    return sorted(map(row_of, sites), key=_rank)


def site_districts(session: Session, rows: Sequence[SiteRow]) -> list[District[SiteRow]]:
    """Return many rows by district, one's own and then the most troubled first; few stay a list."""
    if len(rows) <= FEW:
        return []
    found = by_district(session, rows, lambda item: item.row.site.unit.path)
    return sorted(found, key=_district_rank)


def _district_rank(district: District[SiteRow]) -> tuple[bool, int]:
    own = district.count(lambda row: row.is_own)
    return not own, -district.count(lambda row: row.is_doubtful)


def chosen(rows: Sequence[SiteRow], show: str, text: str = "") -> list[SiteRow]:
    """Return the rows a filter and a name (without accents) leave."""
    test = FILTERS.get(show, FILTERS["all"])
    words = fold(text)
    return [row for row in rows if test(row) and words in row.row.site.name_fold]


def site_filters(
    rows: Sequence[SiteRow], show: str, url: Callable[..., str]
) -> list[dict[str, Any]]:
    """Return the filter bar with counts; ``url(show=…)`` gives the address of a filter."""
    labels = {
        "all": (_("Tất cả"), ""),
        "mine": (_("Đơn vị của tôi"), "building-community"),
        "trouble": (_("Sự cố"), "bolt-off"),
        "waiting": (_("Chưa trả lời"), "mail"),
        "accepted": (_("Xác nhận"), "check"),
        "declined": (_("Từ chối"), "x"),
    }
    counts = {key: sum(map(test, rows)) for key, test in FILTERS.items()}
    return [
        {
            "label": label,
            "icon": icon,
            "url": url(show=key),
            "count": counts[key],
            "current": key == (show if show in FILTERS else "all"),
        }
        for key, (label, icon) in labels.items()
        if counts[key] or key in ("all", show)
    ]


def answer_parts(rows: Sequence[SiteRow]) -> list[tuple[int, str, str]]:
    """Return the answers as parts of a bar: count, tone, word."""
    counts = {key: sum(row.row.partstat == key for row in rows) for key in (
        "ACCEPTED", "TENTATIVE", "DECLINED", "NEEDS-ACTION")}  # fmt: skip
    parts = [
        (counts["ACCEPTED"], "normal", _("xác nhận")),
        (counts["TENTATIVE"], "medium", _("chưa chắc")),
        (counts["DECLINED"], "quiet", _("từ chối")),
        (counts["NEEDS-ACTION"], "unknown", _("chưa trả lời")),
    ]
    return [part for part in parts if part[0]]


OVER = (DisplayState.ENDED, DisplayState.CANCELLED, DisplayState.DISPLACED)


@dataclass(frozen=True, slots=True)
class Progress:
    """Everything the steps are told from."""

    conference: Conference
    occurrence: Occurrence
    state: DisplayState
    rows: Sequence[SiteRow]
    delivery: Delivery
    at: datetime

    @property
    def answered(self) -> int:
        """How many sites have answered."""
        return sum(not row.is_waiting for row in self.rows)


def moment(instant: datetime | None, at: datetime) -> str:
    """Write a time, with the day unless it is today."""
    if instant is None:
        return "–"
    same_day = local(instant).date() == local(at).date()
    return time_vi(instant) if same_day else f"{time_vi(instant)} {date_vi(instant, 'day')}"


def steps_of(progress: Progress) -> list[dict[str, Any]]:
    """Return the steps: done ones, the current one, those to come."""
    labels = [*_before(progress), *_running(progress)]
    current = _current(progress)
    return [
        {"label": label, "note": note, "state": _state(number, current)}
        for number, (label, note) in enumerate(labels)
    ]


def _state(number: int, current: int) -> str:
    if number < current:
        return "done"
    return "current" if number == current else "next"


def _before(progress: Progress) -> list[tuple[str, str]]:
    conference, at = progress.conference, progress.at
    urgent = conference.source_ref or conference.type == "emergency"
    total = len(progress.rows)
    return [
        (_("Triệu tập") if urgent else _("Đặt lịch"), moment(conference.created_at, at)),
        (_("Giữ chỗ"), _("%(count)s điểm cầu", count=total)),
        (_("Đã mời"), _invited(progress)),
        (_("Trả lời"), f"{progress.answered}/{total}"),
    ]


def _invited(progress: Progress) -> str:
    delivery = progress.delivery
    if delivery.first_sent_at is None:
        return _("đang gửi %(count)s thư", count=delivery.total) if delivery.total else "–"
    return moment(delivery.first_sent_at, progress.at)


def _running(progress: Progress) -> list[tuple[str, str]]:
    occurrence, at = progress.occurrence, progress.at
    if progress.state is DisplayState.CANCELLED:
        return [(_("Đã hủy"), moment(progress.conference.updated_at, at))]
    if progress.state is DisplayState.DISPLACED:
        return [(_("Nhường chỗ"), moment(progress.conference.updated_at, at))]
    begins = moment(occurrence.started_at or occurrence.starts_at, at)
    ends = moment(occurrence.ended_at or occurrence.ends_at, at)
    is_over = progress.state is DisplayState.ENDED
    return [
        (_("Đang họp"), _("từ %(time)s", time=begins)),
        (_("Kết thúc"), ends if is_over else _("dự kiến %(time)s", time=ends)),
    ]


def _current(progress: Progress) -> int:
    if progress.state in (DisplayState.CANCELLED, DisplayState.DISPLACED, DisplayState.IN_SESSION):
        return 4
    if progress.state is DisplayState.ENDED:
        return 5
    # Waiting for the first letter, then for the answers.
    return 2 if progress.delivery.first_sent_at is None else 3


TABS: Final = ("sites", "attendees", "invitations", "agenda", "history")


@dataclass(frozen=True, slots=True)
class ConferencePage:
    """One conference as one person may see it at one moment.

    ``letters`` and ``known_delivery`` are of the letters this person may know of.
    """

    conference: Conference
    occurrence: Occurrence
    state: DisplayState
    tab: str
    show: str
    text: str
    rows: Sequence[SiteRow]
    letters: Sequence[OutboxLetter]
    delivery: Delivery
    known_delivery: Delivery
    at: datetime
    may_manage: bool
    own_sites: frozenset[int]
    shown_rows: Sequence[SiteRow]
    districts: Sequence[District[SiteRow]]
    open_district: str

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

    def is_open(self, district: District[SiteRow]) -> bool:
        """Whether a district is unfolded: asked for, searched, one's own, or alone with trouble."""
        if self.text or self.open_district in ("all", district.unit.code):
            return True
        is_first = district is self.districts[0]
        worth = district.count(lambda row: row.is_own or row.is_doubtful)
        return not self.open_district and is_first and bool(worth)

    def parts_of(self, district: District[SiteRow]) -> list[tuple[int, str, str]]:
        """Return the answers of a district as parts of a bar."""
        return answer_parts(district.rows)

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
            "invitations": (
                _("Giấy mời"),
                self.known_delivery.total + self.known_delivery.withdrawn,
            ),
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
    tab, show, text = query.get("tab", ""), query.get("show", "all"), query.get("q", "")[:80]
    known = in_sight(session, actor, conference)
    items = site_rows(rows, conditions, actor.scope)
    shown = chosen(items, show, text)
    return ConferencePage(
        conference=conference,
        occurrence=occurrence,
        state=state,
        tab=tab if tab in TABS else "sites",
        show=show,
        text=text,
        rows=items,
        letters=letters_of(session, known) if tab == "invitations" else (),
        delivery=delivery_of(session, about(conference.id)),
        known_delivery=delivery_of(session, known),
        at=at,
        may_manage=may_change(actor, conference),
        own_sites=frozenset(
            row.site_id for row in rows if actor.can_at("site.manage", row.site.unit)
        ),
        shown_rows=shown,
        districts=site_districts(session, shown),
        open_district=query.get("open", ""),
    )
