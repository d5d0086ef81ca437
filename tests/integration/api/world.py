"""A province as a caller of the API meets it: units of 2020, sites, rooms, devices, people."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import Headers

from conferencing.booking.plan import check_request
from conferencing.booking.services import book
from hub.access.actor import actor_of
from hub.access.models import OrgUnit, User, UserRole
from hub.accounts.services import create_token
from hub.clock import now
from hub.db import transaction
from hub.orgunits import seed as units_seed
from hub.orgunits.queries import unit_by_code
from hub.text import fold
from smartcity import demo as smartcity_demo
from smartcity.models import Alert, DeadLetter, Detection, Device, Observation, Series
from tests import factories

PROVINCE, DONG_HOI, LE_THUY = "44", "450", "457"
PEOPLE: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("quantri", PROVINCE, ("admin",)),
    ("tructhe", PROVINCE, ("operator",)),
    ("lethuy", LE_THUY, ("viewer", "secretary", "operator")),
    ("donghoi", DONG_HOI, ("viewer",)),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; ``json`` is None when it was no JSON."""

    status_code: int
    json: Any
    text: str
    mimetype: str
    headers: Headers


@dataclass(frozen=True, slots=True)
class Caller:
    """One token at work; paths are under ``/api/v1``."""

    client: FlaskClient
    token: str

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Send a request; ``headers`` may write dashes as underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named["Authorization"] = f"Bearer {self.token}"
        more: dict[str, Any] = {} if body is None else {"json": body}
        found = self.client.open("/api/v1" + path, method=method, headers=named, **more)
        body = found.get_json(silent=True)
        return Answer(found.status_code, body, found.text, found.mimetype or "", found.headers)

    def get(self, path: str, **headers: str) -> Answer:
        """Send a GET."""
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        """Send a POST."""
        return self.send("POST", path, body, **headers)

    def patch(self, path: str, body: Any) -> Answer:
        """Send a PATCH."""
        return self.send("PATCH", path, body)

    def items(self, path: str) -> list[dict[str, Any]]:
        """Read every page of a list."""
        found: list[dict[str, Any]] = []
        cursor = ""
        mark = "&" if "?" in path else "?"
        while True:
            answer = self.get(f"{path}{mark}limit=100&cursor={cursor}" if cursor else path)
            assert answer.status_code == 200, answer.text
            found += answer.json["items"]
            cursor = answer.json["next"] or ""
            if not cursor:
                return found


@dataclass(frozen=True, slots=True)
class World:
    """The application and the tokens of its people: ``name`` or ``name:scope``."""

    app: Flask
    tokens: dict[str, str]

    def caller(self, name: str) -> Caller:
        """Return somebody who calls the API."""
        return Caller(self.app.test_client(), self.tokens[name])


def fill(app: Flask) -> dict[str, str]:
    """Fill an empty database; return the tokens."""
    with app.app_context(), transaction() as session:
        units_seed.seed(session)
        _premises(session)
        tokens = _people(session)
        smartcity_demo.seed(session)
        session.flush()
        for code in (DONG_HOI, LE_THUY):
            _readings(session, code)
        _conferences(session)
    return tokens


def _premises(session: Session) -> None:
    province = unit_by_code(session, PROVINCE)
    assert province is not None
    bridge = factories.add_bridge(session, province, ports=400)
    for number in range(1, 5):
        factories.add_room(session, bridge, f"P{number}")
    units = session.scalars(select(OrgUnit).order_by(OrgUnit.id)).all()
    factories.add_sites(session, units)


def _people(session: Session) -> dict[str, str]:
    tokens: dict[str, str] = {}
    for name, unit_code, roles in PEOPLE:
        unit = unit_by_code(session, unit_code)
        assert unit is not None
        # No password: these people only ever call the API.
        user = User(username=name, full_name=f"Người {name}", name_fold=fold(f"Người {name}"))
        user.email, user.password_hash = f"{name}@quangbinh.example", "!"
        user.created_at = now()
        user.roles = [UserRole(role=role, unit=unit, unit_id=unit.id) for role in roles]
        session.add(user)
        session.flush()
        for scope in ("read", "write", "admin"):
            tokens[f"{name}:{scope}"] = create_token(session, user, scope=scope)[1]
        tokens[name] = tokens[f"{name}:admin"]
    return tokens


def _readings(session: Session, unit_code: str) -> None:
    """A device of the unit with readings, a detection, an open alert and a dead letter."""
    unit = unit_by_code(session, unit_code)
    assert unit is not None
    at = now()
    device = Device(
        code=f"may-{unit_code}",
        name=f"Máy đo {unit.name}",
        name_fold=fold(f"Máy đo {unit.name}"),
        kind="rain_gauge",
        unit=unit,
        status="online",
        last_seen_at=at,
        created_at=at,
        updated_at=at,
    )
    series = Series(device=device, prop="rainfall_1h", unit="mm", latest_value=2.0)
    series.latest_observed_at = series.latest_received_at = at
    session.add(series)
    session.flush()
    for minute in range(3):
        moment = at - timedelta(minutes=minute)
        session.add(
            Observation(series_id=series.id, observed_at=moment, received_at=moment, value=minute)
        )
    session.add(
        Detection(
            device_id=device.id, external_id="d1", observed_at=at, received_at=at, label="flood"
        )
    )
    session.add(_alert(device, unit, at))
    session.add(
        DeadLetter(
            topic=f"city/{unit_code}/{device.code}/telemetry",
            payload=b"{",
            payload_size=1,
            reason="json: truncated",
            unit_code=unit_code,
            device_code=device.code,
            received_at=at,
        )
    )


def _alert(device: Device, unit: OrgUnit, at: Any) -> Alert:
    return Alert(
        code=f"CB-{unit.code}",
        open_key=f"0:{device.code}",
        device=device,
        unit=unit,
        kind="threshold",
        severity="high",
        state="UNACK",
        title=f"Mưa lớn ở {unit.name}",
        title_fold=fold(f"Mưa lớn ở {unit.name}"),
        prop="rainfall_1h",
        value=60.0,
        raised_at=at,
        observed_at=at,
        changed_at=at,
    )


def _conferences(session: Session) -> None:
    """One conference inside each of the two districts, and one of the whole province."""
    user = session.scalars(select(User).where(User.username == "quantri")).one()
    actor = actor_of(user)
    chosen = {
        "P1": (DONG_HOI, f"DC-{DONG_HOI}"),
        "P2": (LE_THUY, f"DC-{LE_THUY}"),
        "P3": (PROVINCE, f"DC-{PROVINCE}"),
    }
    for room_code, (unit_code, site_code) in chosen.items():
        unit = unit_by_code(session, unit_code)
        assert unit is not None
        request = factories.booking(
            [site_code],
            room_code=room_code,
            title=f"Họp riêng của {unit.name}",
            host_unit_id=unit.id,
            starts_at=factories.in_days(3),
        )
        book(session, actor, check_request(session, actor, request))
