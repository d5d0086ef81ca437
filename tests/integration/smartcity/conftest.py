"""A small province with people, devices and an open alert, on each kind of database."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Settings
from hub.access.actor import Actor, actor_of
from hub.access.models import OrgUnit
from hub.accounts.services import add_user, grant_role
from hub.clock import now
from hub.db import db, transaction
from hub.main.app import create_app
from hub.text import fold
from smartcity.models import Alert, Device, Observation, Rule, Series

SECRET = "long-enough-2020"


@dataclass
class World:
    """What the tests stand on; ids and codes, so that nothing is tied to a session."""

    units: dict[str, int] = field(default_factory=dict)
    users: dict[str, int] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)

    def actor(self, username: str) -> Actor:
        """Return a person as they act."""
        return self.actors[username]

    def alert(self, code: str = "CB-1") -> Alert:
        """Return the alert as the database has it now."""
        db.session.rollback()
        db.session.expire_all()
        return db.session.scalars(select(Alert).where(Alert.code == code)).one()


@pytest.fixture
def app(database_url: str, make_settings: Callable[..., Settings]) -> Iterator[Flask]:
    """The application on a migrated, empty database of this test alone."""
    built = create_app(make_settings(database_url=database_url))
    with built.app_context():
        yield built
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def world(app: Flask) -> World:
    """Province 44, districts 457 and 450, communes below them, people, a gauge and its alert."""
    made = World()
    with transaction() as session:
        _units(session, made)
        _people(session, made)
        _things(session, made)
    return made


def _unit(session: Session, made: World, code: str, name: str, place: tuple[float, float]) -> None:
    level, parent = {2: ("province", None), 3: ("district", "44")}.get(
        len(code), ("commune", "457" if code.startswith("19") else "450")
    )
    unit = OrgUnit(
        code=code,
        level=level,
        name=name,
        name_fold=fold(name),
        parent_id=made.units[parent] if parent else None,
        lat=place[0],
        lon=place[1],
        valid_from=date(2020, 2, 1),
    )
    session.add(unit)
    session.flush()
    above = session.get(OrgUnit, unit.parent_id) if unit.parent_id else None
    unit.path = f"{above.path if above else '/'}{unit.id}/"
    made.units[code] = unit.id


def _units(session: Session, made: World) -> None:
    for code, name, place in (
        ("44", "Tỉnh Quảng Bình", (17.466, 106.598)),
        ("450", "Thành phố Đồng Hới", (17.466, 106.598)),
        ("457", "Huyện Lệ Thủy", (17.223, 106.79)),
        ("18868", "Phường Đồng Hải", (17.47, 106.62)),
        ("19249", "Thị trấn Kiến Giang", (17.223, 106.79)),
        ("19291", "Xã An Thủy", (17.26, 106.77)),
        ("19318", "Xã Kim Thủy", (16.95, 106.65)),
    ):
        _unit(session, made, code, name, place)


def _people(session: Session, made: World) -> None:
    for username, name, role, unit_code in (
        ("bao", "Đặng Quốc Bảo", "operator", "44"),
        ("hoa", "Nguyễn Thị Hòa", "operator", "44"),
        ("khoa", "Trần Đình Khoa", "leader", "44"),
        ("oanh", "Nguyễn Thị Kim Oanh", "operator", "450"),
        ("ha", "Lê Thị Thu Hà", "viewer", "457"),
        ("dung", "Phan Văn Dũng", "technician", "44"),
    ):
        user = add_user(session, username=username, full_name=name, password=SECRET)
        unit = session.get(OrgUnit, made.units[unit_code])
        assert unit is not None
        grant_role(session, user, role, unit)
        session.flush()
        session.refresh(user)
        made.users[username] = user.id
        made.actors[username] = actor_of(user)


def new_device(session: Session, made: World, code: str, kind: str, unit_code: str) -> Device:
    """Add an active device with a five-minute interval at Lệ Thủy's gauge."""
    at = now()
    device = Device(
        code=code,
        name=code.capitalize(),
        name_fold=fold(code),
        kind=kind,
        unit_id=made.units[unit_code],
        lat=17.224,
        lon=106.79,
        expected_interval_s=300,
        created_at=at,
        updated_at=at,
    )
    session.add(device)
    session.flush()
    return device


def new_series(
    session: Session, device: Device, prop: str, unit: str, readings: list[tuple[datetime, float]]
) -> Series:
    """Add a series with readings, the newest of which is its latest value."""
    series = Series(device_id=device.id, prop=prop, unit=unit)
    if readings:
        series.latest_observed_at = series.latest_received_at = readings[-1][0]
        series.latest_value = readings[-1][1]
        device.last_seen_at, device.status = readings[-1][0], "online"
    session.add(series)
    session.flush()
    session.add_all(
        Observation(series_id=series.id, observed_at=at, received_at=at, value=value)
        for at, value in readings
    )
    return series


def new_alert(session: Session, device: Device, code: str, **changes: object) -> Alert:
    """Add an unacknowledged critical alert raised a minute ago."""
    at = now() - timedelta(minutes=1)
    facts: dict[str, object] = {
        "code": code,
        "open_key": f"test:{code}",
        "device_id": device.id,
        "unit_id": device.unit_id,
        "kind": "alarm_mark",
        "severity": "critical",
        "state": "UNACK",
        "title": "Mực nước trên BĐ3",
        "title_fold": "muc nuoc tren bd3",
        "prop": "water_level",
        "value": 4.88,
        "value_unit": "m",
        "raised_at": at,
        "observed_at": at,
        "changed_at": at,
        **changes,
    }
    alert = Alert(**facts)
    session.add(alert)
    session.flush()
    return alert


def _things(session: Session, made: World) -> None:
    at = now()
    session.add(
        Rule(
            code="im-lang",
            name="Trạm im lặng",
            kind="absence",
            severity="medium",
            unit_id=made.units["44"],
            device_kind="river_gauge",
            silence_s=900,
            updated_at=at,
        )
    )
    gauge = new_device(session, made, "tram-le-thuy", "river_gauge", "19249")
    new_alert(session, gauge, "CB-1")
