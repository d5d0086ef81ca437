"""The inbox as a district's clerk meets it: no script, few presses, others at it meanwhile."""

import gzip
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from conferencing.booking.cancelling import cancel
from conferencing.booking.moving import move_in_transaction
from conferencing.models import Conference, ConferenceSite, Site
from hub.access.actor import actor_of
from hub.accounts.services import find_user
from hub.clock import now
from hub.contracts.sites import SITE_CONDITIONS, SiteCondition
from tests import factories
from tests.web.conferencing.province import Booked, book_one, furnish
from tests.web.conftest import Post, SignIn, Write

MAX_PAGE_BYTES = 50_000
SITES = ("DC-44", "DC-450", "DC-457", "DC-19249", "DC-19252")
OWN = ("DC-457", "DC-19249", "DC-19252")
MOMENT = re.compile(r'name="at" value="(\d+)"')


@pytest.fixture
def booked(write: Write) -> Booked:
    """A conference a week ahead with sites of two districts."""
    with write() as session:
        return book_one(session, sites=SITES)


@pytest.fixture
def clerk(booked: Booked, sign_in: SignIn) -> FlaskClient:
    """The clerk of Lệ Thủy."""
    return sign_in("lethuy")


def text_of(browser: FlaskClient, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def answers(write: Write, booked: Booked) -> dict[str, str]:
    with write() as session:
        query = select(ConferenceSite).where(ConferenceSite.conference_id == booked.id)
        return {row.site.code: row.partstat for row in session.scalars(query)}


def test_only_ones_own_sites_wait(clerk: FlaskClient, booked: Booked) -> None:
    page = text_of(clerk, "/inbox")
    assert booked.code in page
    assert set(re.findall(r'name="site" value="([^"]+)" checked', page)) == set(OWN)
    assert re.search(r'Chờ trả lời</span><span class="badge">1</span>', page)


def test_all_are_answered_with_one_press_and_taken_back_with_another(
    clerk: FlaskClient, booked: Booked, post: Post, write: Write
) -> None:
    sent = {"site": list(OWN), "partstat": "ACCEPTED", "DC-19249-headcount": "7"}
    saved = post(clerk, f"/inbox/{booked.code}", sent)
    assert saved.status_code == 303
    page = text_of(clerk, saved.location)
    assert "Đã ghi 3 điểm cầu" in page
    assert "đã trả lời hết" in page
    assert [answers(write, booked)[site] for site in OWN] == ["ACCEPTED"] * 3
    moment = MOMENT.search(page)
    assert moment is not None
    undone = post(clerk, f"/inbox/{booked.code}/undo", {"at": moment[1]})
    assert "Đã hoàn tác 3 trả lời." in text_of(clerk, undone.location)
    assert [answers(write, booked)[site] for site in OWN] == ["NEEDS-ACTION"] * 3
    again = post(clerk, f"/inbox/{booked.code}/undo", {"at": moment[1]})
    assert "Giữ nguyên vì đã hoàn tác rồi" in text_of(clerk, again.location)


def test_pressing_twice_says_so_and_writes_once(
    clerk: FlaskClient, booked: Booked, post: Post
) -> None:
    sent = {"site": list(OWN), "partstat": "ACCEPTED"}
    post(clerk, f"/inbox/{booked.code}", sent)
    again = post(clerk, f"/inbox/{booked.code}", sent)
    page = text_of(clerk, again.location)
    assert "3 điểm cầu đã trả lời đúng như vậy." in page
    history = text_of(clerk, f"/conferences/{booked.code}?tab=history")
    assert history.count("Lê Thị Thu Hà ghi thay") == 3


def test_what_another_answered_meanwhile_stays_and_the_rest_is_saved(
    clerk: FlaskClient, client: FlaskClient, booked: Booked, post: Post, write: Write
) -> None:
    no = {"partstat": "DECLINED", "note": "Mất điện", "answered_by": "Ngô Văn Lực"}
    client.post(f"/answer/{booked.site_secrets['DC-19249']}", data=no)
    saved = post(clerk, f"/inbox/{booked.code}", {"site": list(OWN), "partstat": "ACCEPTED"})
    page = text_of(clerk, saved.location)
    assert "Ngô Văn Lực đã trả lời lúc" in page
    assert "Đã ghi 2 điểm cầu" in page
    found = answers(write, booked)
    assert [found[site] for site in OWN] == ["ACCEPTED", "DECLINED", "ACCEPTED"]


def test_a_conference_cancelled_meanwhile_takes_nothing_and_says_so(
    clerk: FlaskClient, booked: Booked, post: Post, write: Write
) -> None:
    with write() as session:
        user = find_user(session, "thuky")
        assert user is not None
        cancel(session, actor_of(user), session.get_one(Conference, booked.id), "Bão")
    refused = post(clerk, f"/inbox/{booked.code}", {"site": list(OWN), "partstat": "ACCEPTED"})
    assert refused.status_code == 409
    assert "Cuộc họp đã bị hủy." in refused.get_data(as_text=True)


def test_a_conference_moved_meanwhile_is_shown_again_with_what_was_typed(
    app: Flask, clerk: FlaskClient, booked: Booked, post: Post, write: Write
) -> None:
    with app.app_context():
        with write() as session:
            user = find_user(session, "thuky")
            assert user is not None
            secretary = actor_of(user)
        start = factories.in_days(9, 14)
        ends = start.replace(minute=45)
        move_in_transaction(secretary, booked.code, booked.occurrence_ids[0], start, ends)
    sent = {"site": ["DC-457"], "partstat": "TENTATIVE", "seen": "0", "DC-457-headcount": "9"}
    refused = post(clerk, f"/inbox/{booked.code}", sent)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 409
    assert "vừa đổi giờ hoặc phòng" in page
    assert 'value="9"' in page
    assert "14:00" in page
    assert answers(write, booked)["DC-457"] == "NEEDS-ACTION"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"site": list(OWN)}, "Chọn một trong các ô trên."),
        ({"partstat": "ACCEPTED"}, "Đánh dấu ít nhất một điểm cầu."),
        ({"site": list(OWN), "partstat": "DECLINED"}, "Ghi lý do không dự."),
        ({"site": list(OWN), "partstat": "MAYBE"}, "partstat-error"),
        (
            {"site": list(OWN), "partstat": "ACCEPTED", "DC-457-headcount": "bảy"},
            "#DC-457-headcount",
        ),
    ],
)
def test_what_is_to_be_mended_is_said_and_everything_typed_is_kept(
    clerk: FlaskClient, booked: Booked, post: Post, write: Write, data: dict[str, str], words: str
) -> None:
    more = {"DC-19249-technician_name": "Hồ Thị Thảo"}
    refused = post(clerk, f"/inbox/{booked.code}", {**data, **more})
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert words in page
    assert "Hồ Thị Thảo" in page
    assert set(answers(write, booked).values()) == {"NEEDS-ACTION"}


