"""A booking is whole or it is not there."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from conferencing.booking.requests import AttendeeRequest
from conferencing.booking.services import book_in_transaction
from conferencing.models import Bridge, Conference, Hold, Occurrence, PortUse
from hub.audit.models import AuditEntry
from hub.clock import now
from hub.db import read_session, transaction
from hub.errors import Conflict, Invalid, NotAllowed
from hub.journal import JournalEntry
from hub.outbox import OutboxLetter
from tests import factories
from tests.factories import booking, in_days
from tests.integration.conferencing.conftest import House


def count(model: type) -> int:
    session = read_session()
    session.rollback()
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_booking_writes_everything_that_belongs_to_it(house: House) -> None:
    conference = book_in_transaction(house.secretary, booking(house.site_codes[:12]))
    assert conference.code == f"HN-{conference.starts_at.year}-0001"
    assert conference.uid.endswith("@127.0.0.1")
    assert (conference.sequence, conference.status) == (0, "CONFIRMED")
    assert count(Hold) == 13
    ports = read_session().scalars(select(PortUse)).one()
    assert ports.ports == 12
    letters = read_session().scalars(select(OutboxLetter)).all()
    assert len(letters) == 13
    assert {letter.calendar_method for letter in letters} == {"REQUEST"}
    assert all("SEQUENCE:0" in letter.calendar_body for letter in letters)
    entry = read_session().scalars(select(JournalEntry)).one()
    assert (entry.kind, entry.data["verb"]) == ("conference.changed", "booked")
    assert len(entry.unit_ids) == 12
    audit = read_session().scalars(select(AuditEntry)).one()
    assert audit.action == "conferencing:conference:booked"


def test_clash_names_the_other_conference_and_offers_alternatives(house: House) -> None:
    first = book_in_transaction(house.secretary, booking(house.site_codes[:3], title="Họp trước"))
    with pytest.raises(Conflict) as raised:
        book_in_transaction(house.secretary, booking(house.site_codes[2:5]))
    details = raised.value.details
    assert {item["resource"] for item in details["conflicts"]} == {"P1", house.site_codes[2]}
    assert {item["conference"] for item in details["conflicts"]} == {first.code}
    assert {item["title"] for item in details["conflicts"]} == {"Họp trước"}
    assert len(details["alternatives"]) == 3
    assert count(Conference) == 1
    assert count(OutboxLetter) == 4


def test_clash_outside_ones_view_is_only_busy(house: House) -> None:
    book_in_transaction(house.secretary, booking(house.site_codes[:1], title="Họp kín"))
    with pytest.raises(Conflict) as raised:
        book_in_transaction(house.district, booking(house.site_codes[3:5]))
    (item,) = raised.value.details["conflicts"]
    assert (item["resource"], item["conference"], item["title"]) == ("P1", None, "Bận")


def test_other_room_is_offered_first(house: House) -> None:
    book_in_transaction(house.secretary, booking(house.site_codes[:1]))
    with pytest.raises(Conflict) as raised:
        book_in_transaction(house.secretary, booking(house.site_codes[3:5]))
    first = raised.value.details["alternatives"][0]
    assert (first["kind"], first["room"]) == ("other_room", "P2")


def test_touching_conferences_do_not_clash(house: House) -> None:
    start = in_days(5)
    book_in_transaction(house.secretary, booking(house.site_codes[:2], starts_at=start))
    book_in_transaction(
        house.secretary, booking(house.site_codes[:2], starts_at=start + timedelta(hours=2))
    )
    assert count(Conference) == 2


def test_bridge_has_no_more_ports_than_it_has(house: House) -> None:
    with transaction() as session:
        bridge = session.scalars(select(Bridge)).one()
        bridge.ports = 14
        factories.add_room(session, bridge, "P3", capacity=14)
    book_in_transaction(house.secretary, booking(house.site_codes[:8]))
    with pytest.raises(Conflict) as raised:
        book_in_transaction(house.secretary, booking(house.site_codes[8:], room_code="P2"))
    (item,) = raised.value.details["conflicts"]
    assert (item["resource"], item["title"]) == ("MCU1", "Thiếu 1 cổng")
    book_in_transaction(house.secretary, booking(house.site_codes[8:14], room_code="P2"))
    with pytest.raises(Conflict):
        book_in_transaction(house.secretary, booking(house.site_codes[14:], room_code="P3"))


def test_series_takes_every_date_and_reports_the_clashing_one(house: House) -> None:
    start = in_days(6)
    series = booking(
        house.site_codes[:2],
        starts_at=start,
        rrule="FREQ=DAILY;COUNT=5",
        exdates=(start + timedelta(days=1),),
    )
    conference = book_in_transaction(house.secretary, series)
    assert count(Occurrence) == 5
    assert count(Hold) == 4 * 3
    assert sum(o.status == "CANCELLED" for o in conference.occurrences) == 1
    # The excepted day is free, the day after is not.
    free = booking(house.site_codes[:1], starts_at=start + timedelta(days=1))
    book_in_transaction(house.secretary, free)
    with pytest.raises(Conflict) as raised:
        book_in_transaction(
            house.secretary, booking(house.site_codes[:1], starts_at=start + timedelta(days=2))
        )
    assert raised.value.details["conflicts"][0]["conference"] == conference.code


def test_wrong_requests_name_every_field(house: House) -> None:
    start = in_days(-2)
    request = booking(
        ["DC-unknown"],
        title=" ",
        room_code="P9",
        starts_at=start,
        ends_at=start + timedelta(hours=1),
        rrule="FREQ=WEEKLY",
        attendees=(AttendeeRequest("ok@x.example"), AttendeeRequest("no address")),
    )
    with pytest.raises(Invalid) as raised:
        book_in_transaction(house.secretary, request)
    assert {error.field for error in raised.value.errors} == {
        "title",
        "starts_at",
        "site_codes",
        "room",
        "rrule",
        "attendees.1.email",
    }
    assert count(Conference) == 0


def test_sites_of_others_and_units_of_others_are_refused(house: House) -> None:
    with pytest.raises(Invalid) as raised:
        book_in_transaction(house.district, booking(house.site_codes[:2]))
    assert [error.field for error in raised.value.errors] == ["site_codes"]
    home = house.secretary.home_unit_id
    with pytest.raises(NotAllowed):
        book_in_transaction(house.district, booking(house.site_codes[3:5], host_unit_id=home))


def test_only_an_emergency_may_begin_now(house: House) -> None:
    start = now() - timedelta(minutes=2)
    with pytest.raises(Invalid) as raised:
        book_in_transaction(house.secretary, booking(house.site_codes[:2], starts_at=start))
    assert [error.field for error in raised.value.errors] == ["starts_at"]
    urgent = booking(house.site_codes[:2], starts_at=start, type="emergency", reason="Lũ")
    assert book_in_transaction(house.secretary, urgent).priority == 0
