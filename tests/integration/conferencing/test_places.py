"""Sites, rooms, bridges and groups: what is accepted, refused, and passed on."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from conferencing.booking.change_plan import by_code
from conferencing.booking.services import book_in_transaction
from conferencing.conferences.search import find_conferences, find_sites
from conferencing.models import Bridge, Room, Site
from conferencing.places.groups.queries import visible_groups
from conferencing.places.groups.services import create_group
from conferencing.places.rooms.services import create_room, update_room
from conferencing.places.sites.services import create_site, update_site
from hub.access.actor import Actor
from hub.access.models import OrgUnit
from hub.db import read_session, transaction
from hub.errors import Invalid, NotAllowed
from hub.orgunits.queries import unit_ref
from tests.factories import booking
from tests.integration.conferencing.conftest import House


def unit_of(actor: Actor) -> str:
    return unit_ref(read_session().get_one(OrgUnit, actor.home_unit_id or 0))


def test_a_site_is_added_changed_and_refused(house: House) -> None:
    values = {"code": "DC-MOI", "name": "Điểm  cầu dự phòng", "unit": unit_of(house.secretary)}
    with transaction() as session:
        site = create_site(session, house.secretary, {**values, "email": "Moi@X.example"})
        assert (site.email, site.name) == ("moi@x.example", "Điểm cầu dự phòng")
        update_site(session, house.secretary, site, {"seats": 99})
        assert (site.seats, site.email) == (99, "moi@x.example")
    wrong = {**values, "name": "", "seats": 0, "email": "x", "readiness": "?"}
    with pytest.raises(Invalid) as raised, transaction() as session:
        create_site(session, house.secretary, wrong)
    fields = [error.field for error in raised.value.errors]
    assert sorted(fields) == ["code", "email", "name", "readiness", "seats"]
    with pytest.raises(Invalid) as foreign, transaction() as session:
        create_site(session, house.district, {**values, "code": "DC-X"})
    assert [error.field for error in foreign.value.errors] == ["unit"]


def test_a_role_without_the_capability_is_refused(house: House) -> None:
    viewer = replace(house.district, capabilities=frozenset(), scopes={})
    values = {"code": "DC-X", "name": "X", "unit": unit_of(viewer)}
    with pytest.raises(NotAllowed), transaction() as session:
        create_site(session, viewer, values)


def test_a_new_room_address_reaches_the_feeds(house: House) -> None:
    conference = book_in_transaction(house.secretary, booking(house.site_codes[:2]))
    values = {
        "code": "P1",
        "name": "Phòng một",
        "unit": unit_of(house.secretary),
        "bridge": "MCU1",
        "capacity": 20,
        "join_url": "https://moi.example/p1",
    }
    with transaction() as session:
        room = session.scalars(select(Room).where(Room.code == "P1")).one()
        update_room(session, house.secretary, room, values)
    read_session().rollback()
    changed = by_code(read_session(), conference.code)
    assert b"https://moi.example/p1" in (changed.ical_fragment or b"")
    with pytest.raises(Invalid) as raised, transaction() as session:
        create_room(session, house.secretary, {**values, "capacity": 999, "bridge": "M9"})
    fields = {error.field for error in raised.value.errors}
    assert fields == {"code", "capacity", "bridge"}


def test_groups_and_search_show_ones_own_area(house: House) -> None:
    home = unit_of(house.secretary)
    group = {"name": "Giao ban", "unit": home, "sites": ("DC-44", "DC-457")}
    with transaction() as session:
        create_group(session, house.secretary, group)
    conference = book_in_transaction(
        house.secretary, booking(["DC-44", "DC-457"], title="Lũ sông Kiến Giang")
    )
    session = read_session()
    assert [group.name for group in visible_groups(session, house.district)] == ["Giao ban"]
    assert [s.code for s in find_sites(session, house.secretary, "le thuy", 5)] == ["DC-457"]
    assert find_conferences(session, house.district, "lu kien giang", 5) == [conference]
    assert find_conferences(session, house.district, "mua", 5) == []


def test_a_district_gives_away_no_ports_and_names_no_sites_of_others(house: House) -> None:
    unit = house.district.home_unit_id or 0
    bold = replace(
        house.secretary,
        scope=house.district.scope,
        scopes=dict.fromkeys(house.secretary.scopes, house.district.scope),
        home_unit_id=unit,
    )
    with transaction() as session:
        own = session.get_one(OrgUnit, unit)
        other = session.scalars(
            select(OrgUnit).where(OrgUnit.level == "district", OrgUnit.id != unit)
        ).first()
        assert other is not None
        session.add(Bridge(code="MCU-KHAC", name="Của huyện khác", ports=9, unit=other))
        foreign = [
            s.code for s in session.scalars(select(Site)) if not s.unit.path.startswith(own.path)
        ]
    room = {
        "code": "P-X",
        "name": "Phòng X",
        "unit": unit_of(bold),
        "bridge": "MCU-KHAC",
        "capacity": 5,
    }
    with pytest.raises(Invalid) as raised, transaction() as session:
        create_room(session, bold, room)
    assert "bridge" in {error.field for error in raised.value.errors}
    group = {"name": "Nhóm", "unit": unit_of(bold), "sites": tuple(foreign[:1])}
    with pytest.raises(Invalid), transaction() as session:
        create_group(session, bold, group)
