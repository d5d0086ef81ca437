"""Many at once: exactly one wins, nobody gets half, the bridge is never overfull."""

from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from sqlalchemy import func, select

from conferencing.booking.requests import BookingRequest
from conferencing.booking.services import book_in_transaction
from conferencing.models import Bridge, Conference, Hold, Occurrence, PortUse
from hub.access.actor import Actor
from hub.db import db, read_session, transaction
from hub.errors import Conflict
from hub.outbox import OutboxLetter
from tests import factories
from tests.factories import booking
from tests.integration.conferencing.conftest import House


def book_all(app: Flask, actor: Actor, requests: list[BookingRequest]) -> list[str]:
    """Book all at once, each in a thread of its own; say how each one ended."""

    def one(request: BookingRequest) -> str:
        with app.app_context():
            try:
                return book_in_transaction(actor, request).code
            except Conflict as refusal:
                return "conflict" if refusal.details["conflicts"] else "unnamed conflict"
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(requests)) as threads:
        return list(threads.map(one, requests))


def count(model: type) -> int:
    return read_session().scalar(select(func.count()).select_from(model)) or 0


def test_64_on_one_slot_give_one_booking_and_63_refusals(house: House) -> None:
    request = booking(house.site_codes[:12])
    results = book_all(house.app, house.secretary, [request] * 64)
    assert results.count("conflict") == 63
    assert count(Conference) == 1
    assert count(Hold) == 13
    assert count(OutboxLetter) == 13


def test_chains_of_overlapping_sites_leave_no_half_booking(house: House) -> None:
    codes = house.site_codes
    # Each shares a site with its neighbours, in two rooms and in both orders of naming.
    requests = [
        booking(
            codes[i : i + 3] if i % 2 else tuple(reversed(codes[i : i + 3])),
            room_code=f"P{1 + i % 2}",
            title=f"Họp {i}",
        )
        for i in range(12)
    ]
    results = book_all(house.app, house.secretary, requests)
    won = len(results) - results.count("conflict")
    assert 1 <= won <= 2
    assert count(Conference) == count(Occurrence) == count(PortUse) == won
    assert count(Hold) == won * 4


def test_ports_never_exceed_the_bridge(house: House) -> None:
    with_codes = house.site_codes
    with transaction() as session:
        bridge = session.scalars(select(Bridge)).one()
        bridge.ports = 10
        factories.add_room(session, bridge, "P3")
    requests = [
        booking(with_codes[i * 4 : i * 4 + 4], room_code=f"P{1 + i}", title=f"Họp {i}")
        for i in range(3)
    ]
    results = book_all(house.app, house.secretary, requests)
    assert results.count("conflict") == 1
    assert read_session().scalar(select(func.sum(PortUse.ports))) == 8
