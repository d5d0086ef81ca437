"""The public answer page: without login, cookie or script, and never changed by looking."""

import re

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from conferencing.booking.cancelling import cancel
from conferencing.booking.moving import move_in_transaction
from conferencing.models import Attendee, Conference, ConferenceSite
from hub.access.actor import actor_of
from hub.accounts.services import find_user
from tests import factories
from tests.web.conferencing.province import Booked, book_one
from tests.web.conftest import Write

MAX_PAGE_BYTES = 50_000


@pytest.fixture
def booked(write: Write) -> Booked:
    """A conference a week ahead with three sites and one person."""
    with write() as session:
        return book_one(session)


def site_row(session: Session, booked: Booked, code: str) -> ConferenceSite:
    rows = session.scalars(
        select(ConferenceSite).where(ConferenceSite.conference_id == booked.id)
    ).all()
    return next(row for row in rows if row.site.code == code)


def test_a_site_answers_and_sees_when_it_was_received(
    client: FlaskClient, booked: Booked, write: Write
) -> None:
    url = f"/answer/{booked.site_secrets['DC-19249']}"
    answer = {"partstat": "ACCEPTED", "headcount": "7", "technician_name": "Ngô Văn Lực",
              "technician_phone": "0900 000 231"}  # fmt: skip
    saved = client.post(url, data=answer)
    assert saved.status_code == 303
    page = client.get(saved.headers["Location"]).get_data(as_text=True)
    assert "Đã nhận trả lời lúc" in page
    with write() as session:
        row = site_row(session, booked, "DC-19249")
        assert (row.partstat, row.headcount) == ("ACCEPTED", 7)
        assert row.technician_phone == "0900 000 231"


def test_an_answer_can_be_changed_until_the_start(
    client: FlaskClient, booked: Booked, write: Write
) -> None:
    url = f"/answer/{booked.site_secrets['DC-457']}"
    client.post(url, data={"partstat": "ACCEPTED"})
    client.post(url, data={"partstat": "DECLINED", "note": "Mất điện cả xã"})
    with write() as session:
        row = site_row(session, booked, "DC-457")
        assert (row.partstat, row.note) == ("DECLINED", "Mất điện cả xã")


def test_looking_changes_nothing_even_with_a_quick_choice(
    client: FlaskClient, booked: Booked, write: Write
) -> None:
    url = f"/answer/{booked.site_secrets['DC-457']}?choice=accepted"
    page = client.get(url).get_data(as_text=True)
    assert 'checked id="partstat-0"' in page
    client.head(url)
    with write() as session:
        assert site_row(session, booked, "DC-457").partstat == "NEEDS-ACTION"


def test_a_person_names_who_comes_instead(
    client: FlaskClient, booked: Booked, write: Write
) -> None:
    url = f"/answer/{booked.person_secret}"
    refused = client.post(url, data={"partstat": "DELEGATED", "proxy_name": ""})
    assert refused.status_code == 422
    assert "proxy_name-error" in refused.get_data(as_text=True)
    assert client.post(url, data={"partstat": "DELEGATED", "proxy_name": "Lê B"}).status_code == 303
    with write() as session:
        person = session.scalars(select(Attendee)).one()
        assert (person.partstat, person.proxy_name) == ("DELEGATED", "Lê B")


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "partstat"),
        ({"partstat": "MAYBE"}, "partstat"),
        ({"partstat": "ACCEPTED", "headcount": "bảy"}, "headcount"),
        ({"partstat": "ACCEPTED", "headcount": "99999999999999999999"}, "headcount"),
        ({"partstat": "ACCEPTED", "headcount": "-1"}, "headcount"),
        ({"partstat": "ACCEPTED", "headcount": "²"}, "headcount"),
        ({"partstat": "ACCEPTED", "note": "x" * 501}, "note"),
    ],
)
def test_what_cannot_be_read_is_said_beside_the_field_and_kept(
    client: FlaskClient, booked: Booked, data: dict[str, str], field: str
) -> None:
    url = f"/answer/{booked.site_secrets['DC-457']}"
    refused = client.post(url, data={**data, "technician_name": "Hồ Thị Thảo"})
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert f'id="{field}-error"' in page
    assert "Hồ Thị Thảo" in page


