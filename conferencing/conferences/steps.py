"""The life of a conference as the row of steps on its page, each with its time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from conferencing.conferences.sites import SiteRow
from conferencing.domain.states import DisplayState
from conferencing.invitations.queries import Delivery
from conferencing.models import Conference, Occurrence
from hub.clock import local
from hub.ui.formats import date_vi, time_vi

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
