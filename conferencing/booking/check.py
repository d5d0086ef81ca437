"""The panel "Kiểm tra chỗ": what is free when asked for, what clashes, what else would do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from conferencing.availability.day_scale import DayScale, Piece
from conferencing.availability.queries import Question, alternatives, check_availability, heat_of
from conferencing.booking.lanes import Strip, strips_of
from conferencing.domain.interval import Interval
from conferencing.holds.queries import port_spans
from hub.accounts.actor import Actor
from hub.clock import local, now
from hub.contracts.sites import SiteCondition
from hub.ui.formats import date_vi, time_vi

SHOWN_STRIPS: Final = 8
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
    strips: list[Strip] = field(default_factory=list)
    more_strips: int = 0
    offers: list[Offer] = field(default_factory=list)
    series: int = 1
    doubtful: int = 0

    @property
    def asked_piece(self) -> Piece:
        """Where the asked time lies on every strip."""
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
        ports_left=_ports_left(session, question),
        ports=question.room.bridge.ports if question.room else None,
        clashes=len(taken) + bool(findings.shortages),
        series=len(question.spans),
        doubtful=sum(c.is_doubtful for code, c in asked.conditions.items() if code in set(sites)),
    )
    result.bars = _bars(session, question, scale, first)
    strips = strips_of(session, actor, question, findings, scale, asked.conditions)
    result.strips = strips[:SHOWN_STRIPS]
    result.more_strips = len(strips) - len(result.strips)
    if not findings.is_free:
        result.offers = [_offer(o, question) for o in alternatives(session, actor, question)]
    return result


def _ports_left(session: Session, question: Question) -> int | None:
    if question.room is None:
        return None
    bridge = question.room.bridge
    used = port_spans(session, bridge.id, question.spans[0], question.ignore_conference_id)
    return max(0, bridge.ports - sum(use.ports for use in used))


def _bars(session: Session, question: Question, scale: DayScale, asked: Interval) -> list[Bar]:
    if not question.sites:
        return []
    bars: list[Bar] = []
    for cell in heat_of(session, question.sites, scale.window):
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
            time_vi(ends),
            offer["room"] or "",
            ",".join(missing),
        ]
    )
    return Offer(value, title, note, not missing, label)
