"""The lanes of the check panel: who stands in the way and when, sites of one cause on one lane."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from conferencing.access.queries import visible_ids
from conferencing.availability.day_scale import DayScale, Piece
from conferencing.availability.queries import Findings, Question
from conferencing.domain.conflicts import Clash
from conferencing.domain.interval import Interval, merge
from conferencing.holds.queries import BusyRow, busy_spans
from conferencing.models import Conference, Room, Site
from hub.accounts.actor import Actor
from hub.contracts.sites import SiteCondition
from hub.ui.formats import date_vi, time_vi

Pairs = list[tuple[Clash, BusyRow]]


@dataclass(frozen=True, slots=True)
class Strip:
    """One lane: a resource or several of one cause, what others hold, what is in the way.

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
class Lanes:
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


def strips_of(
    session: Session,
    actor: Actor,
    question: Question,
    findings: Findings,
    scale: DayScale,
    conditions: Mapping[str, SiteCondition],
) -> list[Strip]:
    """Return the lanes, those in the way first."""
    resources: list[Room | Site] = [*([question.room] if question.room else []), *question.sites]
    ids = [resource.id for resource in resources]
    spans = busy_spans(session, ids, scale.window, question.ignore_conference_id)
    seen = visible_ids(session, actor, {row.conference_id for _c, row in findings.clashes})
    lanes = Lanes(session, scale, len(question.spans), spans, frozenset(seen))
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
    strips = [_clash_strip(lanes, group, found[group[0].code]) for group in bad.values()]
    strips += [_doubt_strip(lanes, g, conditions[g[0].code]) for g in doubtful.values()]
    return [*strips, *_free_strips(lanes, free)]


def _cause(resource: Room | Site, pairs: Pairs) -> Hashable:
    if isinstance(resource, Room):
        return resource.code
    return tuple(sorted((row.occurrence_id, clash.interval.start) for clash, row in pairs))


def _names(group: Sequence[Room | Site]) -> str:
    if len(group) == 1:
        return group[0].name
    return _("%(name)s và %(count)s điểm cầu khác", name=group[0].name, count=len(group) - 1)


def _clash_strip(lanes: Lanes, group: Sequence[Room | Site], pairs: Pairs) -> Strip:
    clash, row = pairs[0]
    minutes = int(clash.interval.duration.total_seconds() // 60)
    verdict = _("trùng %(minutes)s phút", minutes=minutes)
    if lanes.series > 1:
        verdict = _("trùng %(count)s/%(all)s buổi", count=len(pairs), all=lanes.series)
    is_seen = row.conference_id in lanes.seen
    other = lanes.session.get(Conference, row.conference_id) if is_seen else None
    span = f"{time_vi(row.block.interval.start)}–{time_vi(row.block.interval.end)}"
    if not lanes.scale.window.overlaps(row.block.interval):
        span = f"{span} {date_vi(row.block.interval.start, 'day')}"
    title = other.title if other else _("Bận, hội nghị ngoài khu vực của bạn")
    words = f"{title} · {span}" + (f" · {other.organizer_name}" if other else "")
    return Strip(
        _names(group),
        is_free=False,
        verdict=verdict,
        busy=lanes.busy(group),
        clash=lanes.scale.pieces([c.interval for c, _row in pairs]),
        words=words,
        link=f"/conferences/{other.code}" if other else "",
        codes=_site_codes(group),
    )


def _doubt_strip(lanes: Lanes, group: Sequence[Room | Site], doubt: SiteCondition) -> Strip:
    return Strip(
        _names(group),
        is_free=False,
        verdict=_("có thể không dùng được"),
        busy=lanes.busy(group),
        is_hatched=True,
        words=doubt.detail or _("Mất điện hoặc mất đường truyền"),
        codes=_site_codes(group),
    )


def _free_strips(lanes: Lanes, free: Sequence[Room | Site]) -> list[Strip]:
    rooms = [resource for resource in free if isinstance(resource, Room)]
    sites = [resource for resource in free if not isinstance(resource, Room)]
    groups: list[Sequence[Room | Site]] = [*([room] for room in rooms)]
    if sites:
        groups.append(sites)
    return [Strip(_names(g), True, _("rảnh"), lanes.busy(g)) for g in groups]


def _site_codes(group: Sequence[Room | Site]) -> tuple[str, ...]:
    return tuple(resource.code for resource in group if not isinstance(resource, Room))
