"""A request checked against the house: known room and sites, possible times, allowed place."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from conferencing.booking.requests import AttendeeRequest, BookingRequest, DateMove
from conferencing.domain.booking_rules import (
    DEFAULT_PRIORITIES,
    LONGEST_BOOKING,
    ConferenceType,
    Priority,
)
from conferencing.domain.conflicts import room_shortage
from conferencing.domain.errors import (
    NoOccurrenceError,
    OverlappingOccurrencesError,
    RecurrenceError,
    StartOutsideRuleError,
    TooManyOccurrencesError,
    UnboundedRuleError,
)
from conferencing.domain.interval import Interval
from conferencing.domain.recurrence import DatedOccurrence, Recurrence
from conferencing.models import Room, Site
from conferencing.places.sites.queries import sites_by_code
from hub.access.actor import Actor
from hub.access.models import OrgUnit
from hub.addresses import BadAddressError, read_address
from hub.clock import TZ, now
from hub.drafts import MESSAGES
from hub.errors import FieldError, Invalid, NotAllowed
from hub.text import clean
from hub.ui.formats import date_vi

MAX_TITLE: Final = 200
MAX_TEXT: Final = 20_000
MAX_SITES: Final = 5_000
MAX_ATTENDEES: Final = 2_000
# An emergency is booked while it begins: a form takes a few minutes to fill in.
EMERGENCY_GRACE: Final = timedelta(minutes=15)
ROLES: Final = ("CHAIR", "REQ-PARTICIPANT", "OPT-PARTICIPANT", "NON-PARTICIPANT")


@dataclass(frozen=True, slots=True)
class Plan:
    """A request that may be written: every name found, every occurrence dated."""

    request: BookingRequest
    room: Room
    sites: tuple[Site, ...]
    host: OrgUnit
    priority: int
    rrule: str
    occurrences: tuple[DatedOccurrence, ...]
    excepted: tuple[DatedOccurrence, ...] = ()

    @property
    def spans(self) -> tuple[Interval, ...]:
        """The spans of all occurrences that take place."""
        return tuple(occurrence.interval for occurrence in self.occurrences)

    @property
    def chair_site_code(self) -> str:
        """The code of the presiding site."""
        return self.request.chair_site or self.sites[0].code


class Checker:
    """Collects what is wrong with a request, so that a form shows everything at once."""

    def __init__(self, session: Session, actor: Actor, capability: str) -> None:
        self.session = session
        self.actor = actor
        self.capability = capability
        self.errors: list[FieldError] = []

    def add(self, field: str, message: str) -> None:
        """Note one thing to mend."""
        self.errors.append(FieldError(field, message))


def check_request(
    session: Session,
    actor: Actor,
    request: BookingRequest,
    *,
    capability: str = "conference.book",
    may_be_past: bool = False,
    present: frozenset[str] = frozenset(),
) -> Plan:
    """Return the plan of a request.

    ``present`` are the codes of sites that take part already: they may stay, even if nobody could
    invite them now.

    Raises:
        Invalid: with every field to mend.
        NotAllowed: the actor may not book for the host unit.
    """
    checker = Checker(session, actor, capability)
    host = host_unit(session, actor, request.host_unit_id, capability)
    request = _checked_words(checker, request)
    _check_times(checker, request, may_be_past)
    sites = _sites(checker, request, present)
    room = _room(checker, request, host, len(sites))
    rule = _recurrence(checker, request)
    if checker.errors or room is None:
        raise Invalid(checker.errors)
    occurrences, excepted, rrule = rule
    return Plan(request, room, sites, host, priority_of(request), rrule, occurrences, excepted)


def checked_matter(session: Session, actor: Actor, request: BookingRequest) -> BookingRequest:
    """Return the request with title, texts, people and times checked, for a plan made elsewhere.

    Raises:
        Invalid: with every field to mend.
    """
    checker = Checker(session, actor, "")
    request = _checked_words(checker, request)
    _check_times(checker, request, may_be_past=False)
    if checker.errors:
        raise Invalid(checker.errors)
    return request


def host_unit(session: Session, actor: Actor, unit_id: int | None, capability: str) -> OrgUnit:
    """Return the unit that hosts; raises NotAllowed when the actor may not book for it."""
    wanted = unit_id or actor.home_unit_id
    unit = session.get(OrgUnit, wanted) if wanted else None
    if unit is None or not actor.can_at(capability, unit):
        raise NotAllowed(_("Bạn không được đặt lịch họp cho đơn vị này."))
    return unit


def priority_of(request: BookingRequest) -> int:
    """Return the priority asked for, else that of the type."""
    if request.priority is not None:
        return request.priority
    by_type = {kind.value: int(priority) for kind, priority in DEFAULT_PRIORITIES.items()}
    return by_type.get(request.type, int(Priority.P3))


def _checked_words(checker: Checker, request: BookingRequest) -> BookingRequest:
    title = " ".join(clean(request.title).split())
    if not title:
        checker.add("title", _("Hãy nhập nội dung cuộc họp."))
    elif len(title) > MAX_TITLE:
        checker.add("title", _("Nội dung cuộc họp dài quá %(limit)s ký tự.", limit=MAX_TITLE))
    if request.type not in {kind.value for kind in ConferenceType}:
        checker.add("type", _("Không có loại cuộc họp này."))
    if request.priority is not None and request.priority not in {int(p) for p in Priority}:
        checker.add("priority", _("Mức ưu tiên là số từ 0 đến 4."))
    for name in ("agenda", "reason"):
        if len(getattr(request, name)) > MAX_TEXT:
            checker.add(name, _("Văn bản dài quá %(limit)s ký tự.", limit=MAX_TEXT))
    return replace(
        request,
        title=title,
        agenda=clean(request.agenda),
        reason=clean(request.reason),
        chair=clean(request.chair)[:160],
        attendees=_attendees(checker, request.attendees),
    )


def _attendees(checker: Checker, asked: tuple[AttendeeRequest, ...]) -> tuple[AttendeeRequest, ...]:
    if len(asked) > MAX_ATTENDEES:
        checker.add("attendees", _("Quá %(limit)s đại biểu.", limit=MAX_ATTENDEES))
        return ()
    found: dict[str, AttendeeRequest] = {}
    for index, attendee in enumerate(asked):
        email = _email(checker, f"attendees.{index}.email", attendee.email)
        if attendee.role not in ROLES:
            checker.add(f"attendees.{index}.role", _("Không có vai trò này."))
        name = " ".join(clean(attendee.name).split())[:160]
        found.setdefault(email, AttendeeRequest(email, name, attendee.role))
    return tuple(found.values())


def _email(checker: Checker, field: str, text: str) -> str:
    try:
        return read_address(text)
    except BadAddressError as error:
        checker.add(field, MESSAGES[error.code]({}))
        return ""


def _check_times(checker: Checker, request: BookingRequest, may_be_past: bool) -> None:
    if request.ends_at <= request.starts_at:
        checker.add("ends_at", _("Giờ kết thúc phải sau giờ bắt đầu."))
        return
    if request.ends_at - request.starts_at > LONGEST_BOOKING:
        checker.add("ends_at", _("Một buổi họp kéo dài nhiều nhất %(days)s ngày.", days=3))
    is_emergency = request.type == ConferenceType.EMERGENCY.value
    earliest = now() - (EMERGENCY_GRACE if is_emergency else timedelta(0))
    if not may_be_past and request.starts_at < earliest:
        checker.add("starts_at", _("Giờ bắt đầu đã qua."))
    for move in request.moves:
        if move.starts_at < now():
            checker.add("moves", _("Một buổi được dời về giờ đã qua."))
        if not timedelta(0) < move.ends_at - move.starts_at <= LONGEST_BOOKING:
            checker.add("moves", _("Giờ kết thúc không hợp lệ."))


def _sites(checker: Checker, request: BookingRequest, present: frozenset[str]) -> tuple[Site, ...]:
    codes = tuple(dict.fromkeys(request.site_codes))
    if not codes:
        checker.add("site_codes", _("Hãy chọn ít nhất một điểm cầu."))
        return ()
    if len(codes) > MAX_SITES:
        checker.add("site_codes", _("Quá nhiều điểm cầu."))
        return ()
    found = sites_by_code(checker.session, codes)
    allowed = checker.actor.scope_for(checker.capability)
    new = [code for code in codes if code not in present]
    missing = [c for c in new if c not in found or not allowed.covers(found[c].unit)]
    resting = [c for c in new if c in found and not found[c].is_active]
    if missing:
        checker.add("site_codes", _("Không có điểm cầu: %(codes)s.", codes=_some(missing)))
    elif resting:
        checker.add("site_codes", _("Điểm cầu đã ngừng dùng: %(codes)s.", codes=_some(resting)))
    if request.chair_site and request.chair_site not in codes:
        checker.add("chair_site", _("Điểm cầu chủ tọa phải có trong danh sách."))
    return tuple(found[code] for code in codes if code in found)


def _some(codes: list[str]) -> str:
    shown = ", ".join(codes[:5])
    return f"{shown}…" if len(codes) > 5 else shown


def _room(checker: Checker, request: BookingRequest, host: OrgUnit, count: int) -> Room | None:
    query = select(Room).options(joinedload(Room.unit)).where(Room.code == request.room_code)
    room = checker.session.scalars(query).first()
    if room is None or not is_room_open_to(room, host, checker.actor):
        checker.add("room", _("Không có phòng họp này."))
        return None
    if not (room.is_active and room.bridge.is_active):
        checker.add("room", _("Phòng họp đã ngừng dùng."))
    elif room_shortage(count, room.capacity) is not None:
        checker.add("room", _("Phòng chỉ nối được %(capacity)s điểm cầu.", capacity=room.capacity))
    return room


def is_room_open_to(room: Room, host: OrgUnit, actor: Actor) -> bool:
    """Whether a host may use the room: it belongs to a unit above it, or to the actor's area."""
    return host.path.startswith(room.unit.path) or actor.scope.covers(room.unit)


