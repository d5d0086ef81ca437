"""How dates, times, ages and numbers are written: dd/MM/yyyy, 24 h, decimal comma in Vietnamese."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from babel import Locale
from babel.dates import format_date, format_timedelta
from babel.numbers import format_decimal
from flask import Flask
from flask_babel import get_locale
from flask_babel import gettext as _

from hub import clock
from hub.addresses import readable_address
from hub.ui import states

# Beyond it, digit by digit means nothing (and the library's decimals end).
LARGEST_WRITTEN = 1e15


@dataclass(frozen=True)
class Sparkline:
    """A line inside a box of width x height units, y pointing down as in SVG."""

    width: int
    height: int
    line: str
    area: str
    threshold_y: float | None
    last: tuple[float, float] | None


@dataclass(frozen=True)
class Segment:
    """One part of a proportion bar: where it starts and how wide it is, in per cent."""

    offset: float
    share: float
    count: int
    kind: str
    label: str


def sparkline(
    points: Sequence[float | None],
    threshold: float | None = None,
    width: int = 60,
    height: int = 32,
) -> Sparkline:
    """Scale evenly spaced readings (None is a gap) and a threshold into the box."""
    known = [p for p in points if p is not None]
    scale = [*known, threshold] if threshold is not None else known
    low, high = (min(scale), max(scale)) if scale else (0.0, 1.0)
    span = (high - low) or 1.0
    margin = 3
    step = (width - 2 * margin) / max(len(points) - 1, 1)

    def y(value: float) -> float:
        return round(height - margin - (value - low) / span * (height - 2 * margin), 1)

    placed = [
        (round(margin + i * step, 1), y(value)) if value is not None else None
        for i, value in enumerate(points)
    ]
    runs = _runs(placed)
    drawn = [place for run in runs for place in run]
    return Sparkline(
        width=width,
        height=height,
        line=" ".join(_path(run) for run in runs),
        area=" ".join(_area(run, height) for run in runs if len(run) > 1),
        threshold_y=y(threshold) if threshold is not None else None,
        last=drawn[-1] if drawn else None,
    )


def _runs(placed: Sequence[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    runs: list[list[tuple[float, float]]] = [[]]
    for place in placed:
        if place is not None:
            runs[-1].append(place)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _path(run: Sequence[tuple[float, float]]) -> str:
    return "M" + " L".join(f"{x} {y}" for x, y in run)


def _area(run: Sequence[tuple[float, float]], height: int) -> str:
    return f"{_path(run)} L{run[-1][0]} {height} L{run[0][0]} {height} Z"


def proportions(parts: Sequence[tuple[int, str, str]]) -> list[Segment]:
    """Turn (count, kind, label) into segments that fill the bar; empty parts are left out."""
    total = sum(count for count, _, _ in parts)
    segments: list[Segment] = []
    offset = 0.0
    for count, kind, label in parts:
        if count <= 0:
            continue
        share = 100 * count / total
        segments.append(Segment(round(offset, 3), round(share, 3), count, kind, label))
        offset += share
    return segments


_LONG_DATE = {"vi": "EEEE, dd/MM/yyyy", "en": "EEEE, dd/MM/yyyy"}
_NO_VALUE = "–"


def _locale() -> Locale:
    return get_locale() or Locale("vi")


def _as_date(value: date | datetime) -> date:
    return clock.local(value).date() if isinstance(value, datetime) else value


def date_vi(value: date | datetime | None, style: str = "short") -> str:
    """Write 19/10/2020, or with style "long" Thứ Hai, 19/10/2020, or "day" 19/10."""
    if value is None:
        return _NO_VALUE
    day = _as_date(value)
    if style == "day":
        return day.strftime("%d/%m")
    if style == "long":
        return format_date(day, _LONG_DATE[_language()], locale=_locale())
    return day.strftime("%d/%m/%Y")


def _language() -> str:
    return "en" if _locale().language == "en" else "vi"


def time_vi(value: datetime | None, seconds: bool = False) -> str:
    """Write 07:30 in the province's own time, or 07:30:05."""
    if value is None:
        return _NO_VALUE
    return clock.local(value).strftime("%H:%M:%S" if seconds else "%H:%M")


def datetime_vi(value: datetime | None) -> str:
    """Write 07:30 19/10/2020: the time first, as Vietnamese do."""
    if value is None:
        return _NO_VALUE
    return f"{time_vi(value)} {date_vi(value)}"


def age_vi(value: datetime | None, now: datetime | None = None) -> str:
    """Say how long ago (6 phút trước) or how soon (sau 2 giờ); within half a minute: vừa xong."""
    if value is None:
        return _NO_VALUE
    delta = value - (now or clock.now())
    if abs(delta.total_seconds()) < 30:
        return _("vừa xong")
    return format_timedelta(delta, add_direction=True, threshold=1.5, locale=_locale())


def number_vi(value: float | None, decimals: int | None = None) -> str:
    """Write 4,88 or 1.234 (in English 4.88 or 1,234); fixed decimals on request."""
    if value is None:
        return _NO_VALUE
    if not abs(value) < LARGEST_WRITTEN:
        return f"{value:.3g}"
    pattern = "#,##0.###" if decimals is None else "#,##0" + ("." + "0" * decimals) * bool(decimals)
    return format_decimal(value, pattern, locale=_locale())


def initials(name: str) -> str:
    """Give the letters of the last two words: Trần Thị Minh Hằng is MH."""
    return "".join(word[0] for word in name.split()[-2:]).upper()


def register(app: Flask) -> None:
    """Offer the formats as template filters and the drawings and states as globals."""
    for fmt in (
        date_vi,
        time_vi,
        datetime_vi,
        age_vi,
        number_vi,
        initials,
        readable_address,
    ):
        app.jinja_env.filters[fmt.__name__] = fmt
    app.jinja_env.globals.update(
        now=clock.now,
        severity_look=states.severity_look,
        state_look=states.state_look,
        sparkline_of=sparkline,
        proportions_of=proportions,
    )
