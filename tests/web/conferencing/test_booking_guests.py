"""Guests of the booking form: a pasted list is shown as rows, nobody is lost or invited twice."""

import re
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from conferencing.models import Attendee, Conference
from tests.web.conferencing.test_booking_form import filled, text_of, value_of
from tests.web.conferencing.test_booking_form import secretary as secretary
from tests.web.conftest import Post, Write

NEW = "/conferences/new"
LIST = '"Lê, An" <a@quangbinh.example>; B <b@quangbinh.example>, c@quangbinh.example'


def kept_by(review: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', review):
        found.setdefault(name, []).append(value)
    found.pop("csrf_token", None)
    return found


def rows(emails: list[str], names: list[str] | None = None) -> dict[str, Any]:
    return {
        "attendee_email": emails,
        "attendee_name": names or [""] * len(emails),
        "attendee_role": ["CHAIR"] * len(emails),
    }


def test_everybody_on_a_pasted_line_is_shown_and_invited(
    secretary: FlaskClient, post: Post, write: Write
) -> None:
    review = text_of(post(secretary, NEW, filled(attendees_text=LIST)))
    for shown in ("Lê, An", "a@quangbinh.example", "b@quangbinh.example", "c@quangbinh.example"):
        assert shown in review
    assert "Đã đưa 3 đại biểu vào danh sách." in review
    assert post(secretary, NEW, {**kept_by(review), "do": "confirm"}).status_code == 302
    with write() as session:
        people = session.scalars(select(Attendee).order_by(Attendee.email)).all()
        assert [(one.name, one.email) for one in people] == [
            ("Lê, An", "a@quangbinh.example"),
            ("B", "b@quangbinh.example"),
            ("", "c@quangbinh.example"),
        ]


def test_nobody_is_invited_unseen(secretary: FlaskClient, post: Post, write: Write) -> None:
    answer = post(secretary, NEW, filled(do="confirm", attendees_text=LIST))
    assert answer.status_code == 200
    assert "Lê, An" in text_of(answer)
    with write() as session:
        assert session.scalars(select(Conference)).all() == []


def test_who_is_listed_again_is_named_and_comes_once(secretary: FlaskClient, post: Post) -> None:
    form = filled(do="read_guests", attendees_text="A@quangbinh.example\nd@quangbinh.example")
    page = text_of(post(secretary, NEW, {**form, **rows(["a@quangbinh.example"])}))
    assert "Đã có rồi, không thêm lần nữa: A@quangbinh.example." in page
    assert page.count('value="a@quangbinh.example"') == 1
    assert 'value="A@quangbinh.example"' not in page
    assert 'value="d@quangbinh.example"' in page
    twice = rows(["a@quangbinh.example", "A@quangbinh.example"], ["", "Lê An"])
    page = text_of(post(secretary, NEW, filled(do="read_guests", **twice)))
    assert "Đã có rồi, không thêm lần nữa: a@quangbinh.example." in page
    assert page.count('name="attendee_email"') == 2  # the row and the template of rows
    assert "Lê An" in page


def test_what_cannot_be_read_stays_in_the_box_and_is_named(
    secretary: FlaskClient, post: Post
) -> None:
    text = "Trần Văn X, Phó Giám đốc\na@quangbinh.example"
    answer = post(secretary, NEW, filled(attendees_text=text))
    page = text_of(answer)
    assert answer.status_code == 422
    assert 'href="#attendees_text"' in page
    assert "Chưa đọc được: Trần Văn X, Phó Giám đốc." in page
    box = re.search(r'<textarea[^>]*name="attendees_text"[^>]*>([^<]*)<', page)
    assert box is not None
    assert box[1].strip() == "Trần Văn X, Phó Giám đốc"
    assert 'value="a@quangbinh.example"' in page


def test_the_list_is_read_without_drawing_the_page(secretary: FlaskClient, post: Post) -> None:
    text = "nguyễn@quangbinh.example\nLê An\tPhó Giám đốc\tan@tỉnh.vn"
    part = text_of(post(secretary, "/conferences/guests", filled(attendees_text=text)))
    assert "<html" not in part
    assert "Lê An, Phó Giám đốc" in part
    assert "không gửi được tới địa chỉ có dấu trước chữ @" in part
    assert part.count('aria-invalid="true"') == 1


def test_an_address_that_cannot_be_sent_is_refused_at_its_row(
    secretary: FlaskClient, post: Post
) -> None:
    answer = post(secretary, NEW, filled(**rows(["nguyễn@quangbinh.example"])))
    page = text_of(answer)
    assert answer.status_code == 422
    assert 'href="#attendee-0"' in page
    assert "không gửi được tới địa chỉ có dấu trước chữ @" in page
    assert value_of(page, "attendee_email") == "nguyễn@quangbinh.example"


def test_a_vietnamese_domain_is_kept_as_sent_and_shown_as_written(
    secretary: FlaskClient, post: Post, write: Write
) -> None:
    booked = post(secretary, NEW, filled(do="confirm", **rows(["an@tỉnh.vn"])))
    assert booked.status_code == 302
    with write() as session:
        assert session.scalars(select(Attendee.email)).all() == ["an@xn--tnh-dlz.vn"]
    assert "an@tỉnh.vn" in text_of(secretary.get(f"{booked.location}?tab=attendees"))
    form = text_of(secretary.get(f"{booked.location}/edit"))
    assert value_of(form, "attendee_email") == "an@tỉnh.vn"
