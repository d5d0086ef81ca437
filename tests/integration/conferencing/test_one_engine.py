"""Whatever is asked: the panel promises exactly what the save keeps, and the API says the same."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest
from flask import Flask, g
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from conferencing.availability.api import AvailabilityQuery, read_availability
from conferencing.booking.changing import change_in_transaction
from conferencing.booking.forms import booking_request
from conferencing.booking.page import BookingPage, Purpose, form_values, load_page
from conferencing.booking.plan import check_request
from conferencing.booking.requests import BookingRequest, DateMove
from conferencing.booking.services import book_in_transaction
from conferencing.models import Bridge, Conference, Room
from hub.db import db, read_session, transaction
from hub.errors import Conflict, Invalid
from tests.factories import booking, in_days
from tests.integration.conferencing.conftest import House

TRIES = 40


@pytest.fixture
def narrow(house: House) -> House:
    """One room joins few sites, the other needs set-up time, and ports are short."""
    with transaction() as session:
        session.scalars(select(Bridge)).one().ports = 15
        first, second = session.scalars(select(Room).order_by(Room.code))
        first.capacity = 8
        second.buffer_minutes = 30
    return house


def some_request(random: Random, house: House) -> BookingRequest:
    start = in_days(7 + random.randrange(2), 8) + timedelta(minutes=30 * random.randrange(8))
    length = timedelta(minutes=30 * random.randrange(1, 6))
    sites = random.sample(house.site_codes, random.randrange(1, 12))
    return booking(
        sites,
        starts_at=start,
        ends_at=start + length,
        room_code=random.choice(("P1", "P2")),
        type=random.choice(("regular", "regular", "training", "emergency")),
        reason="Mưa lũ",
        rrule=random.choice(("", "", "FREQ=DAILY;COUNT=3")),
        attendees=(),
    )


def page_of(house: House, values: MultiDict[str, str], code: str | None = None) -> BookingPage:
    db.session.remove()
    query = select(Conference).where(Conference.code == code)
    purpose = Purpose("/conferences/new", "/", read_session().scalars(query).first())
    return load_page(read_session(), house.secretary, purpose, values)


def promises(page: BookingPage) -> bool:
    check = page.checked()
    assert check is not None
    return not (check.clashes or check.refusals)


def api_promises(app: Flask, house: House, asked: BookingRequest) -> bool:
    query = AvailabilityQuery.model_validate(
        {
            "from": asked.starts_at,
            "to": asked.ends_at,
            "sites": list(asked.site_codes),
            "room": asked.room_code,
        }
    )
    with app.test_request_context():
        g.hub_actor = house.secretary
        answer = read_availability(query)
        assert answer.is_free == (not answer.conflicts)
        return answer.is_free


@pytest.mark.parametrize("seed", [1])
def test_the_panel_promises_what_the_save_keeps(app: Flask, narrow: House, seed: int) -> None:
    random = Random(seed)
    outcomes: set[bool] = set()
    for _try in range(TRIES):
        values = form_values(some_request(random, narrow))
        page = page_of(narrow, values)
        promised, asked = promises(page), booking_request(page.draft)
        if not asked.rrule and asked.type != "emergency":
            assert api_promises(app, narrow, asked) == promised, asked
        try:
            book_in_transaction(narrow.secretary, asked)
            kept = True
        except (Conflict, Invalid):
            kept = False
        assert promised == kept, asked
        outcomes.add(kept)
    assert outcomes == {True, False}


@pytest.mark.parametrize("seed", [3])
def test_the_panel_of_an_edit_promises_what_the_change_keeps(narrow: House, seed: int) -> None:
    random = Random(seed)
    outcomes: set[bool] = set()
    code = book_in_transaction(narrow.secretary, booking(narrow.site_codes[:3])).code
    for _try in range(TRIES):
        other = some_request(random, narrow)
        with suppress(Conflict, Invalid):
            book_in_transaction(narrow.secretary, other)
        page = page_of(narrow, form_values(some_request(random, narrow)), code)
        promised = promises(page)
        try:
            change_in_transaction(narrow.secretary, code, booking_request(page.draft))
            kept = True
        except (Conflict, Invalid):
            kept = False
        assert promised == kept
        outcomes.add(kept)
    assert outcomes == {True, False}


def test_one_clash_of_a_series_is_offered_other_hours_of_that_date(house: House) -> None:
    start = in_days(7, 8)
    second = start + timedelta(days=7)
    for room, site in (("P1", 0), ("P2", 1)):
        sites = house.site_codes[site : site + 1]
        book_in_transaction(house.secretary, booking(sites, starts_at=second, room_code=room))
    series = booking(house.site_codes[2:5], starts_at=start, rrule="FREQ=WEEKLY;COUNT=5")
    with pytest.raises(Conflict) as raised:
        book_in_transaction(house.secretary, series)
    offers = raised.value.details["alternatives"]
    assert len(offers) == 3
    assert {offer["instead_of"] for offer in offers} == {second.isoformat()}
    first = offers[0]
    move = DateMove(
        second,
        datetime.fromisoformat(first["starts_at"]),
        datetime.fromisoformat(first["ends_at"]),
    )
    booked = book_in_transaction(house.secretary, replace(series, moves=(move,)))
    assert [o.is_moved for o in booked.occurrences] == [False, True, False, False, False]


def test_another_hour_of_one_date_keeps_clear_of_the_other_dates(house: House) -> None:
    start = in_days(7, 8)
    taken = start + timedelta(days=1)
    book_in_transaction(house.secretary, booking(house.site_codes[:1], starts_at=taken))
    book_in_transaction(
        house.secretary, booking(house.site_codes[1:2], starts_at=taken, room_code="P2")
    )
    series = booking(house.site_codes[2:5], starts_at=start, rrule="FREQ=DAILY;COUNT=4")
    with pytest.raises(Conflict) as raised:
        book_in_transaction(house.secretary, series)
    for offer in raised.value.details["alternatives"]:
        move = DateMove(
            taken, *(datetime.fromisoformat(offer[k]) for k in ("starts_at", "ends_at"))
        )
        with transaction() as session:
            asked = replace(series, moves=(move,))
            assert check_request(session, house.secretary, asked).occurrences
