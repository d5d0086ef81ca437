"""The page of a conference: who sees it, what it shows, what can be done from it."""

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from conferencing.models import Conference, ConferenceSite, Occurrence, Site
from hub.clock import now
from hub.contracts.sites import SITE_CONDITIONS, SiteCondition
from hub.outbox import OutboxLetter
from tests import factories
from tests.web.conferencing.province import Booked, book_one, furnish
from tests.web.conftest import Post, SignIn, Write

MAX_PAGE_BYTES = 100_000


@pytest.fixture
def booked(write: Write) -> Booked:
    """A conference a week ahead."""
    with write() as session:
        return book_one(session)


@pytest.fixture
def secretary(booked: Booked, sign_in: SignIn) -> FlaskClient:
    """The secretary who booked it."""
    return sign_in("thuky")


def text_of(browser: FlaskClient, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("username", "status"),
    [("thuky", 200), ("lanhdao", 200), ("lethuy", 200), ("donghoi", 404)],
)
def test_only_those_concerned_find_it(
    booked: Booked, sign_in: SignIn, username: str, status: int
) -> None:
    browser = sign_in(username)
    for path in ("", "/print", ".ics", "?tab=invitations"):
        assert browser.get(f"/conferences/{booked.code}{path}").status_code == status


@pytest.mark.parametrize("tab", ["sites", "attendees", "invitations", "agenda", "history"])
def test_every_tab_is_a_link_and_a_page(secretary: FlaskClient, booked: Booked, tab: str) -> None:
    page = text_of(secretary, f"/conferences/{booked.code}?tab={tab}")
    assert 'aria-current="page"' in page
    assert "Giao ban tuần" in page
    assert page.count("<h1") == 1


def test_an_unknown_tab_filter_or_date_shows_the_sites(
    secretary: FlaskClient, booked: Booked
) -> None:
    page = text_of(
        secretary, f"/conferences/{booked.code}?tab=x&show=y&occurrence=z&q=%F0%9F%98%80"
    )
    assert "Không có điểm cầu nào khớp" in page


def test_a_site_without_power_comes_first_and_is_named(
    app: Flask, secretary: FlaskClient, booked: Booked
) -> None:
    lost = SiteCondition("DC-19249", "power_lost", now(), "Tủ điện báo mất nguồn")
    SITE_CONDITIONS.offer(app, lambda _session, _codes: {"DC-19249": lost})
    page = text_of(secretary, f"/conferences/{booked.code}")
    rows = page.split("<tbody>")[1]
    assert rows.index("DC-19249") < rows.index("DC-44")
    assert "Sự cố điểm cầu" in page
    only = text_of(secretary, f"/conferences/{booked.code}?show=trouble")
    assert "DC-457" not in only.split("<tbody>")[1]


def test_names_are_found_without_accents(secretary: FlaskClient, booked: Booked) -> None:
    page = text_of(secretary, f"/conferences/{booked.code}?q=le+thuy")
    rows = page.split("<tbody>")[1].split("</tbody>")[0]
    assert "Huyện Lệ Thủy" in rows
    assert "Quảng Bình" not in rows


def test_a_secretary_cancels_with_a_reason_everybody_reads(
    secretary: FlaskClient, booked: Booked, post: Post, write: Write
) -> None:
    url = f"/conferences/{booked.code}/cancel"
    assert post(secretary, url, {"reason": " "}).status_code == 422
    assert post(secretary, url, {"reason": "Bão số 8"}).status_code == 303
    page = text_of(secretary, f"/conferences/{booked.code}?tab=history")
    assert "Bão số 8" in page
    with write() as session:
        assert session.get_one(Conference, booked.id).status == "CANCELLED"


def test_moving_onto_a_taken_hour_names_the_clash_and_offers_others(
    secretary: FlaskClient, booked: Booked, post: Post, write: Write
) -> None:
    with write() as session:
        other = book_one(session, title="Họp khác", starts_at=factories.in_days(8))
    day = (factories.in_days(8)).strftime("%d/%m/%Y")
    url = f"/conferences/{booked.code}/occurrences/{booked.occurrence_ids[0]}/move"
    refused = post(secretary, url, {"day": day, "starts": "8h", "ends": "10:00"})
    page = refused.get_data(as_text=True)
    assert refused.status_code == 409
    assert other.code in page
    assert "Giờ khác còn trống" in page
    assert f'value="{day}"' in page