Dates = tuple[tuple[DatedOccurrence, ...], tuple[DatedOccurrence, ...], str]


def _recurrence(checker: Checker, request: BookingRequest) -> Dates:
    if request.ends_at <= request.starts_at:
        return (), (), ""
    try:
        return dated(request)
    except RecurrenceError as error:
        checker.add("rrule", _rule_message(error, request))
        return (), (), ""


def dated(request: BookingRequest) -> Dates:
    """Return the occurrences, the excepted ones and the normalised rule of a request.

    Raises:
        RecurrenceError: the rule cannot be used.
    """
    if not request.rrule.strip():
        span = Interval(request.starts_at, request.ends_at)
        return (DatedOccurrence(span.start, span),), (), ""
    rule = Recurrence.parse(request.rrule, TZ, request.exdates)
    duration = request.ends_at - request.starts_at
    kept = _moved(rule.expand(request.starts_at, duration, TZ), request.moves)
    if not rule.exdates:
        return tuple(kept), (), rule.rrule
    everything = Recurrence(rule.rrule).expand(request.starts_at, duration, TZ)
    gone = tuple(o for o in everything if o.recurrence_id in set(rule.exdates))
    return tuple(kept), gone, rule.rrule


def _moved(
    dates: Sequence[DatedOccurrence], moves: Iterable[DateMove]
) -> tuple[DatedOccurrence, ...]:
    """Return the dates with those moved where they are put; raises when two overlap then."""
    orderly = (move for move in moves if move.starts_at < move.ends_at)
    to = {move.recurrence_id: Interval(move.starts_at, move.ends_at) for move in orderly}
    moved = tuple(
        replace(date, interval=to[date.recurrence_id], is_moved=True)
        if date.recurrence_id in to
        else date
        for date in dates
    )
    in_order = sorted(date.interval for date in moved)
    if any(earlier.overlaps(later) for earlier, later in pairwise(in_order)):
        raise OverlappingOccurrencesError("two dates of the series overlap")
    return moved


def _rule_message(error: RecurrenceError, request: BookingRequest) -> str:
    if isinstance(error, StartOutsideRuleError):
        rule = Recurrence.parse(request.rrule, TZ)
        first = rule.first_start(request.starts_at, TZ)
        if first is not None:
            day = date_vi(first, "long")
            return _("Ngày bắt đầu không thuộc lịch lặp; buổi đầu tiên sẽ là %(day)s.", day=day)
    messages: dict[type[RecurrenceError], str] = {
        UnboundedRuleError: _("Lịch lặp phải có ngày kết thúc hoặc số buổi."),
        TooManyOccurrencesError: _("Lịch lặp nhiều nhất 200 buổi trong hai năm."),
        StartOutsideRuleError: _("Ngày bắt đầu không thuộc lịch lặp."),
        NoOccurrenceError: _("Lịch lặp không còn buổi nào."),
        OverlappingOccurrencesError: _("Các buổi trong lịch lặp chồng lên nhau."),
    }
    return messages.get(type(error), _("Lịch lặp không dùng được."))
