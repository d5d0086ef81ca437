"""What a change does to SEQUENCE, answers, holds and letters."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from conferencing import links
from conferencing.booking.cancelling import cancel
from conferencing.booking.change_plan import by_code, request_of
from conferencing.booking.changing import change_in_transaction
from conferencing.booking.requests import AttendeeRequest
from conferencing.booking.services import book_in_transaction
from conferencing.invitations.answers import answer_attendee, answer_for_site, answer_site
from conferencing.invitations.drafts import PersonReply, SiteReply
from conferencing.invitations.reminders import remind
from conferencing.models import Conference, Hold
from hub.clock import now
from hub.db import read_session, transaction
from hub.delivery import build_message
from hub.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.factories import booking, in_days
from tests.integration.conferencing.conftest import House
from tests.integration.conferencing.outgoing import letters, mark_all_sent, sequences, vevents_of


def answer(conference: Conference, index: int = 0, partstat: str = "ACCEPTED") -> None:
    """Let a site answer through its link."""
    with transaction() as session:
        row = by_code(session, conference.code).sites[index]
        secret = links.site_secret(conference.uid, row.site_id)
        answer_site(
            session,
            secret,
            SiteReply.read(
                {
                    "partstat": partstat,
                    "headcount": 12,
                    "technician_name": "Lê Văn B",
                    "technician_phone": "0900 000 002",
                }
            ),
        )


def test_new_time_raises_sequence_and_asks_everybody_again(house: House) -> None:
    conference = book_in_transaction(house.secretary, booking(house.site_codes[:3]))
    answer(conference)
    mark_all_sent()
    request = request_of(conference)
    later = replace(
        request,
        starts_at=request.starts_at + timedelta(hours=1),
        ends_at=request.ends_at + timedelta(hours=1),
    )
    changed = change_in_transaction(house.secretary, conference.code, later)
    assert (changed.sequence, changed.revision, changed.uid) == (1, 1, conference.uid)
    assert {row.partstat for row in changed.sites} == {"NEEDS-ACTION"}
    found = letters()
    assert len(found) == 4
    assert len({letter.to_email for letter in found}) == 4
    assert sequences(found) == {1}
    assert all("Thời gian cũ: " in letter.text_body for letter in found)
    holds = read_session().scalars(select(Hold)).all()
    assert {hold.starts_at for hold in holds} == {later.starts_at}
    assert len(holds) == 4


def test_new_title_keeps_sequence_and_answers(house: House) -> None:
    conference = book_in_transaction(house.secretary, booking(house.site_codes[:3]))
    answer(conference)
    request = replace(request_of(conference), title="Giao ban tháng")
    changed = change_in_transaction(house.secretary, conference.code, request)
    assert (changed.sequence, changed.revision) == (0, 1)
    assert sorted(row.partstat for row in changed.sites) == [
        "ACCEPTED",
        "NEEDS-ACTION",
        "NEEDS-ACTION",
    ]
    # The first letters had not left: who never heard is invited to what it is now.
    assert Counter(letter.kind for letter in letters()) == {"conference.booked": 4}
    assert all("Giao ban tháng" in letter.subject for letter in letters())


def test_who_never_heard_of_a_conference_hears_nothing_of_its_end(house: House) -> None:
    conference = book_in_transaction(house.secretary, booking(house.site_codes[:3]))
    mark_all_sent()
    more = replace(request_of(conference), site_codes=tuple(house.site_codes[:4]))
    change_in_transaction(house.secretary, conference.code, more)
    fewer = replace(more, site_codes=tuple(house.site_codes[:3]))
    change_in_transaction(house.secretary, conference.code, fewer)
    unit = house.site_codes[3].removeprefix("DC-")
    assert {letter.kind for letter in letters()} == {"conference.changed"}
    assert not [letter for letter in letters() if unit in letter.to_email]
    with transaction() as session:
        cancel(session, house.secretary, by_code(session, conference.code), "")
    assert Counter(letter.kind for letter in letters()) == {"conference.cancelled": 4}

    second = book_in_transaction(
        house.secretary, booking(house.site_codes[:3], starts_at=in_days(9))
    )
    known = len(letters())
    with transaction() as session:
        cancel(session, house.secretary, by_code(session, second.code), "")
    assert len(letters()) == known - 4


def test_saving_without_a_change_sends_nothing(house: House) -> None:
    conference = book_in_transaction(house.secretary, booking(house.site_codes[:3]))
    mark_all_sent()
    changed = change_in_transaction(house.secretary, conference.code, request_of(conference))
    assert (changed.revision, letters()) == (0, [])


def test_those_who_leave_hear_cancel_and_the_others_a_request(house: House) -> None:
    first = booking(
        house.site_codes[:4],
        attendees=(AttendeeRequest("a@x.example"), AttendeeRequest("b@x.example")),
    )
    conference = book_in_transaction(house.secretary, first)
    answer(conference, 0)
    mark_all_sent()
    request = replace(
        request_of(conference),
        site_codes=house.site_codes[:2] + house.site_codes[5:6],
        attendees=(AttendeeRequest("b@x.example"), AttendeeRequest("c@x.example")),
    )
    changed = change_in_transaction(house.secretary, conference.code, request)
    found = letters()
    assert Counter(letter.kind for letter in found) == {
        "conference.removed": 3,
        "conference.booked": 2,
        "conference.changed": 3,
    }
    assert Counter(letter.calendar_method for letter in found) == {"CANCEL": 3, "REQUEST": 5}
    assert len({letter.to_email for letter in found}) == 8
    assert sequences(found) == {1}
    assert changed.sites[0].partstat == "ACCEPTED"
    # A site that left is free again.
    book_in_transaction(house.secretary, booking(house.site_codes[2:4], room_code="P2"))


def test_who_is_invited_besides_is_no_letter_to_the_others(house: House) -> None:
    first = booking(house.site_codes[:2], attendees=(AttendeeRequest("a@x.example"),))
    code = book_in_transaction(house.secretary, first).code
    mark_all_sent()
    asked = request_of(by_code(read_session(), code))
    change_in_transaction(
        house.secretary, code, replace(asked, attendees=(AttendeeRequest("b@x.example"),))
    )
    found = letters()
    assert [(letter.kind, letter.to_email) for letter in found] == [
        ("conference.removed", "a@x.example"),
        ("conference.booked", "b@x.example"),
    ]
    assert sequences(found) == {1}


def test_change_to_a_taken_time_is_refused_and_changes_nothing(house: House) -> None:
    start = in_days(7)
    other = book_in_transaction(house.secretary, booking(house.site_codes[:2], starts_at=start))
    mine = book_in_transaction(
        house.secretary, booking(house.site_codes[:2], starts_at=start + timedelta(hours=3))
    )
    request = replace(request_of(mine), starts_at=start, ends_at=start + timedelta(hours=2))
    with pytest.raises(Conflict) as raised:
        change_in_transaction(house.secretary, mine.code, request)
    assert {item["conference"] for item in raised.value.details["conflicts"]} == {other.code}
    read_session().rollback()
    assert by_code(read_session(), mine.code).revision == 0


def test_only_the_host_may_change(house: House) -> None:
    conference = book_in_transaction(house.secretary, booking(house.site_codes[:4]))
    with pytest.raises(NotAllowed):
        change_in_transaction(house.district, conference.code, request_of(conference))
    unseen = book_in_transaction(
        house.secretary, booking(house.site_codes[:1], starts_at=in_days(9))
    )
    with pytest.raises(NotFound):
        change_in_transaction(house.district, unseen.code, request_of(unseen))


def test_cancel_tells_everybody_once_and_frees_everything(house: House) -> None:
    conference = book_in_transaction(house.secretary, booking(house.site_codes[:3]))
    mark_all_sent()
    with transaction() as session:
        cancel(session, house.secretary, by_code(session, conference.code), "Bão số 8")
    found = letters()
    assert [letter.calendar_method for letter in found] == ["CANCEL"] * 4
    assert "STATUS:CANCELLED" in found[0].calendar_body
    assert "Bão số 8" in found[0].text_body
    assert sequences(found) == {1}
    assert read_session().scalars(select(Hold)).all() == []
    book_in_transaction(house.secretary, booking(house.site_codes[:3]))
    with pytest.raises(Conflict), transaction() as session:
        cancel(session, house.secretary, by_code(session, conference.code), "")


def test_answers_and_reminders(house: House) -> None:
    conference = book_in_transaction(house.secretary, booking(house.site_codes[:3]))
    answer(conference, 1, "DECLINED")
    email = conference.attendees[0].email
    with transaction() as session:
        secret = links.attendee_secret(conference.uid, email)
        with pytest.raises(Invalid):
            answer_attendee(session, secret, PersonReply(partstat="DELEGATED"))
        answer_attendee(
            session, secret, PersonReply(partstat="DELEGATED", proxy_name="Phó Chủ tịch")
        )
    mark_all_sent()
    for expected in (2, 0):
        with transaction() as session:
            sent = remind(session, house.secretary, by_code(session, conference.code))
        assert len(sent.to) == expected
    assert len(letters()) == 2
    assert all(letter.calendar_body == "" for letter in letters())
    with pytest.raises(NotFound), transaction() as session:
        answer_site(session, "no-such-secret", SiteReply(partstat="ACCEPTED"))


def test_letters_come_from_the_house_for_the_secretary(house: House) -> None:
    book_in_transaction(house.secretary, booking(house.site_codes[:3]))
    settings = house.app.extensions["hub.settings"]
    for letter in letters():
        (vevent,) = vevents_of(letter)
        assert vevent["ORGANIZER"] == f"mailto:{house.secretary.email}"
        assert vevent["ORGANIZER"].params["SENT-BY"] == f"mailto:{settings.mail_from}"
        message = build_message(letter, settings)
        assert message["Reply-To"] == house.secretary.email
        assert settings.mail_from in message["From"]


def test_a_link_answers_until_the_start_and_the_telephone_until_the_end(house: House) -> None:
    conference = book_in_transaction(house.secretary, booking(house.site_codes[:3]))
    with transaction() as session:
        by_code(session, conference.code).occurrences[0].started_at = now()
    with pytest.raises(Conflict, match="đã bắt đầu"):
        answer(conference)
    with transaction() as session:
        begun = by_code(session, conference.code)
        given = SiteReply(partstat="ACCEPTED", headcount=5)
        row = answer_for_site(session, house.secretary, begun, house.site_codes[0], given)
        assert row.partstat == "ACCEPTED"
