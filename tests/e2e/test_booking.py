"""Booking in a real browser: by mouse, by keyboard alone, without script; and on a bad line."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import count

import pytest
from playwright.sync_api import Page, Response, expect
from sqlalchemy import select

from conferencing.models import Conference, ConferenceSite
from conferencing.models import Site as BookableSite
from hub.clock import local, now
from hub.orgunits.queries import current_units, unit_by_code
from tests import factories
from tests.e2e.conftest import Site, Visits

pytestmark = pytest.mark.e2e

FIRST_VIEW_BYTES = 100_000
MANY_TABS = 150
CONFIRMED = "**/conferences/HN-*"
# Each test books days of its own: they share one installation, and all want everybody.
days_taken = count(30, 7)
Check = Callable[[Page], list[str]]


@pytest.fixture(autouse=True)
def furnished(site: Site) -> None:
    """Rooms, and a site for each unit, once per installation."""
    with site.write() as session:
        if session.scalar(select(BookableSite.id).limit(1)) is not None:
            return
        province = unit_by_code(session, "44")
        assert province is not None
        bridge = factories.add_bridge(session, province)
        factories.add_room(session, bridge, "P1")
        factories.add_room(session, bridge, "P2")
        factories.add_sites(session, current_units(session))


@pytest.fixture
def day() -> date:
    """A Wednesday that no other test books."""
    some = local(now()).date() + timedelta(days=next(days_taken))
    return some + timedelta(days=2 - some.weekday())


def written(day: date) -> str:
    return day.strftime("%d/%m/%Y")


def booked_sites(site: Site, page: Page) -> int:
    """How many sites the conference has whose page is open."""
    code = page.url.rpartition("/")[2].partition("?")[0]
    with site.write() as session:
        query = select(ConferenceSite.id).join(Conference).where(Conference.code == code)
        return len(session.scalars(query).all())


def test_160_sites_are_booked_by_mouse(site: Site, visit: Visits, day: date) -> None:
    page = visit("thuky", "/conferences/new", theme="light")
    page.fill("#title", "Họp toàn tỉnh bằng chuột")
    page.fill("#day", written(day))
    page.click("[data-all]")
    expect(page.locator("[data-chosen]")).to_have_text("160")
    expect(page.locator("#check")).to_contain_text("160/160")
    page.click(".action-bar [data-submit]")
    expect(page.locator("h1")).to_contain_text("Kiểm tra lại")
    page.click("[data-confirm] [data-submit]")
    page.wait_for_url(CONFIRMED)
    assert booked_sites(site, page) == 160


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus, as somebody without a mouse does."""
    for _step in range(MANY_TABS):
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{selector} is not reached by Tab")


def retype(page: Page, selector: str, text: str) -> None:
    tab_to(page, selector)
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def test_160_sites_are_booked_by_keyboard_alone(site: Site, visit: Visits, day: date) -> None:
    page = visit("thuky", "/", theme="light")
    page.keyboard.press("n")
    page.wait_for_url("**/conferences/new")
    retype(page, "#title", "Họp toàn tỉnh bằng bàn phím")
    retype(page, "#day", written(day))
    retype(page, "#starts", "14h30")
    retype(page, "#ends", "1600")
    tab_to(page, "[data-all]")
    page.keyboard.press("Space")
    expect(page.locator("[data-chosen]")).to_have_text("160")
    page.keyboard.press("Control+Enter")
    expect(page.locator("h1")).to_contain_text("Kiểm tra lại")
    expect(page.locator("[data-confirm] [data-submit]")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(CONFIRMED)
    assert booked_sites(site, page) == 160


def test_a_district_is_booked_without_script(site: Site, visit: Visits, day: date) -> None:
    page = visit("thuky", "/conferences/new", theme="light", script=False)
    page.fill("#title", "Họp không cần script")
    page.fill("#day", written(day))
    page.click("text=Huyện Lệ Thủy >> nth=0")
    page.click('[data-unit="457"] [data-unit-all]')
    expect(page.locator("#check")).to_contain_text("27/27")
    page.click(".action-bar [data-submit]")
    page.click("[data-confirm] [data-submit]")
    page.wait_for_url(CONFIRMED)
    assert booked_sites(site, page) == 27


def test_a_clash_appears_while_typing_and_an_offer_is_taken(
    site: Site, visit: Visits, day: date
) -> None:
    at = f"/conferences/new?day={written(day)}&starts=09:00&ends=10:00&room=P1&sites=DC-457"
    first = visit("thuky", f"{at}&title=Giao+ban", theme="light")
    first.click(".action-bar [data-submit]")
    first.click("[data-confirm] [data-submit]")
    first.wait_for_url(CONFIRMED)
    page = visit("thuky", f"/conferences/new?day={written(day)}&room=P2", theme="light")
    page.fill("#title", "Họp khác")
    page.fill("#starts", "09:30")
    page.fill("#ends", "10:30")
    page.select_option("#room", "P1")
    expect(page.locator("#check")).to_contain_text("Giao ban")
    expect(page.locator("#check-status")).to_contain_text("Phòng đã có lịch.")
    page.locator(".check-offers button").first.click()
    expect(page.locator("#title")).to_have_value("Họp khác")
    expect(page.locator("#check")).not_to_contain_text("trùng")


def test_a_draft_outlives_the_page(visit: Visits) -> None:
    page = visit("thuky", "/conferences/new", theme="light")
    page.fill("#title", "Bản nháp còn dở")
    expect(page.locator("#draft-state")).to_contain_text("Nháp đã lưu")
    page.goto("/agenda")
    page.goto("/conferences/new")
    page.click("[data-draft-resume]")
    expect(page.locator("#title")).to_have_value("Bản nháp còn dở")


def test_the_picker_searches_without_accents(visit: Visits) -> None:
    page = visit("thuky", "/conferences/new", theme="light")
    page.fill("#find", "kien giang")
    expect(page.locator(".pick-site:visible")).to_have_count(1)
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    expect(page.locator("[data-chosen]")).to_have_text("1")


def test_a_free_place_on_the_timeline_is_booked_by_dragging(visit: Visits, day: date) -> None:
    page = visit("thuky", f"/timeline?view=day&rows=all&date={day.isoformat()}", theme="light")
    box = page.locator('[data-room="P2"]').bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    hour = box["width"] / 11
    page.mouse.move(box["x"] + hour * 1.1, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + hour * 2.9, middle, steps=5)
    page.mouse.up()
    page.wait_for_url("**/conferences/new?*")
    expect(page.locator("#starts")).to_have_value("08:00")
    expect(page.locator("#ends")).to_have_value("10:00")
    expect(page.locator("#day")).to_have_value(written(day))
    expect(page.locator("#room")).to_have_value("P2")


NARROW_BARS = "target-size: ['<a class=\"at "
PAGES = ("/", "/conferences/new?under=457", "/timeline?rows=all&open=457", "/calendar", "/agenda")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("width", "theme"), [(1366, "light"), (1366, "dark"), (390, "light")])
def test_axe_finds_nothing(visit: Visits, axe: Check, path: str, width: int, theme: str) -> None:
    # High enough that the bar below the form covers no box of the picker.
    page = visit("thuky", path, theme=theme, width=width, height=3200)
    # A bar of the timeline is as wide as its time (WCAG 2.5.8: essential); the agenda has the
    # same links in full size.
    found = [sentence for sentence in axe(page) if not sentence.startswith(NARROW_BARS)]
    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("path", PAGES)