def test_a_wrong_secret_gets_a_friendly_page(client: FlaskClient) -> None:
    for path in ("/answer/nonsense", "/answer/nonsense.ics"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "Không tìm thấy giấy mời" in answer.get_data(as_text=True)


def test_guessing_is_slowed_down(client: FlaskClient) -> None:
    codes = [client.get(f"/answer/guess{number}").status_code for number in range(40)]
    assert codes.count(404) == 30
    assert codes[-1] == 429


def test_after_the_start_and_after_the_end_nothing_is_taken(
    client: FlaskClient, booked: Booked
) -> None:
    url = f"/answer/{booked.site_secrets['DC-457']}"
    starts = factories.in_days(7)
    with time_machine.travel(starts.replace(minute=5), tick=False):
        assert "Hội nghị đã bắt đầu." in client.get(url).get_data(as_text=True)
        assert client.post(url, data={"partstat": "ACCEPTED"}).status_code == 409
    with time_machine.travel(starts.replace(hour=starts.hour + 3), tick=False):
        assert "Hội nghị đã kết thúc." in client.get(url).get_data(as_text=True)


def test_after_a_cancellation_the_page_says_so(
    client: FlaskClient, booked: Booked, write: Write
) -> None:
    with write() as session:
        user = find_user(session, "thuky")
        assert user is not None
        cancel(session, actor_of(user), session.get_one(Conference, booked.id), "Bão")
    url = f"/answer/{booked.site_secrets['DC-457']}"
    page = client.get(url).get_data(as_text=True)
    assert "Hội nghị đã hủy." in page
    assert "<form" not in page
    assert client.post(url, data={"partstat": "ACCEPTED"}).status_code == 409


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_a_form_of_another_site_is_refused(
    client: FlaskClient, booked: Booked, headers: dict[str, str]
) -> None:
    url = f"/answer/{booked.site_secrets['DC-457']}"
    refused = client.post(url, data={"partstat": "ACCEPTED"}, headers=headers)
    assert refused.status_code == 403


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}, {}]
)
def test_our_own_form_is_taken(
    client: FlaskClient, booked: Booked, headers: dict[str, str]
) -> None:
    url = f"/answer/{booked.site_secrets['DC-457']}"
    assert client.post(url, data={"partstat": "ACCEPTED"}, headers=headers).status_code == 303


def test_nothing_is_kept_or_leaked(client: FlaskClient, booked: Booked) -> None:
    answer = client.get(f"/answer/{booked.site_secrets['DC-457']}")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "Set-Cookie" not in answer.headers
    page = answer.get_data(as_text=True)
    assert "<script" not in page
    assert 'name="robots" content="noindex"' in page


def test_the_page_and_its_style_stay_light(client: FlaskClient, booked: Booked) -> None:
    page = client.get(f"/answer/{booked.site_secrets['DC-457']}")
    text = page.get_data(as_text=True)
    style = text.split('rel="stylesheet" href="')[1].split('"')[0]
    with client.get(style) as sheet:
        assert len(page.data) + len(sheet.data) < MAX_PAGE_BYTES
    assert "<img" not in text
    assert ".woff" not in text


def test_the_calendar_file_of_an_answer_link_is_a_publication(
    client: FlaskClient, booked: Booked
) -> None:
    answer = client.get(f"/answer/{booked.site_secrets['DC-457']}.ics")
    assert answer.status_code == 200
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert b"METHOD" not in answer.data
    assert b"ATTENDEE" not in answer.data
    assert b"SUMMARY:Giao ban" in answer.data


