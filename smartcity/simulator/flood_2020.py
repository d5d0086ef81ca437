"""Replays the flood of October 2020 as a drill, moved to the present, through MQTT.

First the day before the start is told at its true pace and stamped in the past, so that charts
have a line; then the story goes on from the present moment, `speed` times as fast. Every message
says `"drill": true`.
"""

import json
import logging
import threading
import time
import uuid
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final, Protocol

from smartcity.domain.topics import TopicKind, topic_for
from smartcity.simulator.devices import (
    FIELD_DEVICES,
    DeviceSpec,
    demo_sites,
    line_code,
    power_code,
    site_code,
)
from smartcity.simulator.flood_2020_readings import (
    CURVES,
    LE_THUY,
    LINE_FAILURES,
    POWER_FAILURES,
    SIGHTINGS,
    CameraSighting,
)


class Curve:
    """y over x; constant before the first and after the last point."""

    def __init__(self, points: Sequence[tuple[float, float]]) -> None:
        """Take points in rising order of x.

        Raises:
            ValueError: fewer than two points, or x not rising.
        """
        if len(points) < 2 or any(b[0] <= a[0] for a, b in pairwise(points)):
            raise ValueError("a curve needs two points or more, in rising order")
        self._xs = [x for x, _ in points]
        self._ys = [y for _, y in points]
        self._slopes = _slopes(self._xs, self._ys)

    def __call__(self, x: float) -> float:
        """Height of the curve at x."""
        if x <= self._xs[0]:
            return self._ys[0]
        if x >= self._xs[-1]:
            return self._ys[-1]
        i = bisect_right(self._xs, x) - 1
        width = self._xs[i + 1] - self._xs[i]
        t = (x - self._xs[i]) / width
        return (
            (1 + 2 * t) * (1 - t) ** 2 * self._ys[i]
            + t * (1 - t) ** 2 * width * self._slopes[i]
            + t * t * (3 - 2 * t) * self._ys[i + 1]
            + t * t * (t - 1) * width * self._slopes[i + 1]
        )

    def first_reaching(self, y: float) -> float:
        """The smallest x at which the curve is at or above y, to a millionth of its length.

        Raises:
            ValueError: it never is.
        """
        start = next((i for i, height in enumerate(self._ys) if height >= y), None)
        if start is None:
            raise ValueError(f"the curve never reaches {y}")
        low, high = self._xs[max(start - 1, 0)], self._xs[start]
        while high - low > 1e-6 * (self._xs[-1] - self._xs[0]):
            middle = (low + high) / 2
            low, high = (low, middle) if self(middle) >= y else (middle, high)
        return high


def _slopes(xs: Sequence[float], ys: Sequence[float]) -> list[float]:
    secants = [(y1 - y0) / (x1 - x0) for (x0, y0), (x1, y1) in pairwise(zip(xs, ys, strict=True))]
    inner = [_between(before, after) for before, after in pairwise(secants)]
    return [secants[0], *inner, secants[-1]]


def _between(before: float, after: float) -> float:
    # A turning point is flat; elsewhere the harmonic mean keeps the curve monotone.
    return 0.0 if before * after <= 0 else 2 * before * after / (before + after)


logger = logging.getLogger(__name__)

STORY_STEP: Final = timedelta(minutes=5)
HISTORY: Final = timedelta(hours=24)
HISTORY_STEP: Final = timedelta(minutes=10)
BEFORE_LEVEL_3: Final = timedelta(minutes=75)
LE_THUY_BD3_M: Final = 2.7
SITE_INTERVAL_S: Final = 60.0
STORY_END: Final = LE_THUY[-1].at


class Outlet(Protocol):
    """Where messages go: topic and payload."""

    def __call__(self, topic: str, payload: bytes) -> None:
        """Publish one message."""


@dataclass(frozen=True, slots=True)
class Telling:
    """How story time maps to the present."""

    story_start: datetime
    started_at: datetime
    speed: float

    def story_time(self, now: datetime) -> datetime:
        """Where the story is at this moment."""
        return self.story_start + (now - self.started_at) * self.speed

    def is_over(self, now: datetime) -> bool:
        """True after the last reading."""
        return self.story_time(now) > STORY_END


def level_3_at() -> datetime:
    """The story's moment at which the water at Lệ Thủy reaches alarm level 3."""
    first = LE_THUY[0].at
    curve = _curve("tram-le-thuy", "water_level")
    return first + timedelta(seconds=curve.first_reaching(LE_THUY_BD3_M))