def test_a_first_view_is_light(visit: Visits, path: str) -> None:
    page = visit("thuky", "/ui/help", theme="light")
    heard: list[Response] = []
    page.on("response", lambda answer: heard.append(answer))
    session = page.context.new_cdp_session(page)
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.goto(path, wait_until="networkidle")
    total = sum(answer.request.sizes()["responseBodySize"] for answer in heard)
    assert 0 < total < FIRST_VIEW_BYTES


def test_a_panel_whose_session_ended_says_that_it_is_old(
    site: Site, visit: Visits, day: date
) -> None:
    page = visit("thuky", "/conferences/new", theme="light")
    page.fill("#day", written(day))
    page.click("[data-all]")
    expect(page.locator("#check")).to_contain_text("160/160")
    note = page.locator("#check-old")
    expect(note).to_be_hidden()
    kept = page.context.cookies()
    page.context.clear_cookies()
    page.fill("#starts", "09:00")
    expect(note).to_be_visible()
    expect(note).to_contain_text("Phiên làm việc đã hết")
    since = page.locator("[data-check-at]").get_attribute("data-check-at")
    assert since
    expect(note).to_contain_text(since)
    expect(note.get_by_role("link", name="Đăng nhập ở thẻ mới")).to_have_attribute(
        "target", "_blank"
    )
    page.context.add_cookies(
        [
            {"name": c["name"], "value": c["value"], "domain": c["domain"], "path": c["path"]}
            for c in kept
        ]
    )
    page.fill("#starts", "09:30")
    expect(note).to_be_hidden()


@pytest.mark.parametrize("width", [1366, 390])
def test_a_time_is_found_and_taken_by_keyboard_alone(
    site: Site, visit: Visits, axe: Check, day: date, width: int
) -> None:
    page = visit("thuky", "/conferences/new", width=width, theme="light")
    page.fill("#title", "Họp tìm giờ")
    page.fill("#day", written(day))
    page.click("[data-all]")
    tab_to(page, ".when-find button")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Tìm giờ họp")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    tab_to(page, "#times-minutes")
    page.keyboard.press("ArrowDown")  # from two hours to two and a half
    expect(page.locator(".times-slot strong").first).to_have_text("07:30–10:00")
    tab_to(page, "#times-unit-457")
    page.keyboard.press("Enter")
    expect(page.locator(".times-site")).to_have_count(27)
    assert page.evaluate("document.activeElement.id") == "times-unit-457"
    assert axe(page) == []
    page.focus("#times-minutes")
    tab_to(page, ".times-slot .btn")
    page.keyboard.press("Enter")
    expect(page.locator("#starts")).to_have_value("07:30")
    expect(page.locator("#ends")).to_have_value("10:00")
    expect(page.locator("#title")).to_have_value("Họp tìm giờ")
    expect(page.locator("[data-chosen]")).to_have_text("160")