def test_a_foreign_district_finds_nothing_and_answers_for_nobody(
    clerk: FlaskClient, booked: Booked, sign_in: SignIn, post: Post, write: Write
) -> None:
    sent = {"site": ["DC-44", "DC-450"], "partstat": "ACCEPTED"}
    left = post(clerk, f"/inbox/{booked.code}", sent)
    assert "DC-44: không còn được mời." in text_of(clerk, left.location)
    assert set(answers(write, booked).values()) == {"NEEDS-ACTION"}
    with write() as session:
        other = book_one(session, sites=("DC-450",), starts_at=factories.in_days(8))
    assert other.code not in text_of(clerk, "/inbox")
    assert post(clerk, f"/inbox/{other.code}", sent).status_code == 404
    # A viewer answers for nobody, not even at home.
    assert sign_in("donghoi").get("/inbox").status_code == 403


def test_day_and_district_narrow(sign_in: SignIn, booked: Booked, write: Write) -> None:
    with write() as session:
        later = book_one(session, sites=SITES, starts_at=factories.in_days(8))
    secretary = sign_in("thuky")
    day = factories.in_days(8).strftime("%Y-%m-%d")
    page = text_of(secretary, f"/inbox?day={day}&unit=450")
    assert later.code in page
    assert booked.code not in page
    assert re.findall(r'name="site" value="([^"]+)"', page) == ["DC-450"]
    assert "ở bộ lọc này" in text_of(secretary, "/inbox?day=2020-10-19")


def test_a_doubtful_site_comes_first_with_its_reason(
    app: Flask, clerk: FlaskClient, booked: Booked
) -> None:
    lost = SiteCondition("DC-19252", "power_lost", now(), "Tủ điện báo mất nguồn")
    SITE_CONDITIONS.offer(app, lambda _session, _codes: {"DC-19252": lost})
    page = text_of(clerk, "/inbox")
    assert re.findall(r'name="site" value="([^"]+)"', page)[0] == "DC-19252"
    assert "Tủ điện báo mất nguồn" in page


def test_a_whole_province_stays_light(sign_in: SignIn, write: Write) -> None:
    with write() as session:
        furnish(session, every_unit=True)
        everywhere = list(session.scalars(select(Site.code)))
        for day in range(7, 12):
            book_one(session, sites=everywhere, starts_at=factories.in_days(day))
    page = sign_in("thuky").get("/inbox").data
    assert page.count(b'name="site"') == 160
    assert len(gzip.compress(page, 6)) < MAX_PAGE_BYTES
    own = sign_in("lethuy").get("/inbox").data
    assert own.count(b'name="site"') == 27
    assert len(gzip.compress(own, 6)) < 15_000