def _curve(code: str, prop: str) -> Curve:
    points = CURVES[(code, prop)]
    first = LE_THUY[0].at
    return Curve([((point.at - first).total_seconds(), point.value) for point in points])


class FloodDrill:
    """Speaks for the devices of the drill."""

    def __init__(self, publish: Outlet, telling: Telling) -> None:
        self._publish = publish
        self._telling = telling
        self._curves = {key: _curve(*key) for key in CURVES}
        self._specs = {spec.code: spec for spec in FIELD_DEVICES}
        self._told_until = telling.story_start
        self._sites_due_at = telling.started_at
        self._drill_id = uuid.uuid4().hex[:8]
        self._lost: set[tuple[str, str]] = set()

    def tell_history(self) -> None:
        """The day before the start, at its own pace, stamped in the past."""
        steps = int(HISTORY / HISTORY_STEP)
        for number in range(steps, 0, -1):
            before = HISTORY_STEP * number
            self._gauges(self._telling.story_start - before, self._telling.started_at - before)

    def tell_sites(self, now: datetime) -> None:
        """Mains and line of every site as they are at this moment of the story."""
        for site in demo_sites():
            for what in ("mains", "link"):
                self._site(site.unit_code, what, now)

    def tell(self, now: datetime) -> None:
        """Everything from where the story stopped to this moment."""
        story = self._telling.story_time(now)
        for failure in (*LINE_FAILURES, *POWER_FAILURES):
            if self._told_until <= failure.at < story:
                self._lost.add((failure.unit_code, failure.what))
                self._site(failure.unit_code, failure.what, now)
        for number, sighting in enumerate(SIGHTINGS):
            if self._told_until <= sighting.at < story:
                self._sighting(number, sighting, now)
        self._gauges(story, now)
        self._told_until = story
        if now >= self._sites_due_at:
            self.tell_sites(now)
            self._sites_due_at = now + timedelta(seconds=SITE_INTERVAL_S)

    def _sighting(self, number: int, sighting: CameraSighting, now: datetime) -> None:
        body: dict[str, object] = {
            "id": f"{self._drill_id}-{number}",
            "observed_at": now.isoformat(),
            "label": sighting.label,
            "score": sighting.score,
            "zone": sighting.zone,
        }
        self._send(self._specs[sighting.camera], TopicKind.DETECTION, body)

    def _gauges(self, story: datetime, observed_at: datetime) -> None:
        seconds = (story - LE_THUY[0].at).total_seconds()
        for (code, prop), curve in self._curves.items():
            spec = self._specs[code]
            body: dict[str, object] = {
                "observed_at": observed_at.isoformat(),
                "values": {prop: round(curve(seconds), 2)},
                "units": {item.prop: item.unit for item in spec.properties},
            }
            self._send(spec, TopicKind.TELEMETRY, body)

    def _site(self, unit_code: str, what: str, now: datetime) -> None:
        device = (power_code if what == "mains" else line_code)(site_code(unit_code))
        value = 0 if (unit_code, what) in self._lost else 1
        body = {"observed_at": now.isoformat(), "values": {what: value}, "drill": True}
        self._publish(topic_for(unit_code, device, TopicKind.TELEMETRY), _json(body))

    def _send(self, spec: DeviceSpec, kind: TopicKind, body: dict[str, object]) -> None:
        self._publish(topic_for(spec.unit_code, spec.code, kind), _json(body | {"drill": True}))


def _json(body: dict[str, object]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def run_flood(
    publish: Outlet,
    clock: Callable[[], datetime],
    speed: float,
    stopping: threading.Event,
    *,
    is_demo: bool = False,
) -> None:
    """Tell the story until its end or until `stopping` is set.

    The demo starts shortly before alarm level 3 and goes on reporting the last values after the
    end, for a map full of silent devices is not what a visitor should find an hour later.
    """
    story_start = level_3_at() - BEFORE_LEVEL_3 if is_demo else LE_THUY[0].at
    telling = Telling(story_start, clock(), speed)
    drill = FloodDrill(publish, telling)
    drill.tell_history()
    logger.info("history told, the drill goes on at %s times the pace", speed)
    for _ in _beats(stopping, min(STORY_STEP.total_seconds() / speed, SITE_INTERVAL_S)):
        now = clock()
        if telling.is_over(now) and not is_demo:
            return
        drill.tell(now)


def _beats(stopping: threading.Event, every_s: float) -> Iterator[None]:
    due = time.monotonic()
    while not stopping.wait(max(0.0, due - time.monotonic())):
        yield
        due += every_s
