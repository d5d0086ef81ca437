"""The sites of a conference as its page shows them: trouble first, then by role and by name."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import gettext as _

from conferencing.models import ConferenceSite
from hub.contracts.sites import SiteCondition
from hub.text import fold, sort_key

ROLE_RANK: Final = {"chair": 0, "relay": 1, "join": 2}
SortKey = tuple[tuple[int, ...], tuple[int, ...], str]


@dataclass(frozen=True, slots=True)
class SiteRow:
    """A site taking part and what is known of its power and line (None: nobody measures)."""

    row: ConferenceSite
    condition: SiteCondition | None

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
    "trouble": lambda row: row.is_doubtful,
    "waiting": lambda row: row.is_waiting,
    "accepted": lambda row: row.row.partstat in ("ACCEPTED", "TENTATIVE"),
    "declined": lambda row: row.row.partstat == "DECLINED",
}


def site_rows(
    sites: Sequence[ConferenceSite], conditions: Mapping[str, SiteCondition]
) -> list[SiteRow]:
    """Return all sites in the order of the page."""
    return sorted((SiteRow(row, conditions.get(row.site.code)) for row in sites), key=_rank)


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
