"""The panel "Kiểm tra chỗ": what is free when asked for, what clashes, what else would do."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from conferencing.access.queries import visible_ids
from conferencing.availability.day_scale import DayScale, Piece
from conferencing.availability.queries import (
    Findings,
    Question,
    alternatives_to,
    check_availability,
    heat_of,
)
from conferencing.booking.dates import SeriesDates, series_dates
from conferencing.booking.times import write_end
from conferencing.domain.conflicts import Clash
from conferencing.domain.interval import Interval, merge
from conferencing.domain.series import SeriesDate
from conferencing.holds.services import BusyRow, busy_spans
from conferencing.models import Conference, Room, Site
from hub.access.actor import Actor
from hub.clock import local, now
from hub.contracts.sites import SiteCondition
from hub.ui.formats import date_vi, time_vi

Pairs = list[tuple[Clash, BusyRow]]


@dataclass(frozen=True, slots=True)
class Lane:
    """A resource or several of one cause, what others hold, what is in the way.

    ``codes`` are the sites that the lane's button leaves out.
    """

    name: str
    is_free: bool
    verdict: str
    busy: Sequence[Piece]
    clash: Sequence[Piece] = ()
    is_hatched: bool = False
    words: str = ""
    link: str = ""
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LaneFrame:
    """What all lanes of one check have in common."""

    session: Session
    scale: DayScale
    series: int
    spans: Mapping[str, list[Interval]]
    seen: frozenset[int]

    def busy(self, resources: Iterable[Room | Site]) -> list[Piece]:
        """Return what is held of any of the resources."""
        held = [span for resource in resources for span in self.spans.get(resource.code, ())]
        return self.scale.pieces(merge(held))


def lanes_of(
    session: Session,
    actor: Actor,
    question: Question,
    findings: Findings,
    scale: DayScale,
    conditions: Mapping[str, SiteCondition],
) -> list[Lane]:
    """Return the lanes, those in the way first."""
    resources: list[Room | Site] = [*([question.room] if question.room else []), *question.sites]
    ids = [resource.id for resource in resources]
    spans = busy_spans(session, ids, scale.window, question.ignore_conference_id)
    seen = visible_ids(session, actor, {row.conference_id for _c, row in findings.clashes})
    frame = LaneFrame(session, scale, len(question.spans), spans, frozenset(seen))
    found: defaultdict[str, Pairs] = defaultdict(list)
    for clash, row in findings.clashes:
        found[clash.resource].append((clash, row))
    bad: defaultdict[Hashable, list[Room | Site]] = defaultdict(list)
    doubtful: defaultdict[Hashable, list[Room | Site]] = defaultdict(list)
    free: list[Room | Site] = []
    for resource in resources:
        doubt = conditions.get(resource.code)
        if pairs := found.get(resource.code):
            bad[_cause(resource, pairs)].append(resource)
        elif doubt is not None and doubt.is_doubtful:
            doubtful[doubt.detail].append(resource)
        else:
            free.append(resource)
    lanes = [_clash_lane(frame, group, found[group[0].code]) for group in bad.values()]
    lanes += [_doubt_lane(frame, g, conditions[g[0].code]) for g in doubtful.values()]
    return [*lanes, *_free_lanes(frame, free)]


def _cause(resource: Room | Site, pairs: Pairs) -> Hashable:
    if isinstance(resource, Room):
        return resource.code
    return tuple(sorted((row.occurrence_id, clash.interval.start) for clash, row in pairs))


def _names(group: Sequence[Room | Site]) -> str:
    if len(group) == 1:
        return group[0].name
    return _("%(name)s và %(count)s điểm cầu khác", name=group[0].name, count=len(group) - 1)


def _clash_lane(frame: LaneFrame, group: Sequence[Room | Site], pairs: Pairs) -> Lane:
    clash, row = pairs[0]
    minutes = int(clash.interval.duration.total_seconds() // 60)
    verdict = _("trùng %(minutes)s phút", minutes=minutes)
    if frame.series > 1:
        verdict = _("trùng %(count)s/%(all)s buổi", count=len(pairs), all=frame.series)
    is_seen = row.conference_id in frame.seen
    other = frame.session.get(Conference, row.conference_id) if is_seen else None
    span = f"{time_vi(row.block.interval.start)}–{time_vi(row.block.interval.end)}"
    if not frame.scale.window.overlaps(row.block.interval):
        span = f"{span} {date_vi(row.block.interval.start, 'day')}"
    title = other.title if other else _("Bận, hội nghị ngoài khu vực của bạn")
    words = f"{title} · {span}" + (f" · {other.organizer_name}" if other else "")
    return Lane(
        _names(group),
        is_free=False,
        verdict=verdict,
        busy=frame.busy(group),
        clash=frame.scale.pieces([c.interval for c, _row in pairs]),
        words=words,
        link=f"/conferences/{other.code}" if other else "",
        codes=_site_codes(group),
    )


def _doubt_lane(frame: LaneFrame, group: Sequence[Room | Site], doubt: SiteCondition) -> Lane:
    return Lane(
        _names(group),
        is_free=False,
        verdict=_("có thể không dùng được"),
        busy=frame.busy(group),
        is_hatched=True,
        words=doubt.detail or _("Mất điện hoặc mất đường truyền"),
        codes=_site_codes(group),
    )


def _free_lanes(frame: LaneFrame, free: Sequence[Room | Site]) -> list[Lane]:
    rooms = [resource for resource in free if isinstance(resource, Room)]
    sites = [resource for resource in free if not isinstance(resource, Room)]
    groups: list[Sequence[Room | Site]] = [*([room] for room in rooms)]
    if sites:
        groups.append(sites)
    return [Lane(_names(g), True, _("rảnh"), frame.busy(g)) for g in groups]


def _site_codes(group: Sequence[Room | Site]) -> tuple[str, ...]:
    return tuple(resource.code for resource in group if not isinstance(resource, Room))


SHOWN_LANES: Final = 8
HEAT_HEIGHT: Final = 30


@dataclass(frozen=True, slots=True)
class Bar:
    """One half hour of the heat: how high, how many, whether it was asked for."""

    piece: Piece
    height: float
    is_asked: bool
    label: str


@dataclass(frozen=True, slots=True)
class Offer:
    """Another time, room or set of sites; ``value`` is what the button sends."""

    value: str
    title: str
    note: str
    is_whole: bool
    label: str


@dataclass(slots=True)
class Check:
    """Everything the panel shows."""

    scale: DayScale
    asked: Interval
    at: datetime
    free_sites: int
    all_sites: int
    room_free: bool | None
    ports_left: int | None
    ports: int | None
    clashes: int
    bars: list[Bar] = field(default_factory=list)
    lanes: list[Lane] = field(default_factory=list)
    more_lanes: int = 0
    offers: list[Offer] = field(default_factory=list)
    series: int = 1
    doubtful: int = 0
    dates: SeriesDates | None = None
    refusals: Sequence[str] = ()
    """What saving would refuse besides places that are taken, in its own words."""

    @property
    def asked_piece(self) -> Piece:
        """Where the asked time lies on every lane."""
        return self.scale.piece(self.asked) or Piece(0, 0)

    @property
    def heat_words(self) -> str:
        """Say the lowest and the highest bar."""
        counts = [int(bar.label.split("/")[0].rsplit(" ", 1)[-1]) for bar in self.bars]
        if not counts:
            return ""
        return _("ít nhất %(low)s, nhiều nhất %(high)s", low=min(counts), high=max(counts))


@dataclass(frozen=True, slots=True)
class Asked:
    """What the check is about, found in the database already."""

    question: Question
    conditions: Mapping[str, SiteCondition]
    refusals: Sequence[str] = ()
    dates: Sequence[SeriesDate] = ()


def check(session: Session, actor: Actor, asked: Asked) -> Check:
    """Answer for the first day asked; clashes count over the whole series."""
    question = asked.question
    findings = check_availability(session, question)
    first = question.spans[0]
    day = local(first.start).date()
    scale = DayScale.around(day, [first])
    taken = {clash.resource for clash, _row in findings.clashes}
    sites = [site.code for site in question.sites]
    result = Check(
        scale,
        first,
        now(),
        free_sites=sum(code not in taken for code in sites),
        all_sites=len(sites),
        room_free=None if question.room is None else question.room.code not in taken,
        ports_left=findings.ports_left,
        ports=question.room.bridge.ports if question.room else None,
        clashes=len(taken) + bool(findings.shortages) + bool(findings.room_shortage),
        series=len(question.spans),
        doubtful=sum(c.is_doubtful for code, c in asked.conditions.items() if code in set(sites)),
        refusals=asked.refusals,
    )
    result.bars = _bars(session, question, scale, first)
    lanes = lanes_of(session, actor, question, findings, scale, asked.conditions)
    result.lanes = lanes[:SHOWN_LANES]
    result.more_lanes = len(lanes) - len(result.lanes)
    if len(question.spans) > 1:
        result.dates = series_dates(session, actor, findings, asked.dates)
    if not findings.is_free:
        result.offers = [_offer(o, question) for o in _whole_offers(session, actor, findings)]
    return result


def _whole_offers(session: Session, actor: Actor, findings: Findings) -> list[dict[str, Any]]:
    """Return the offers for the whole; those for single dates stand at their dates."""
    offers = alternatives_to(session, actor, findings)
    return [offer for offer in offers if offer["instead_of"] is None]


def _bars(session: Session, question: Question, scale: DayScale, asked: Interval) -> list[Bar]:
    if not question.sites:
        return []
    bars: list[Bar] = []
    for cell in heat_of(session, question.sites, scale.window, question.ignore_conference_id):
        piece = scale.piece(cell.interval)
        if piece is None:
            continue
        height = HEAT_HEIGHT * cell.free / cell.total
        label = f"{time_vi(cell.interval.start)} {cell.free}/{cell.total}"
        bars.append(Bar(piece, round(height, 1), cell.interval.overlaps(asked), label))
    return bars


def _offer(offer: Mapping[str, Any], question: Question) -> Offer:
    starts, ends = (local(datetime.fromisoformat(offer[k])) for k in ("starts_at", "ends_at"))
    missing: list[str] = offer["missing"]
    names = question.names()
    all_sites = len(question.sites)
    when = f"{date_vi(starts, 'day')} · {time_vi(starts)}–{time_vi(ends)}"
    other_room = question.room is not None and offer["room"] not in (None, question.room.code)
    title = f"{when}, {offer['room_name']}" if other_room else when
    note = _("Đủ phòng và %(count)s/%(all)s điểm cầu", count=all_sites, all=all_sites)
    if not all_sites:
        note = _("Phòng rảnh")
    if missing:
        lost = ", ".join(names[code] for code in missing[:2])
        lost += _(" và %(count)s điểm khác", count=len(missing) - 2) if len(missing) > 2 else ""
        kept = all_sites - len(missing)
        note = _("%(count)s/%(all)s, thiếu %(names)s", count=kept, all=all_sites, names=lost)
    same_time = starts == question.spans[0].start
    label = _("Dùng giờ này")
    if other_room and same_time:
        label = _("Dùng phòng này")
    elif missing and same_time:
        label = _("Bỏ điểm trùng")
    value = "|".join(
        [
            date_vi(starts),
            time_vi(starts),
            write_end(starts, ends),
            offer["room"] or "",
            ",".join(missing),
        ]
    )
    return Offer(value, title, note, not missing, label)
