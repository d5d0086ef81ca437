"""Rows for tests, as small as a test needs them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from conferencing.booking.requests import AttendeeRequest, BookingRequest
from conferencing.models import Bridge, Room, Site
from hub.access.actor import Actor, Scope
from hub.access.capabilities import ALL_CAPABILITIES, capabilities_of
from hub.access.models import OrgUnit
from hub.clock import now
from hub.text import fold


def add_unit(
    session: Session, code: str, name: str, level: str = "commune", parent: OrgUnit | None = None
) -> OrgUnit:
    """Add a unit in force since 2020."""
    unit = OrgUnit(
        code=code,
        level=level,
        name=name,
        name_fold=fold(name),
        parent_id=parent.id if parent else None,
        valid_from=date(2020, 2, 1),
    )
    session.add(unit)
    session.flush()
    unit.path = f"{parent.path if parent else '/'}{unit.id}/"
    session.flush()
    return unit


def add_province(session: Session, communes: int = 3) -> OrgUnit:
    """Add a province (44) with two districts (450, 457) and communes under the second."""
    province = add_unit(session, "44", "Tỉnh Quảng Bình", "province")
    add_unit(session, "450", "Thành phố Đồng Hới", "district", province)
    district = add_unit(session, "457", "Huyện Lệ Thủy", "district", province)
    for number in range(communes):
        add_unit(session, f"{19300 + number}", f"Xã số {number}", "commune", district)
    return province


def add_bridge(session: Session, unit: OrgUnit, code: str = "MCU1", ports: int = 200) -> Bridge:
    """Add a bridge."""
    bridge = Bridge(code=code, name=f"MCU {code}", ports=ports, unit=unit)
    session.add(bridge)
    session.flush()
    return bridge


def add_room(session: Session, bridge: Bridge, code: str = "P1", **values: Any) -> Room:
    """Add a room on a bridge."""
    name = f"Phòng họp {code}"
    room = Room(
        code=code,
        name=name,
        name_fold=fold(name),
        unit=bridge.unit,
        bridge=bridge,
        **{
            "capacity": bridge.ports,
            "join_url": f"https://hop.quangbinh.example/{code.lower()}",
            **values,
        },
    )
    session.add(room)
    session.flush()
    return room


def add_sites(session: Session, units: Sequence[OrgUnit]) -> list[Site]:
    """Add one site to each unit."""
    sites = [
        Site(
            code=f"DC-{unit.code}",
            name=f"Điểm cầu {unit.name}",
            name_fold=fold(f"Điểm cầu {unit.name}"),
            unit=unit,
            email=f"diemcau.{unit.code}@quangbinh.example",
            technician_name="Nguyễn Văn Thử",
            technician_phone="0900 000 001",
        )
        for unit in units
    ]
    session.add_all(sites)
    session.flush()
    return sites


def actor_at(unit: OrgUnit, *roles: str, user_id: int | None = None, name: str = "") -> Actor:
    """Return somebody with roles (all capabilities when none is named) at a unit."""
    held = capabilities_of(frozenset(roles)) if roles else ALL_CAPABILITIES
    scope = Scope((unit.path,))
    return Actor(
        user_id=user_id,
        name=name or f"Người của {unit.name}",
        username=f"u{unit.code}",
        roles=frozenset(roles),
        capabilities=frozenset(held),
        scope=scope,
        scopes=dict.fromkeys(held, scope),
        email=f"u{unit.code}@quangbinh.example",
        home_unit_id=unit.id,
        home_unit_name=unit.name,
    )


def in_days(days: int, hour: int = 8) -> datetime:
    """Return a whole hour of UTC+7 some days ahead, as an aware instant."""
    day = (now() + timedelta(days=days)).replace(hour=0, minute=0, second=0, microsecond=0)
    return day + timedelta(hours=hour - 7)


def booking(site_codes: Sequence[str], **changes: Any) -> BookingRequest:
    """Return a request for two hours in room P1 a week ahead."""
    start = changes.pop("starts_at", in_days(7))
    values: dict[str, Any] = {
        "title": "Giao ban tuần",
        "type": "regular",
        "priority": None,
        "room_code": "P1",
        "starts_at": start,
        "ends_at": start + timedelta(hours=2),
        "site_codes": tuple(site_codes),
        "attendees": (AttendeeRequest("chu.tich@quangbinh.example", "Trần Văn A"),),
        **changes,
    }
    return BookingRequest(**values)
