"""The history of a conference in words: who did what when, before and after."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from conferencing.models import ConferenceChange
from hub.ui.formats import datetime_vi
from hub.ui.states import Look, state_look


@dataclass(frozen=True, slots=True)
class Line:
    """One side that changed; ``before`` is None where there is nothing to compare with."""

    label: str
    before: str | None
    after: str


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One change in words; ``revision`` is its number as the letters count, 0 for none."""

    at: datetime
    actor: str
    look: Look
    revision: int
    lines: Sequence[Line]


VERBS: Final[Mapping[str, Look]] = {
    "booked": Look(icon="calendar-plus", word=_l("Đặt lịch")),
    "convened": Look(icon="calendar-plus", word=_l("Triệu tập họp khẩn")),
    "changed": Look(icon="pencil", word=_l("Sửa")),
    "continued": Look(icon="arrow-right", word=_l("Tiếp tục ở cuộc họp khác")),
    "followed": Look(icon="pencil", word=_l("Sửa từ buổi này")),
    "moved": Look(icon="arrow-right", word=_l("Dời")),
    "cancelled": Look(icon="x", word=_l("Hủy")),
    "occurrence_cancelled": Look(icon="x", word=_l("Hủy một buổi")),
    "displaced": Look(icon="arrow-up-right", word=_l("Nhường chỗ")),
    "sites_displaced": Look(icon="arrow-up-right", word=_l("Nhường chỗ")),
    "answered": Look(icon="check", word=_l("Trả lời")),
    "answers_taken_back": Look(icon="arrow-back-up", word=_l("Hoàn tác trả lời")),
    "reminded": Look(icon="send", word=_l("Đôn đốc")),
    "started": Look(icon="broadcast", word=_l("Bắt đầu họp")),
    "ended": Look(icon="square-check", word=_l("Kết thúc họp")),
}


# What raises the number that letters carry ("Điều chỉnh lần 2").
REVISING: Final = frozenset(
    {"changed", "continued", "followed", "moved", "cancelled", "occurrence_cancelled", "displaced"}
)


def _labels() -> Mapping[str, str]:
    return {
        "aspects": _("Thay đổi"),
        "recurrence_id": _("Buổi"),
        "title": _("Tên"),
        "time": _("Thời gian"),
        "starts_at": _("Bắt đầu"),
        "ends_at": _("Kết thúc"),
        "rrule": _("Lặp lại"),
        "recurrence": _("Lặp lại"),
        "room": _("Phòng"),
        "join": _("Liên kết vào họp"),
        "sites": _("Điểm cầu"),
        "site": _("Điểm cầu"),
        "attendees": _("Thành phần"),
        "attendee": _("Người dự"),
        "agenda": _("Nội dung"),
        "chair": _("Chủ trì"),
        "reason": _("Lý do"),
        "occurrence": _("Buổi"),
        "occurrences": _("Số buổi"),
        "letters": _("Số thư"),
        "partstat": _("Trả lời"),
        "headcount": _("Số người"),
        "technician_name": _("Kỹ thuật"),
        "technician_phone": _("Điện thoại"),
        "proxy_name": _("Người dự thay"),
        "on_behalf_by": _("Trả lời thay"),
        "note": _("Ghi chú"),
        "added_sites": _("Thêm điểm cầu"),
        "removed_sites": _("Bớt điểm cầu"),
        "added_attendees": _("Thêm người"),
        "removed_attendees": _("Bớt người"),
        "by": _("Nhường cho"),
        "continued_by": _("Tiếp tục ở"),
        "follows": _("Tiếp nối"),
        "dates_off": _("Số buổi hủy"),
        "resources": _("Điểm cầu bị lấy"),
        "displaced_by": _("Nhường cho"),
        "displaced": _("Lấy chỗ của"),
        "type": _("Loại"),
        "priority": _("Mức ưu tiên"),
    }


def history_of(changes: Sequence[ConferenceChange]) -> list[HistoryEntry]:
    """Return the entries, newest first."""
    labels = _labels()
    numbers = count(1)
    entries = [
        HistoryEntry(
            at=change.at,
            actor=change.actor_name,
            look=VERBS.get(change.verb, Look(icon="point", word=change.verb)),
            revision=next(numbers) if change.verb in REVISING else 0,
            lines=_lines(change.detail, labels),
        )
        for change in sorted(changes, key=lambda change: change.id)
    ]
    return entries[::-1]


def _lines(detail: Mapping[str, Any], labels: Mapping[str, str]) -> list[Line]:
    before, after = detail.get("before"), detail.get("after")
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        told = ("before", "after", "aspects") if after else ("before", "after")
        rest = {key: value for key, value in detail.items() if key not in told}
        keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
        compared = [
            Line(labels.get(key, key), _words(before.get(key)), _words(after.get(key)))
            for key in keys
        ]
        return [*compared, *_lines(rest, labels)]
    return [
        _line(
            labels[key], [labels.get(name, name) for name in value] if key == "aspects" else value
        )
        for key, value in detail.items()
        if key in labels and value
    ]


def _line(label: str, value: Any) -> Line:
    if isinstance(value, Mapping) and {"before", "after"} <= value.keys():
        return Line(label, _words(value["before"]), _words(value["after"]))
    return Line(label, None, _words(value))


def _words(value: Any) -> str:
    if value in (None, "", [], ()):
        return "–"
    if isinstance(value, list | tuple):
        return ", ".join(_words(item) for item in value)
    text = str(value)
    if len(text) in (20, 25, 32) and text[10:11] == "T":
        return datetime_vi(datetime.fromisoformat(text))
    if text in ("ACCEPTED", "DECLINED", "TENTATIVE", "DELEGATED", "NEEDS-ACTION"):
        return str(state_look("site", text).word)
    return text
