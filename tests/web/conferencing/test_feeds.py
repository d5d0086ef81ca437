"""Calendar feeds: made inside one's area, fetched without a session, gone when revoked."""

import gzip
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from conferencing.models import FeedToken
from tests import factories
from tests.web.conferencing.province import Booked, book_one
from tests.web.conftest import Post, SignIn, Write

URL = re.compile(r'value="https?://[^/"]+(/feeds/[A-Za-z0-9_-]+\.ics)"')


@pytest.fixture
def booked(write: Write) -> Booked:
    """A conference a week ahead."""
    with write() as session:
        return book_one(session)


def make(browser: FlaskClient, post: Post, target: str) -> str:
    made = post(browser, "/feeds", {"target": target})
    assert made.status_code == 201
    found = URL.search(made.get_data(as_text=True))
    assert found is not None
    return found[1]


def unpacked(answer: TestResponse) -> bytes:
    """The file itself; packed, it carries the second in which it was packed (RFC 1952)."""
    is_packed = answer.headers.get("Content-Encoding") == "gzip"
    return gzip.decompress(answer.data) if is_packed else answer.data


@pytest.mark.parametrize("target", ["person:", "unit:44", "site:DC-457", "room:P1"])
def test_a_feed_is_made_shown_once_and_read_without_a_session(
    booked: Booked, sign_in: SignIn, client: FlaskClient, post: Post, target: str
) -> None:
    browser = sign_in("thuky")
    path = make(browser, post, target)
    feed = client.get(path)
    assert feed.status_code == 200
    assert feed.content_type == "text/calendar; charset=utf-8"
    assert feed.headers["Content-Disposition"].startswith("inline")
    assert "private" in feed.headers["Cache-Control"]
    assert "max-age=300" in feed.headers["Cache-Control"]
    assert b"SUMMARY:Giao ban" in feed.data
    assert b"ATTENDEE" not in feed.data
    listed = browser.get("/feeds").get_data(as_text=True)
    assert path not in listed
    assert path.removeprefix("/feeds/")[:6] in listed


def test_the_page_of_a_new_feed_has_a_webcal_link_and_a_picture(
    booked: Booked, sign_in: SignIn, post: Post
) -> None:
    made = post(sign_in("thuky"), "/feeds", {"target": "person:"})
    page = made.get_data(as_text=True)
    assert 'href="webcal://' in page
    assert '<svg class="qr"' in page or 'class="qr"' in page
    assert made.headers["Cache-Control"] == "no-store"
    for program in ("Google", "Outlook", "iPhone", "Thunderbird"):
        assert program in page


@pytest.mark.parametrize(
    "target", ["unit:450", "unit:44", "site:DC-450", "site:DC-44", "room:P1", "unit:", "x:y", ""]
)
def test_nothing_outside_ones_area_can_be_followed(
    booked: Booked, sign_in: SignIn, post: Post, write: Write, target: str
) -> None:
    refused = post(sign_in("lethuy"), "/feeds", {"target": target})
    assert refused.status_code == 422
    with write() as session:
        assert session.scalars(select(FeedToken)).all() == []


def test_another_districts_feed_is_empty(
    booked: Booked, sign_in: SignIn, client: FlaskClient, post: Post
) -> None:
    path = make(sign_in("donghoi"), post, "unit:450")
    assert b"VEVENT" not in client.get(path).data


def test_an_unchanged_feed_is_not_sent_again(
    booked: Booked, sign_in: SignIn, client: FlaskClient, post: Post, write: Write
) -> None:
    path = make(sign_in("thuky"), post, "person:")
    for encoding in ("identity", "gzip"):
        headers = {"Accept-Encoding": encoding}
        first = client.get(path, headers=headers)
        again = client.get(path, headers={**headers, "If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        assert unpacked(client.get(path, headers=headers)) == unpacked(first)
    with write() as session:
        book_one(session, starts_at=factories.in_days(8))
    changed = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.data.count(b"BEGIN:VEVENT") == 2


def test_a_feed_is_packed_and_says_when_it_changed(
    booked: Booked, sign_in: SignIn, client: FlaskClient, post: Post
) -> None:
    path = make(sign_in("thuky"), post, "person:")
    packed = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    head = client.head(path)
    assert head.status_code == 200
    assert head.data == b""
    assert head.headers["ETag"]
    assert head.headers["Last-Modified"]


def test_a_revoked_feed_is_gone_and_only_its_owner_revokes_it(
    booked: Booked, sign_in: SignIn, client: FlaskClient, post: Post, write: Write
) -> None:
    browser = sign_in("thuky")
    path = make(browser, post, "person:")
    etag = client.get(path).headers["ETag"]
    with write() as session:
        number = session.scalars(select(FeedToken.id)).one()
    assert post(sign_in("lethuy"), f"/feeds/{number}/revoke").status_code == 404
    assert post(browser, f"/feeds/{number}/revoke").status_code == 303
    gone = client.get(path, headers={"If-None-Match": etag})
    assert gone.status_code == 404
    assert gone.content_type.startswith("text/plain")


def test_the_list_says_when_a_feed_was_last_fetched(
    booked: Booked, sign_in: SignIn, client: FlaskClient, post: Post
) -> None:
    browser = sign_in("thuky")
    path = make(browser, post, "person:")
    assert "chưa lần nào" in browser.get("/feeds").get_data(as_text=True)
    client.get(path)
    assert "vừa xong" in browser.get("/feeds").get_data(as_text=True)


def test_guessing_addresses_is_slowed_down(client: FlaskClient) -> None:
    codes = [client.get(f"/feeds/guess{number}.ics").status_code for number in range(35)]
    assert codes.count(404) == 30
    assert codes[-1] == 429
