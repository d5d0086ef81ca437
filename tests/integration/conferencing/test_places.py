"""Sites, rooms, bridges and groups: what is accepted, refused, and passed on."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from conferencing.booking.changing import by_code
from conferencing.booking.services import book_in_transaction
from conferencing.conferences.search import find_conferences, find_sites
from conferencing.models import Bridge, Room, Site
from conferencing.places.groups.queries import visible_groups
from conferencing.places.groups.services import create_group
from conferencing.places.rooms.services import create_room, update_room
from conferencing.places.sites.services import create_site, update_site
from conferencing.requests import GroupRequest, RoomRequest, SiteRequest
from hub.access.models import OrgUnit
from hub.db import read_session, transaction
from hub.errors import Invalid, NotAllowed, NotFound
from tests.factories import booking
from tests.integration.conferencing.conftest import House


def test_a_site_is_added_changed_and_refused(house: House) -> None:
    home = house.secretary.home_unit_id or 0
    request = SiteRequest("DC-MOI", "Điểm cầu dự phòng", home, email="Moi@X.example")
    with transaction() as session:
        site = create_site(session, house.secretary, request)
        assert site.email == "moi@x.example"
        update_site(session, house.secretary, site, replace(request, seats=99))
    wrong = replace(request, name="", seats=0, email="x", readiness="?")
    with pytest.raises(Invalid) as raised, transaction() as session:
        create_site(session, house.secretary, wrong)
    fields = {error.field for error in raised.value.errors}
    assert fields == {"code", "name", "seats", "email", "readiness"}
    with pytest.raises(NotFound), transaction() as session:
        create_site(session, house.district, replace(request, code="DC-X"))


def test_a_role_without_the_capability_is_refused(house: House) -> None:
    unit = house.district.home_unit_id or 0
    viewer = replace(house.district, capabilities=frozenset(), scopes={})
    with pytest.raises(NotAllowed), transaction() as session:
        create_site(session, viewer, SiteRequest("DC-X", "X", unit))


def test_a_new_room_address_reaches_the_feeds(house: House) -> None:
    conference = book_in_transaction(house.secretary, booking(house.site_codes[:2]))
    home = house.secretary.home_unit_id or 0
    request = RoomRequest("P1", "Phòng một", home, "MCU1", 20, join_url="https://moi.example/p1")
    with transaction() as session:
        room = session.scalars(select(Room).where(Room.code == "P1")).one()
        update_room(session, house.secretary, room, request)
    read_session().rollback()
    changed = by_code(read_session(), conference.code)
    assert b"https://moi.example/p1" in (changed.ical_fragment or b"")
    with pytest.raises(Invalid) as raised, transaction() as session:
        create_room(session, house.secretary, replace(request, capacity=999, bridge_code="M9"))
    fields = {error.field for error in raised.value.errors}
    assert fields == {"code", "capacity", "bridge_code"}


def test_groups_and_search_show_ones_own_area(house: House) -> None:
    home = house.secretary.home_unit_id or 0
    with transaction() as session:
        create_group(session, house.secretary, GroupRequest("Giao ban", home, ("DC-44", "DC-457")))
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
    with pytest.raises(Invalid) as raised, transaction() as session:
        create_room(session, bold, RoomRequest("P-X", "Phòng X", unit, "MCU-KHAC", 5))
    assert "bridge_code" in {error.field for error in raised.value.errors}
    with pytest.raises(Invalid), transaction() as session:
        create_group(session, bold, GroupRequest("Nhóm", unit, tuple(foreign[:1])))
