"""The words of a letter about a conference: which dates it speaks of, and what it says of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal, assert_never

from flask_babel import gettext as _

from conferencing.domain.changes import Aspect
from conferencing.domain.interval import Interval
from conferencing.invitations.letter_text import short_moment, time_of
from conferencing.models import Conference, Occurrence
from conferencing.revisions import sites_text
from hub.clock import now

Verb = Literal[
    "booked", "changed", "cancelled", "removed", "moved", "occurrence_cancelled", "continued"
]
CANCELS: Final = ("cancelled", "removed", "occurrence_cancelled")
# They ask for no answer.
UNANSWERED: Final = (*CANCELS, "continued")
EARLY_MINUTES: Final = 10
MAX_LISTED_DATES: Final = 12


@dataclass(frozen=True, slots=True)
class About:
    """What a letter is about, where it is not the whole conference as it stands.

    ``occurrence`` is the one date concerned, ``dates`` those just called off, ``was`` the time
    before the change (a reader must see from where to where), ``changed`` the sides that changed.
    ``others_stay`` says of a letter that calls something off that other dates stay in the
    calendar of its reader: held ones, or those before the first one called off. ``followed_by``
    is the conference in which a series goes on that ends here.
    """

    occurrence: Occurrence | None = None
    dates: Sequence[Occurrence] = ()
    reason: str = ""
    was: Interval | None = None
    changed: frozenset[Aspect] = frozenset()
    others_stay: bool = False
    followed_by: Conference | None = None


WHOLE: Final = About()


def dates_ahead(conference: Conference) -> list[Occurrence]:
    """Return the dates a letter of today speaks of: those still to be held, in order of time.

    When none is, those that were; a conference without any still has the time it was asked for.
    """
    held = [o for o in conference.occurrences if o.status != "CANCELLED"]
    ahead = [o for o in held if o.ends_at > now()]
    return sorted(ahead or held or conference.occurrences, key=lambda o: o.starts_at)


class LetterWords:
    """What a letter of one kind says to everybody alike, in the language of the moment.

    Worked out once for all who get it: a booking writes one for each of 160 sites.
    """

    def __init__(self, conference: Conference, verb: Verb, about: About) -> None:
        self.conference = conference
        self.verb = verb
        self.about = about
        self.dates = _dates(conference, about)
        self.unit = conference.host_unit.name
        first = self.dates[0]
        self.time = time_of(first.starts_at, first.ends_at)
        was = about.was
        self.old_time = time_of(was.start, was.end) if was else None

    @cached_property
    def subject(self) -> str:
        """What the mailbox lists."""
        conference, verb = self.conference, self.verb
        words = {"title": conference.title, "when": short_moment(self.dates[0].starts_at)}
        match verb:
            case "booked":
                return _("Giấy mời: %(title)s, %(when)s", **words)
            case "changed":
                return _("Điều chỉnh lần %(count)s: %(title)s, %(when)s",
                         count=conference.revision, **words)  # fmt: skip
            case "moved":
                return _("Dời buổi họp: %(title)s, %(when)s", **words)
            case "occurrence_cancelled":
                return _("Hủy buổi họp: %(title)s, %(when)s", **words)
            case "removed":
                return _("Thôi mời: %(title)s, %(when)s", **words)
            case "cancelled":
                return self._cancelled_subject(words)
            case "continued":
                return _("Chuỗi họp tiếp tục theo giấy mời mới: %(title)s", title=conference.title)
            case _:
                assert_never(verb)

    def _cancelled_subject(self, words: dict[str, str]) -> str:
        count = len(self.dates)
        if count == 1:
            return _("Hủy: %(title)s, %(when)s", **words)
        if self.about.others_stay:
            return _("Hủy %(count)s buổi: %(title)s, từ %(when)s", count=count, **words)
        return _("Hủy cả %(count)s buổi: %(title)s, từ %(when)s", count=count, **words)

    def _cancelled_heading(self) -> str:
        if self.about.others_stay:
            return _("Hủy các buổi còn lại của chuỗi")
        return _("Hủy cả chuỗi cuộc họp") if len(self.dates) > 1 else _("Hủy cuộc họp")

    @cached_property
    def heading(self) -> str:
        """What kind of letter it is."""
        match self.verb:
            case "booked":
                return _("Giấy mời họp trực tuyến")
            case "changed":
                return _("Điều chỉnh cuộc họp")
            case "moved":
                return _("Thay đổi giờ một buổi họp")
            case "occurrence_cancelled":
                return _("Hủy một buổi họp")
            case "removed":
                return _("Thôi mời họp")
            case "cancelled":
                return self._cancelled_heading()
            case "continued":
                return _("Chuỗi họp tiếp tục theo giấy mời mới")
            case _:
                assert_never(self.verb)

    @cached_property
    def opening(self) -> str:
        """The first sentence."""
        unit = self.unit
        match self.verb:
            case "booked":
                return _("%(unit)s trân trọng kính mời dự họp trực tuyến.", unit=unit)
            case "changed":
                return _("%(unit)s xin thông báo điều chỉnh cuộc họp trực tuyến.", unit=unit)
            case "moved":
                return _("%(unit)s xin thông báo dời một buổi họp trực tuyến.", unit=unit)
            case "removed":
                return _("%(unit)s xin thông báo: quý vị không cần dự cuộc họp này nữa.", unit=unit)
            case "occurrence_cancelled":
                return _("%(unit)s xin thông báo hủy một buổi họp trực tuyến.", unit=unit)
            case "cancelled":
                return self._cancelled_opening()
            case "continued":
                return _(
                    "%(unit)s xin thông báo: từ buổi này, chuỗi họp theo giấy mời mới, gửi riêng.",
                    unit=unit,
                )
            case _:
                assert_never(self.verb)

    def _cancelled_opening(self) -> str:
        if len(self.dates) == 1:
            return _("%(unit)s xin thông báo hủy cuộc họp trực tuyến.", unit=self.unit)
        return _(
            "%(unit)s xin thông báo hủy tất cả %(count)s buổi họp còn lại của chuỗi.",
            unit=self.unit,
            count=len(self.dates),
        )

    @cached_property
    def rows(self) -> tuple[tuple[str, str], ...]:
        """The labelled lines; an empty one is left out."""
        conference, room = self.conference, self.conference.room
        is_cancel = self.verb in CANCELS
        rows = [
            (_("Thay đổi"), self._changed_text()),
            (_("Lặp lại"), self._series_text()),
            (_("Các buổi"), self._dates_text()),
            (_("Đơn vị mời"), self.unit),
            (_("Chủ trì"), conference.chair),
            (_("Lý do"), self.about.reason if is_cancel else conference.reason),
        ]
        if self.about.followed_by is not None:
            rows.append((_("Tiếp tục ở"), self.about.followed_by.code))
        if self.verb not in UNANSWERED:
            rows += [
                (_("Phòng họp trực tuyến"), room.name),
                (_("Liên kết tham gia"), room.join_url),
                (_("Gọi vào"), room.dial_in),
                (_("Thành phần điểm cầu"), sites_text(conference.sites)),
            ]
        return (*rows, (_("Mã cuộc họp"), conference.code))

    def closing(self, *, is_site: bool) -> tuple[str, ...]:
        """The last sentences; a site is also told to have its technician there."""
        others = (_("Các buổi khác của chuỗi giữ nguyên."),) if self._leaves_others() else ()
        if self.verb == "continued":
            return (_("Các buổi trước đó giữ nguyên trong lịch."),)
        if self.verb in CANCELS:
            return others
        early = _("Đề nghị vào phòng họp trước %(minutes)s phút.", minutes=EARLY_MINUTES)
        if self.conference.type == "emergency":  # it may begin at once: an hour before is no help
            return (*others, early)
        duty = _("Cán bộ kỹ thuật có mặt trước giờ họp 60 phút để kiểm tra đường truyền.")
        return (*others, duty, early) if is_site else (*others, early)

    def _leaves_others(self) -> bool:
        if self.about.others_stay:
            return True
        one = self.about.occurrence
        return one is not None and any(o is not one for o in dates_ahead(self.conference))

    def _changed_text(self) -> str:
        labels = {
            Aspect.TIME: _("thời gian"),
            Aspect.RECURRENCE: _("các buổi của chuỗi"),
            Aspect.ROOM: _("phòng họp"),
            Aspect.JOIN: _("cách tham gia"),
            Aspect.SITES: _("thành phần điểm cầu"),
            Aspect.TITLE: _("nội dung cuộc họp"),
            Aspect.AGENDA: _("chủ trì, chương trình"),
        }
        return ", ".join(word for aspect, word in labels.items() if aspect in self.about.changed)

    def _series_text(self) -> str:
        if not self._is_of_series():
            return ""
        last = short_moment(self.dates[-1].starts_at)
        return _("%(count)s buổi, buổi cuối %(last)s", count=len(self.dates), last=last)

    def _dates_text(self) -> str:
        """Return every date of a short series; a long one has its number and its last date."""
        if not self._is_of_series() or len(self.dates) > MAX_LISTED_DATES:
            return ""
        return ", ".join(short_moment(date.starts_at) for date in self.dates)

    def _is_of_series(self) -> bool:
        return bool(self.conference.rrule) and len(self.dates) > 1


def _dates(conference: Conference, about: About) -> list[Occurrence]:
    if about.occurrence is not None:
        return [about.occurrence]
    if about.followed_by is not None:
        return dates_ahead(about.followed_by)
    if about.dates:
        return sorted(about.dates, key=lambda o: o.starts_at)
    return dates_ahead(conference)