def test_moving_to_a_free_hour_moves_and_raises_the_sequence(
    secretary: FlaskClient, booked: Booked, post: Post, write: Write
) -> None:
    url = f"/conferences/{booked.code}/occurrences/{booked.occurrence_ids[0]}/move"
    day = (factories.in_days(9)).strftime("%d/%m/%Y")
    assert post(secretary, url, {"day": day, "starts": "14h", "ends": "15h30"}).status_code == 303
    with write() as session:
        occurrence = session.get_one(Occurrence, booked.occurrence_ids[0])
        assert occurrence.starts_at == factories.in_days(9, 14)
        assert occurrence.conference.sequence == 1
    history = text_of(secretary, f"/conferences/{booked.code}?tab=history")
    was, new = factories.in_days(7), factories.in_days(9)
    assert f"<del>08:00 {was:%d/%m/%Y}</del> → <ins>14:00 {new:%d/%m/%Y}</ins>" in history


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"day": "40/13/2020", "starts": "8h", "ends": "9h"}, "day"),
        ({"day": "", "starts": "8h", "ends": "9h"}, "day"),
        ({"day": "20/10/2030", "starts": "sáng", "ends": "9h"}, "starts"),
        ({"day": "20/10/2030", "starts": "10h", "ends": "9h"}, "ends"),
    ],
)
def test_a_time_that_cannot_be_read_is_said_beside_the_field(
    secretary: FlaskClient, booked: Booked, post: Post, data: dict[str, str], field: str
) -> None:
    url = f"/conferences/{booked.code}/occurrences/{booked.occurrence_ids[0]}/move"
    refused = post(secretary, url, data)
    assert refused.status_code == 422
    assert f'id="{field}-error"' in refused.get_data(as_text=True)


def test_one_date_of_a_series_is_cancelled_alone(sign_in: SignIn, post: Post, write: Write) -> None:
    with write() as session:
        series = book_one(session, rrule="FREQ=WEEKLY;COUNT=3")
    browser = sign_in("thuky")
    page = text_of(browser, f"/conferences/{series.code}")
    assert page.count("Hủy buổi này") == 3
    url = f"/conferences/{series.code}/cancel?occurrence={series.occurrence_ids[1]}"
    assert "Hủy một buổi" in text_of(browser, url)
    assert post(browser, url, {"reason": "Trùng lễ"}).status_code == 303
    with write() as session:
        conference = session.get_one(Conference, series.id)
        assert [o.status for o in conference.occurrences].count("CANCELLED") == 1
        assert conference.status == "CONFIRMED"


def test_who_only_takes_part_may_not_change_it(booked: Booked, sign_in: SignIn, post: Post) -> None:
    browser = sign_in("lethuy")
    base = f"/conferences/{booked.code}"
    assert f"{base}/cancel" not in text_of(browser, base)
    for path in ("/remind", "/cancel", f"/occurrences/{booked.occurrence_ids[0]}/end"):
        assert post(browser, base + path, {"reason": "x"}).status_code == 403
    assert browser.get(f"{base}/occurrences/{booked.occurrence_ids[0]}/move").status_code == 403


def test_a_district_answers_for_its_own_site_by_telephone_and_for_no_other(
    booked: Booked, sign_in: SignIn, post: Post, write: Write
) -> None:
    browser = sign_in("lethuy")
    url = f"/conferences/{booked.code}/sites/DC-19249/answer"
    assert browser.get(url).status_code == 200
    answer = {"partstat": "ACCEPTED", "headcount": "5", "answered_by": "Ngô Văn Lực"}
    assert post(browser, url, answer).status_code == 303
    with write() as session:
        rows = session.scalars(select(ConferenceSite)).all()
        row = next(row for row in rows if row.site.code == "DC-19249")
        assert row.answered_by == "Lê Thị Thu Hà ghi thay: Ngô Văn Lực"
    elsewhere = f"/conferences/{booked.code}/sites/DC-44/answer"
    assert browser.get(elsewhere).status_code == 404


def test_a_letter_that_failed_is_shown_and_sent_again(
    secretary: FlaskClient, booked: Booked, post: Post, write: Write
) -> None:
    with write() as session:
        letter = session.scalars(select(OutboxLetter).order_by(OutboxLetter.id)).first()
        assert letter is not None
        letter.state, letter.last_error, number = "failed", "550 no such user", letter.id
    page = text_of(secretary, f"/conferences/{booked.code}?tab=invitations")
    assert "550 no such user" in page
    assert post(secretary, f"/conferences/{booked.code}/letters/{number}/retry").status_code == 303
    with write() as session:
        assert session.get_one(OutboxLetter, number).state == "new"
    # It has not left yet, so there is nothing to send again.
    again = post(secretary, f"/conferences/{booked.code}/letters/{number}/retry")
    assert again.status_code == 409


