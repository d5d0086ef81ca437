"""Timeline, month, agenda and home: what is shown to whom, and what an empty day says."""

from html import unescape
from typing import Any

from flask.testing import FlaskClient

from hub.clock import local
from tests import factories
from tests.web.conferencing.province import book_one
from tests.web.conftest import SignIn, Write

FAR_SUNDAY = "2031-06-01"


def page_of(browser: FlaskClient, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return unescape(answer.get_data(as_text=True))


def book_at(write: Write, days: int = 7, **changes: Any) -> tuple[str, str]:
    """Book for a morning some days ahead; give the code and the date."""
    starts_at = factories.in_days(days, 9)
    with write() as session:
        booked = book_one(session, starts_at=starts_at, **changes)
    return booked.code, local(starts_at).date().isoformat()


def test_the_week_shows_rooms_ports_and_the_opened_district(sign_in: SignIn, write: Write) -> None:
    code, date = book_at(write)
    page = page_of(sign_in("thuky"), f"/timeline?date={date}&open=457")
    assert page.count(f'href="/conferences/{code}"') >= 3
    assert "Phòng họp P1" in page
    assert "cổng / 200" in page
    assert "<strong>2</strong>/3" in page
    assert 'aria-expanded="true"' in page


def test_no_page_places_by_style_attributes(sign_in: SignIn, write: Write) -> None:
    _code, date = book_at(write)
    browser = sign_in("thuky")
    for path in (f"/timeline?date={date}&open=457", f"/calendar?date={date}", "/", "/agenda"):
        assert ' style="' not in page_of(browser, path), path


def test_the_day_counts_by_the_hour(sign_in: SignIn, write: Write) -> None:
    _code, date = book_at(write)
    page = page_of(sign_in("thuky"), f"/timeline?view=day&date={date}")
    assert page.count("<strong>2</strong>/3") == 2


def test_somebody_elses_conference_is_only_busy(sign_in: SignIn, write: Write) -> None:
    code, date = book_at(write, title="Chuyện riêng của tỉnh", sites=("DC-44", "DC-450"))
    page = page_of(sign_in("lethuy"), f"/timeline?date={date}")
    assert "Chuyện riêng" not in page
    assert code not in page
    assert "Bận" in page


def test_filters_leave_out_rows_and_types(sign_in: SignIn, write: Write) -> None:
    code, date = book_at(write)
    browser = sign_in("thuky")
    assert "Phòng họp P2" not in page_of(browser, f"/timeline?date={date}")
    assert "Phòng họp P2" in page_of(browser, f"/timeline?date={date}&rows=all")
    assert code in page_of(browser, f"/timeline?date={date}&mine=1")
    emergencies = page_of(browser, f"/timeline?date={date}&type=emergency&open=457")
    assert f'tl-block tl-mine" href="/conferences/{code}"' not in emergencies


def test_month_and_agenda_list_the_conference(sign_in: SignIn, write: Write) -> None:
    code, date = book_at(write, title="Sơ kết nông thôn mới")
    browser = sign_in("thuky")
    assert code in page_of(browser, f"/calendar?date={date}")
    assert code in page_of(browser, f"/agenda?date={date}")
    assert browser.get(f"/calendar?view=week&date={date}").location == f"/timeline?date={date}"


def test_the_agenda_finds_without_accents(sign_in: SignIn, write: Write) -> None:
    code, _date = book_at(write, days=40, title="Sơ kết nông thôn mới")
    browser = sign_in("thuky")
    assert code in page_of(browser, "/agenda?q=nong+thon")
    assert "Không tìm thấy" in page_of(browser, "/agenda?q=khong+co+dau")


def test_an_empty_week_offers_to_book(sign_in: SignIn, write: Write) -> None:
    book_at(write)
    browser = sign_in("thuky")
    assert "Chưa có hội nghị nào ngày 26/05" in page_of(browser, f"/agenda?date={FAR_SUNDAY}")
    assert "Chưa có hội nghị nào" in page_of(browser, f"/calendar?date={FAR_SUNDAY}")
    assert "Chưa có hội nghị nào" in page_of(browser, f"/timeline?date={FAR_SUNDAY}")


def test_a_viewer_sees_but_is_not_offered_to_book(sign_in: SignIn, write: Write) -> None:
    book_at(write)
    browser = sign_in("donghoi")
    for path in ("/timeline", "/calendar", "/agenda", "/"):
        assert "/conferences/new" not in page_of(browser, path), path


def test_home_names_today_and_what_is_next(sign_in: SignIn, write: Write) -> None:
    code, _date = book_at(write, days=2)
    page = page_of(sign_in("thuky"), "/")
    assert "Chưa có hội nghị nào hôm nay." in page
    assert "Sắp tới" in page
    assert f"/conferences/{code}" in page
    assert "3 điểm cầu chưa xác nhận" in page
    assert "điểm cầu lúc" in page


def test_bad_dates_in_the_address_show_today(sign_in: SignIn, write: Write) -> None:
    book_at(write)
    browser = sign_in("thuky")
    today = page_of(browser, "/timeline")
    assert page_of(browser, "/timeline?date=hom-qua-x").count("tl-day") == today.count("tl-day")
    page_of(browser, "/agenda?date=99/99/9999")
    page_of(browser, "/calendar?date=0001-01-01")
    page_of(browser, "/calendar?date=9999-12-31")
