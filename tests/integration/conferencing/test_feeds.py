"""A feed's bytes and tag stay the same until something changes, and end with the right to it."""

from dataclasses import replace

import pytest
from icalendar import Calendar
from sqlalchemy import select

from conferencing.booking.change_plan import request_of
from conferencing.booking.changing import change_in_transaction
from conferencing.booking.services import book_in_transaction
from conferencing.feeds.services import (
    EXTENSION,
    create_feed,
    feed_document,
    feed_etag,
    find_feed,
    note_use,
    revoke_feed,
)
from hub.access.actor import Actor, actor_of
from hub.access.models import OrgUnit
from hub.accounts.services import add_user, grant_role
from hub.db import read_session, transaction
from hub.errors import Invalid, NotFound
from tests.factories import booking, in_days
from tests.integration.conferencing.conftest import House


def person_at(code: str, role: str = "viewer") -> Actor:
    """A real user with one role at a unit."""
    with transaction() as session:
        unit = session.scalars(select(OrgUnit).where(OrgUnit.code == code)).one()
        user = add_user(
            session,
            username=f"u{code}",
            full_name=f"Người {code}",
            password="một-mật-khẩu-dài",
            email=f"u{code}@x.example",
        )
        grant_role(session, user, role, unit)
        session.flush()
        session.refresh(user)
        return actor_of(user)


def feed_of(actor: Actor, scope: str, code: str = "") -> str:
    """Make a feed and return its secret."""
    with transaction() as session:
        return create_feed(session, actor, scope, code)[1]


def read(secret: str) -> tuple[str, bytes]:
    """Poll as a calendar does; tag and document must belong together."""
    session = read_session()
    session.rollback()
    token = find_feed(session, secret)
    etag = feed_etag(session, token)
    again, document = feed_document(session, token)
    assert etag == again
    return etag, document


def test_feed_is_the_same_until_something_changes(house: House) -> None:
    actor = person_at("457")
    site = house.site_codes[3]
    secret = feed_of(actor, "site", site)
    empty = read(secret)
    conference = book_in_transaction(house.secretary, booking([site, house.site_codes[0]]))
    first = read(secret)
    assert first[0] != empty[0]
    assert read(secret) == first
    house.app.extensions.pop(EXTENSION)
    assert read(secret) == first
    book_in_transaction(
        house.secretary, booking([house.site_codes[0]], starts_at=in_days(9), room_code="P2")
    )
    assert read(secret) == first
    request = replace(request_of(conference), title="Tên mới")
    change_in_transaction(house.secretary, conference.code, request)
    etag, document = read(secret)
    assert etag != first[0]
    (vevent,) = Calendar.from_ical(document).walk("VEVENT")
    assert vevent["SUMMARY"] == "Tên mới"
    assert "ATTENDEE" not in vevent


@pytest.mark.parametrize(("scope", "code"), [("unit", "457"), ("site", "DC-457"), ("room", "P1")])
def test_feed_shows_what_its_scope_says(house: House, scope: str, code: str) -> None:
    actor = person_at("44")
    secret = feed_of(actor, scope, code)
    with_district = booking(["DC-44", "DC-457"])
    book_in_transaction(house.secretary, with_district)
    other = booking(["DC-44"], starts_at=in_days(9), room_code="P2")
    book_in_transaction(house.secretary, other)
    _etag, document = read(secret)
    assert document.count(b"BEGIN:VEVENT") == 1


def test_person_feed_shows_what_one_is_invited_to(house: House) -> None:
    actor = person_at("450")
    secret = feed_of(actor, "person")
    request = booking(["DC-44"])
    attendee = replace(request.attendees[0], email=actor.email)
    book_in_transaction(house.secretary, replace(request, attendees=(attendee,)))
    assert read(secret)[1].count(b"BEGIN:VEVENT") == 1


def test_feed_ends_with_its_revocation_or_the_role(house: House) -> None:
    actor = person_at("457")
    one, two = feed_of(actor, "unit", "457"), feed_of(actor, "person")
    with transaction() as session:
        token = find_feed(session, one)
        note_use(session, token)
        revoke_feed(session, actor, token.id)
    with pytest.raises(NotFound):
        read(one)
    read(two)
    with transaction() as session:
        user = find_feed(session, two).owner_id
        session.connection().exec_driver_sql(f"DELETE FROM hub_user_role WHERE user_id = {user}")
    with pytest.raises(NotFound):
        read(two)


def test_feed_of_others_is_refused(house: House) -> None:
    actor = person_at("457")
    for scope, code in (("unit", "450"), ("site", "DC-44"), ("room", "P1"), ("world", "")):
        with pytest.raises(Invalid):
            feed_of(actor, scope, code)