def test_a_letter_of_another_conference_is_not_found(
    secretary: FlaskClient, booked: Booked, post: Post, write: Write
) -> None:
    with write() as session:
        other = book_one(session, starts_at=factories.in_days(8))
        key = f"conference:{other.id}"
        query = select(OutboxLetter.id).where(OutboxLetter.subject_key == key)
        number = session.scalars(query).first()
    answer = post(secretary, f"/conferences/{booked.code}/letters/{number}/retry")
    assert answer.status_code == 404


def test_reminding_writes_to_those_who_have_not_answered(
    secretary: FlaskClient, booked: Booked, post: Post, write: Write
) -> None:
    assert post(secretary, f"/conferences/{booked.code}/remind").status_code == 303
    with write() as session:
        query = select(OutboxLetter).where(OutboxLetter.kind == "conference.reminder")
        assert len(session.scalars(query).all()) == 4


def test_a_running_conference_is_ended_and_says_so(
    booked: Booked, sign_in: SignIn, post: Post
) -> None:
    with time_machine.travel(factories.in_days(7) + timedelta(minutes=10), tick=True):
        browser = sign_in("thuky")
        page = text_of(browser, f"/conferences/{booked.code}")
        assert "Đang họp" in page
        assert "Kết thúc họp" in page
        url = f"/conferences/{booked.code}/occurrences/{booked.occurrence_ids[0]}/end"
        assert post(browser, url).status_code == 303
        assert 'data-state="ended"' in text_of(browser, f"/conferences/{booked.code}")


def test_the_list_has_each_conference_in_its_place(
    secretary: FlaskClient, booked: Booked, post: Post
) -> None:
    assert booked.code in text_of(secretary, "/conferences")
    assert booked.code in text_of(secretary, "/conferences?when=mine&q=giao+ban")
    assert booked.code not in text_of(secretary, "/conferences?when=past")
    assert booked.code not in text_of(secretary, "/conferences?q=lut+bao")
    post(secretary, f"/conferences/{booked.code}/cancel", {"reason": "Bão"})
    assert booked.code in text_of(secretary, "/conferences?when=cancelled")
    assert booked.code not in text_of(secretary, "/conferences?when=upcoming")


def test_another_district_sees_nothing_in_list_or_search(booked: Booked, sign_in: SignIn) -> None:
    browser = sign_in("donghoi")
    assert booked.code not in text_of(browser, "/conferences")
    assert booked.code not in text_of(browser, "/search?q=giao+ban")
    assert booked.code in text_of(sign_in("lethuy"), "/search?q=giao+ban")


def test_a_bad_cursor_is_refused(secretary: FlaskClient) -> None:
    assert secretary.get("/conferences?cursor=zzz").status_code == 422


def test_all_sites_of_the_province_fit_the_weight_of_a_page(sign_in: SignIn, write: Write) -> None:
    with write() as session:
        furnish(session, every_unit=True)
        everywhere = list(session.scalars(select(Site.code)))
        assert len(everywhere) == 160
        large = book_one(session, sites=everywhere)
    browser = sign_in("thuky")
    page = browser.get(f"/conferences/{large.code}", headers={"Accept-Encoding": "gzip"})
    assert page.status_code == 200
    assert len(page.data) < MAX_PAGE_BYTES


def test_one_date_and_those_after_it_are_called_off_from_the_page(
    sign_in: SignIn, post: Post, write: Write
) -> None:
    with write() as session:
        code = book_one(session, rrule="FREQ=WEEKLY;COUNT=4").code
        conference = session.scalars(select(Conference).where(Conference.code == code)).one()
        second = conference.occurrences[1].id
    browser = sign_in("thuky")
    path = f"/conferences/{code}/cancel?occurrence={second}"
    assert "Cùng các buổi sau là 3 buổi" in browser.get(path).text
    answer = post(browser, path, {"reason": "Hết đợt", "extent": "following"})
    assert answer.status_code == 303
    with write() as session:
        conference = session.scalars(select(Conference).where(Conference.code == code)).one()
        assert [o.status for o in conference.occurrences] == ["CONFIRMED", *["CANCELLED"] * 3]
        assert conference.status == "CONFIRMED"
    again = post(browser, path, {"reason": "Hết đợt", "extent": "following"})
    assert again.status_code == 409
    assert "đã kết thúc hoặc đã hủy" in again.text