def test_a_machine_in_english_still_gets_the_letter_in_vietnamese(
    client: FlaskClient, booked: Booked
) -> None:
    url = f"/answer/{booked.site_secrets['DC-457']}"
    page = client.get(url, headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert '<html lang="vi">' in page
    assert "Điểm cầu có dự không?" in page


def test_a_number_that_is_none_is_said_once(booked: Booked, client: FlaskClient) -> None:
    url = f"/answer/{booked.site_secrets['DC-457']}"
    answer = client.post(url, data={"partstat": "ACCEPTED", "headcount": "mười"})
    assert answer.status_code == 422
    assert "Ghi bằng chữ số, ví dụ 12." in answer.text
    assert "Số người từ 0" not in answer.text
    assert 'value="mười"' in answer.text


SEEN = re.compile(r'name="seen" value="([^"]+)"')


def seen_on(client: FlaskClient, url: str) -> str:
    found = SEEN.search(client.get(url).get_data(as_text=True))
    assert found is not None
    return found[1]


def test_the_page_says_how_to_join_and_whom_to_call(
    client: FlaskClient, booked: Booked, write: Write
) -> None:
    with write() as session:
        user = find_user(session, "thuky")
        assert user is not None
        user.phone = "0900 000 012"
        session.get_one(Conference, booked.id).room.dial_in = "0232 3800 900"
    page = client.get(f"/answer/{booked.site_secrets['DC-19249']}").get_data(as_text=True)
    for words in ("https://hop.quangbinh.example/p1", "0232 3800 900", 'href="tel:0900000012"',
                  "Kỹ thuật điểm chủ tọa", 'href="tel:0900000001"'):  # fmt: skip
        assert words in page
    # The time stands before everything else that is said of the conference.
    assert page.index('class="when"') < page.index("<dl>")


def test_pressing_twice_is_one_answer(client: FlaskClient, booked: Booked, write: Write) -> None:
    url = f"/answer/{booked.site_secrets['DC-457']}"
    sent = {"partstat": "ACCEPTED", "headcount": "5", "seen": seen_on(client, url)}
    assert [client.post(url, data=sent).status_code for _ in range(2)] == [303, 303]
    with write() as session:
        changes = session.get_one(Conference, booked.id).changes
        assert [change.verb for change in changes].count("answered") == 1


def test_an_answer_given_meanwhile_is_shown_before_it_is_changed(
    client: FlaskClient, booked: Booked, write: Write
) -> None:
    url = f"/answer/{booked.site_secrets['DC-457']}"
    seen = seen_on(client, url)
    client.post(url, data={"partstat": "ACCEPTED", "answered_by": "Lê Quang Vinh"})
    late = {"partstat": "DECLINED", "note": "Mất điện", "seen": seen}
    refused = client.post(url, data=late)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 409
    assert "Lê Quang Vinh vừa trả lời lúc" in page
    assert "Mất điện" in page
    found = SEEN.search(page)
    assert found is not None
    assert client.post(url, data={**late, "seen": found[1]}).status_code == 303
    with write() as session:
        assert site_row(session, booked, "DC-457").partstat == "DECLINED"


def test_a_time_changed_meanwhile_is_shown_before_anything_is_saved(
    app: Flask, client: FlaskClient, booked: Booked, write: Write
) -> None:
    url = f"/answer/{booked.site_secrets['DC-457']}"
    seen = seen_on(client, url)
    with app.app_context():
        with write() as session:
            user = find_user(session, "thuky")
            assert user is not None
            secretary = actor_of(user)
        starts = factories.in_days(9, 14)
        move_in_transaction(
            secretary, booked.code, booked.occurrence_ids[0], starts, starts.replace(minute=45)
        )
    refused = client.post(url, data={"partstat": "ACCEPTED", "seen": seen})
    page = refused.get_data(as_text=True)
    assert refused.status_code == 409
    assert "vừa đổi giờ hoặc phòng" in page
    assert "14:00–14:45" in page
    with write() as session:
        assert site_row(session, booked, "DC-457").partstat == "NEEDS-ACTION"


def test_what_is_sent_after_a_cancellation_is_said_not_to_be_kept(
    client: FlaskClient, booked: Booked, write: Write
) -> None:
    with write() as session:
        user = find_user(session, "thuky")
        assert user is not None
        cancel(session, actor_of(user), session.get_one(Conference, booked.id), "Bão")
    url = f"/answer/{booked.site_secrets['DC-457']}"
    page = client.post(url, data={"partstat": "ACCEPTED"}).get_data(as_text=True)
    assert "Trả lời vừa gửi không được ghi." in page
    assert "<del>" in page
    assert "hop.quangbinh.example/p1" not in page
