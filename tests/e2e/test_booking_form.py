"""The habits of the booking form in a real browser: guests, hours, drafts, Back, keys."""

from datetime import date

import pytest
from playwright.sync_api import Page, expect

from hub.accounts.views import SESSION_COOKIE
from tests.e2e.conftest import Site, Visits
from tests.e2e.test_booking import CONFIRMED, written
from tests.e2e.test_booking import day as day
from tests.e2e.test_booking import furnished as furnished

pytestmark = pytest.mark.e2e
NEW = "/conferences/new"
LIST = '"Lê, An" <an@x.vn>; nguyễn@x.vn, AN@x.vn\nTrần Văn X'


def test_a_pasted_list_becomes_rows_at_once(visit: Visits) -> None:
    page = visit("thuky", NEW, theme="light")
    page.fill("#title", "Họp có khách")
    page.click("details.more summary >> nth=0")
    page.fill("#attendees_text", LIST)
    page.keyboard.press("Tab")
    expect(page.locator("[data-attendee]")).to_have_count(2)
    expect(page.locator('[name="attendee_name"]').first).to_have_value("Lê, An")
    expect(page.locator("#guests")).to_contain_text("Đã có rồi, không thêm lần nữa: an@x.vn.")
    expect(page.locator("#attendee-1")).to_contain_text("không gửi được tới địa chỉ có dấu")
    expect(page.locator("#attendees_text")).to_have_value("Trần Văn X")
    page.click("#attendee-1 [data-remove-attendee]")
    page.click("[data-add-attendee]")
    expect(page.locator("[data-attendee]")).to_have_count(2)
    expect(page.locator("#title")).to_have_value("Họp có khách")


def test_the_end_follows_and_days_are_said_or_chosen(visit: Visits) -> None:
    page = visit("thuky", NEW, theme="light")
    page.fill("#starts", "14h30")
    expect(page.locator("#ends")).to_have_value("16:30")
    page.fill("#starts", "23h")
    expect(page.locator("#ends")).to_have_value("01:00 hôm sau")
    expect(page.locator("#when-words")).to_contain_text("2 giờ, tới 01:00")
    page.fill("#ends", "22h")
    page.click("#when-words [data-ends]")
    expect(page.locator("#ends")).to_have_value("22:00 hôm sau")
    page.fill("#day", "thứ năm tuần sau")
    expect(page.locator("#when-words")).to_contain_text("Thứ Năm")
    expect(page.locator("[data-days-open]")).to_be_visible()
    # The browser's own calendar is not part of the page: choosing a day there is this event.
    page.evaluate(
        """() => {
          const calendar = document.querySelector("[data-days-calendar]");
          calendar.value = "2031-10-20";
          calendar.dispatchEvent(new Event("change"));
        }"""
    )
    expect(page.locator("#day")).to_have_value("20/10/2031")
    expect(page.locator("#day")).to_be_focused()


def visit_with_memory(visit: Visits, path: str) -> Page:
    """Open a page as a browser does that remembers pages: Playwright's routes switch that off."""
    page = visit("thuky", "/ui/help", theme="light")
    page.context.unroute_all()
    page.goto(path)
    return page


def sign_in_as(site: Site, page: Page, username: str) -> None:
    secret = site.session_secret(username)
    page.context.add_cookies([{"name": SESSION_COOKIE, "value": secret, "url": site.url}])


def begin_draft(page: Page, title: str) -> None:
    page.fill("#title", title)
    expect(page.locator("#draft-state")).to_contain_text("Nháp đã lưu")


def test_a_draft_survives_the_tab_and_is_its_persons_alone(site: Site, visit: Visits) -> None:
    page = visit("thuky", NEW, theme="light")
    begin_draft(page, "Việc riêng của thư ký")
    page.close()
    other = visit.contexts[-1].new_page()
    sign_in_as(site, other, "lanhdao")
    other.goto(NEW)
    expect(other.locator("#title")).to_be_focused()
    expect(other.locator("#draft-offer")).to_be_hidden()
    sign_in_as(site, other, "thuky")
    other.goto(NEW)
    expect(other.locator("#draft-offer")).to_contain_text("Việc riêng của thư ký")
    other.click("[data-draft-resume]")
    expect(other.locator("#title")).to_have_value("Việc riêng của thư ký")


