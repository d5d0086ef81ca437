import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from smartcity.domain.topics import TopicKind, topic_for
from smartcity.simulator.devices import all_devices, demo_sites
from smartcity.simulator.flood_2020 import BEFORE_LEVEL_3, Curve, FloodDrill, Telling, level_3_at
from smartcity.simulator.flood_2020_readings import CURVES, LE_THUY, Basis

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def test_the_curve_meets_its_points_and_never_swings_past_them() -> None:
    curve = Curve([(0, 1.0), (2, 4.0), (3, 4.0), (5, 2.0)])

    assert [curve(x) for x in (-1, 0, 2, 3, 5, 9)] == [1.0, 1.0, 4.0, 4.0, 2.0, 2.0]
    heights = [curve(x / 50) for x in range(251)]
    assert max(heights) == 4.0
    assert all(a <= b + 1e-12 for a, b in pairwise(heights[:101]))


@pytest.mark.parametrize("points", [[(0, 1.0)], [(1, 1.0), (1, 2.0)]])
def test_a_curve_needs_rising_points(points: list[tuple[float, float]]) -> None:
    with pytest.raises(ValueError, match="two points"):
        Curve(points)


def test_published_readings_are_kept_and_the_rest_is_marked() -> None:
    observed = {p.at.isoformat(): p.value for p in LE_THUY if p.basis is Basis.OBSERVED}

    assert observed["2020-10-19T01:00:00+07:00"] == 4.79
    assert observed["2020-10-19T06:00:00+07:00"] == 4.88
    assert all(point.source for points in CURVES.values() for point in points)


def told(minutes: float, speed: float = 60) -> list[tuple[str, dict[str, object]]]:
    sent: list[tuple[str, dict[str, object]]] = []
    telling = Telling(level_3_at() - BEFORE_LEVEL_3, NOW, speed)
    drill = FloodDrill(lambda topic, body: sent.append((topic, json.loads(body))), telling)
    drill.tell_history()
    for step in range(int(minutes * 12) + 1):
        drill.tell(NOW + timedelta(seconds=5 * step))
    return sent


def level(sent: list[tuple[str, dict[str, object]]]) -> list[float]:
    bodies = [body for topic, body in sent if "tram-le-thuy" in topic]
    return [body["values"]["water_level"] for body in bodies]  # type: ignore[index]


def test_level_3_is_passed_within_two_minutes_of_the_start() -> None:
    assert level(told(0))[-1] < 2.7
    assert level(told(2))[-1] >= 2.7


def test_everything_is_a_drill_of_known_devices_and_never_ahead_of_now() -> None:
    known = {
        topic_for(spec.unit_code, spec.code, kind) for spec in all_devices() for kind in TopicKind
    }
    sent = told(2)

    assert all(body["drill"] is True for _, body in sent)
    assert {topic for topic, _ in sent} <= known
    last = max(str(body["observed_at"]) for _, body in sent)
    assert datetime.fromisoformat(last) <= NOW + timedelta(minutes=2)


def test_sites_lose_their_line_and_their_power() -> None:
    sent = told(20)
    dark = {t for t, b in sent if b.get("values") == {"mains": 0}}
    cut = {t for t, b in sent if b.get("values") == {"link": 0}}

    assert "city/18874/nguon-DC-18874/telemetry" in dark
    assert "city/19264/duong-truyen-DC-19264/telemetry" in cut
    assert len(demo_sites()) == 160
    assert any(b.get("label") == "flooded_road" for _, b in sent)