@pytest.fixture
def large(write: Write) -> Booked:
    """A conference of all 160 sites."""
    with write() as session:
        furnish(session, every_unit=True)
        return book_one(session, sites=list(session.scalars(select(Site.code))))


def test_many_sites_are_folded_by_district(sign_in: SignIn, large: Booked) -> None:
    secretary = sign_in("thuky")
    page = text_of(secretary, f"/conferences/{large.code}")
    assert page.count('<details class="district"') == 9
    assert page.count('<details class="district" id="unit-457" open>') == 0
    unfolded = text_of(secretary, f"/conferences/{large.code}?open=457")
    assert '<details class="district" id="unit-457" open>' in unfolded
    found = text_of(secretary, f"/conferences/{large.code}?q=thuy")
    assert found.count(" open>") == found.count('<details class="district"')


def test_a_district_finds_its_own_sites_first_and_alone_on_wish(
    sign_in: SignIn, large: Booked
) -> None:
    clerk = sign_in("lethuy")
    page = text_of(clerk, f"/conferences/{large.code}")
    first = page.index('<details class="district"')
    assert page[first:].startswith('<details class="district" id="unit-457" open>')
    own = text_of(clerk, f"/conferences/{large.code}?show=mine")
    assert "Đơn vị của tôi 27" in own
    rows = own.split("<tbody>")[1].split("</tbody>")[0]
    assert rows.count("<tr") == 27
    assert "DC-450" not in rows
    assert "Đơn vị của tôi" not in text_of(sign_in("thuky"), f"/conferences/{large.code}")


def test_a_district_knows_of_the_letters_to_its_own_sites_alone(
    booked: Booked, sign_in: SignIn
) -> None:
    path = f"/conferences/{booked.code}?tab=invitations"
    own = text_of(sign_in("lethuy"), path)
    assert set(re.findall(r"diemcau\.(\d+)@", own)) == {"457", "19249"}
    assert "chu.tich@" not in own
    assert re.search(r'Giấy mời <span class="tab-count">2</span>', own)
    everybody = text_of(sign_in("thuky"), path)
    assert set(re.findall(r"diemcau\.(\d+)@", everybody)) == {"44", "457", "19249"}
    assert "chu.tich@" in everybody


def reminders(write: Write) -> int:
    with write() as session:
        query = select(OutboxLetter.id).where(OutboxLetter.kind == "conference.reminder")
        return len(session.scalars(query).all())


def test_who_would_be_reminded_is_shown_before_anything_is_sent(
    secretary: FlaskClient, client: FlaskClient, booked: Booked, write: Write
) -> None:
    client.post(f"/answer/{booked.site_secrets['DC-44']}", data={"partstat": "ACCEPTED"})
    with write() as session:
        site = session.scalars(select(Site).where(Site.code == "DC-457")).one()
        site.email = ""
    page = text_of(secretary, f"/conferences/{booked.code}/remind")
    assert "Gửi 2 thư" in page
    assert "diemcau.19249@" in page
    assert "1 nơi đã trả lời" in page
    assert "Điểm cầu Huyện Lệ Thủy không có hộp thư" in page
    assert reminders(write) == 0


def test_reminding_again_says_why_nothing_was_sent(
    secretary: FlaskClient, booked: Booked, post: Post, write: Write
) -> None:
    path = f"/conferences/{booked.code}/remind"
    assert "Đã xếp 4 thư đôn đốc." in text_of(secretary, post(secretary, path).location)
    again = text_of(secretary, post(secretary, path).location)
    assert "Không gửi thư nào: 4 nơi vừa được đôn đốc lúc" in again
    assert "gửi lại được từ" in text_of(secretary, path)
    assert reminders(write) == 4
    with time_machine.travel(now() + timedelta(minutes=61), tick=True):
        # Whoever is away for an hour is signed in still.
        assert "Gửi 4 thư" in text_of(secretary, path)


def test_when_all_have_answered_nobody_is_reminded(
    secretary: FlaskClient, client: FlaskClient, booked: Booked, post: Post, write: Write
) -> None:
    for secret in (*booked.site_secrets.values(), booked.person_secret):
        client.post(f"/answer/{secret}", data={"partstat": "ACCEPTED"})
    sent = post(secretary, f"/conferences/{booked.code}/remind")
    assert "Không gửi thư nào: mọi nơi đã trả lời." in text_of(secretary, sent.location)
    assert reminders(write) == 0