def fill_and_review(page: Page, day: date, title: str) -> None:
    page.fill("#title", title)
    page.fill("#day", written(day))
    page.fill("#starts", "9h")
    page.click("[data-all]")
    page.click("details.more summary >> nth=0")
    page.click("[data-add-attendee]")
    page.fill('[name="attendee_email"]', "an@x.vn")
    page.click(".action-bar [data-submit]")
    expect(page.locator("h1")).to_contain_text("Kiểm tra lại")


def test_back_loses_nothing_and_always_shows_a_page(visit: Visits, day: date) -> None:
    page = visit_with_memory(visit, NEW)
    fill_and_review(page, day, "Họp rồi quay lại")
    page.go_back()
    expect(page.locator("#title")).to_have_value("Họp rồi quay lại")
    expect(page.locator("#ends")).to_have_value("11:00")
    expect(page.locator('[name="attendee_email"]')).to_have_value("an@x.vn")
    expect(page.locator("[data-chosen]")).to_have_text("160")
    assert page.locator('[name="sites"]:checked').count() == 160
    page.click(".action-bar [data-submit]")
    page.click("[data-confirm] [data-submit]")
    page.wait_for_url(CONFIRMED)
    page.go_back()
    expect(page.locator("h1")).to_contain_text("Kiểm tra lại")
    page.go_back()
    expect(page.locator("h1")).to_have_text("Đặt lịch họp")
    page.goto(NEW)
    expect(page.locator("#title")).to_be_focused()
    expect(page.locator("#draft-offer")).to_be_hidden()


def test_back_without_script_keeps_the_boxes(visit: Visits, day: date) -> None:
    page = visit("thuky", NEW, theme="light", script=False)
    page.fill("#title", "Không cần script")
    page.fill("#day", written(day))
    page.fill("#starts", "14h")
    page.click("text=Huyện Lệ Thủy >> nth=0")
    page.check('[data-unit="457"] [name="sites"] >> nth=0')
    page.click(".action-bar [data-submit]")
    expect(page.locator("#what")).to_contain_text("14:00–16:00")
    page.go_back()
    expect(page.locator("#title")).to_have_value("Không cần script")
    assert page.locator('[name="sites"]:checked').count() == 1


def test_the_next_person_does_not_find_the_form_by_back(site: Site, visit: Visits) -> None:
    page = visit_with_memory(visit, NEW)
    begin_draft(page, "Chưa ai được biết")
    page.goto("/ui/help")
    sign_in_as(site, page, "lanhdao")
    page.goto("/")
    page.go_back()
    page.go_back()
    page.wait_for_url(f"{site.url}/")
    expect(page.locator("#title")).to_have_count(0)


HIDDEN_BENEATH = """() => {
  const focused = document.activeElement;
  const box = focused.getBoundingClientRect();
  if (focused === document.body || !box.width || focused.closest(".action-bar")) return "";
  const bar = document.querySelector(".action-bar").getBoundingClientRect();
  const isInSideColumn = box.left >= bar.right || box.right <= bar.left;
  return !isInSideColumn && box.bottom > bar.top + 1 ? focused.outerHTML.slice(0, 120) : "";
}"""


def test_the_focus_is_never_beneath_the_bar(visit: Visits) -> None:
    page = visit("thuky", f"{NEW}?under=457", theme="light")
    expect(page.locator("#title")).to_be_focused()
    hidden: list[str] = []
    for _step in range(75):
        page.keyboard.press("Tab")
        hidden += filter(None, [page.evaluate(HIDDEN_BENEATH)])
    assert hidden == []


def test_few_keys_lead_to_the_review(visit: Visits, day: date) -> None:
    page = visit("thuky", f"{NEW}?day={written(day)}&sites=DC-457", theme="light")
    page.keyboard.type("Họp bằng vài phím")
    page.keyboard.press("Control+Enter")
    expect(page.locator("h1")).to_contain_text("Kiểm tra lại")
    expect(page.locator("#what")).to_contain_text("Họp bằng vài phím")
