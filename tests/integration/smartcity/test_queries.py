"""Reading: the same picture on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from hub.access.actor import SYSTEM
from hub.clock import now
from hub.db import db, transaction
from smartcity import demo
from smartcity.alerts.conditions import site_conditions
from smartcity.alerts.queries import AlertFilter, alerts, counts_by_severity, counts_by_view
from smartcity.devices.queries import DeviceFilter, device_counts, devices, gaps
from smartcity.devices.stations import course_phrase, stations
from smartcity.models import AlarmMarks, Device, Rule
from smartcity.series.history import history
from tests.integration.smartcity.conftest import World, new_alert, new_device, new_series

EVERYTHING = SYSTEM.scope


def test_history_keeps_lowest_highest_and_mean_in_few_points(world: World) -> None:
    end = now().replace(microsecond=0)
    start = end - timedelta(hours=24)
    readings = [(start + timedelta(minutes=i), float(i % 60)) for i in range(24 * 60)]
    with transaction() as session:
        device = session.scalars(select(Device)).one()
        series = new_series(session, device, "water_level", "m", readings)
    points = history(db.session(), series.id, start, end, points=24)
    assert len(points) == 24
    assert [(p.low, p.high, p.mean, p.count) for p in points] == [(0.0, 59.0, 29.5, 60)] * 24
    assert [p.at for p in points] == sorted(p.at for p in points)


def test_history_returns_every_reading_when_there_are_few(world: World) -> None:
    end = now()
    readings = [(end - timedelta(hours=3 - i), 1.0 + i) for i in range(3)]
    with transaction() as session:
        device = session.scalars(select(Device)).one()
        series = new_series(session, device, "water_level", "m", readings)
    points = history(db.session(), series.id, end - timedelta(hours=6), end)
    assert [(p.at, p.mean) for p in points] == readings


def test_gaps_are_found_where_nothing_came(world: World) -> None:
    end = now()
    minutes = (120, 110, 100, 40, 30)
    readings = [(end - timedelta(minutes=m), 1.0) for m in minutes]
    with transaction() as session:
        device = session.scalars(select(Device)).one()
        series = new_series(session, device, "water_level", "m", readings)
    found = gaps(db.session(), series.id, end - timedelta(hours=24), timedelta(minutes=15))
    assert found == [(readings[2][0], readings[3][0])]


@pytest.mark.parametrize(
    ("marks", "level", "severity", "phrase"),
    [
        ((1.2, 2.2, 2.7), 4.88, "critical", "trên BĐ3 2,18 m"),
        ((1.2, 2.2, 2.7), 1.0, "normal", "dưới BĐ1 0,20 m"),
        ((None, None, 2.0), 1.62, "unknown", "dưới BĐ3 0,38 m"),
        (None, 1.62, "unknown", "chưa có ngưỡng"),
    ],
)
def test_a_station_speaks_as_the_bulletin_does(
    world: World,
    marks: tuple[float | None, float | None, float | None] | None,
    level: float,
    severity: str,
    phrase: str,
) -> None:
    at = now()
    readings = [(at - timedelta(minutes=60 - 10 * i), level - 0.1 * (6 - i)) for i in range(7)]
    with transaction() as session:
        device = session.scalars(select(Device)).one()
        new_series(session, device, "water_level", "m", readings)
        if marks:
            session.add(AlarmMarks(device_id=device.id, bd1=marks[0], bd2=marks[1], bd3=marks[2]))
    station = stations(db.session(), EVERYTHING, at)[0]
    assert (station.severity, station.phrase) == (severity, phrase)
    assert station.course_phrase == "đang lên, +60 cm/giờ"
    assert not station.is_stale


def test_a_drill_says_its_direction_but_no_centimetres_an_hour() -> None:
    said = [course_phrase(trend, is_drill=True) for trend in (533.0, -533.0, 0.0, None)]

    assert said == ["đang lên", "đang xuống", "đứng", "chưa rõ xu thế"]


def test_an_old_reading_is_stale_and_never_counts_as_normal(world: World) -> None:
    with transaction() as session:
        device = session.scalars(select(Device)).one()
        new_series(session, device, "water_level", "m", [(now() - timedelta(hours=4), 0.5)])
        session.add(AlarmMarks(device_id=device.id, bd1=1.2, bd2=2.2, bd3=2.7))
    station = stations(db.session(), EVERYTHING, now())[0]
    assert (station.is_stale, station.severity) == (True, "unknown")


def test_a_site_is_judged_by_its_gravest_sensor(world: World) -> None:
    at = now()
    with transaction() as session:
        for site, kind, prop, value, age in (
            ("A", "site_power", "mains", 0.0, 1),
            ("A", "site_line", "link", 0.0, 1),
            ("B", "site_power", "mains", 1.0, 1),
            ("B", "site_line", "link", 0.0, 1),
            ("C", "site_power", "mains", 1.0, 1),
            ("D", "site_power", "mains", 1.0, 60),
        ):
            device = new_device(session, world, f"{prop}-{site}", kind, "19291")
            device.site_code = site
            new_series(session, device, prop, "", [(at - timedelta(minutes=age), value)])
    found = site_conditions(db.session(), ["A", "B", "C", "D", "E"])
    assert {code: condition.state for code, condition in found.items()} == {
        "A": "power_lost",
        "B": "line_lost",
        "C": "ok",
        "D": "unknown",
        "E": "unknown",
    }
    assert found["A"].detail.startswith("mất điện từ ")


def test_alerts_come_worst_first_and_only_from_the_own_part(world: World) -> None:
    with transaction() as session:
        device = session.scalars(select(Device)).one()
        new_alert(session, device, "CB-2", severity="high")
        held = {"state": "ACKED", "raised_at": now() - timedelta(hours=5)}
        new_alert(session, device, "CB-3", **held)
        new_alert(session, device, "CB-4", state="CLOSED", open_key=None)
    session = db.session()
    found = alerts(session, EVERYTHING, AlertFilter())
    assert [alert.code for alert in found] == ["CB-1", "CB-3", "CB-2"]
    assert counts_by_severity(session, EVERYTHING)["critical"] == 2
    assert counts_by_view(session, EVERYTHING, AlertFilter())["unowned"] == 2
    assert alerts(session, world.actor("oanh").scope, AlertFilter()) == []
    assert [a.code for a in alerts(session, EVERYTHING, AlertFilter(text="MUC NUOC"))] != []


def test_devices_are_filtered_by_what_people_see_of_them(world: World) -> None:
    at = now()
    with transaction() as session:
        fresh = new_device(session, world, "cam-1", "camera", "18868")
        fresh.last_seen_at, fresh.status = at, "online"
        old = new_device(session, world, "cam-2", "camera", "19291")
        old.last_seen_at, old.status = at - timedelta(hours=2), "online"
    session = db.session()
    silent = devices(session, EVERYTHING, DeviceFilter(status="silent"), at)
    assert [device.code for device in silent] == ["cam-2"]
    by_kind, by_status = device_counts(session, EVERYTHING, DeviceFilter(), at)
    assert by_kind == {"camera": 2, "river_gauge": 1}
    assert by_status == {"online": 1, "silent": 1, "unknown": 1}


def test_the_demo_is_seeded_once(world: World) -> None:
    for _ in range(2):
        with transaction() as session:
            demo.seed(session)
    codes = db.session.scalars(select(Rule.code)).all()
    assert len(codes) == len(demo.RULES) + 1
    seeded = db.session.scalars(select(Device).where(Device.kind == "site_power")).unique().all()
    assert {device.unit.code for device in seeded} == set(world.units)
