"""A commune clerk answers on a telephone without script; the secretary sees it at once."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.e2e.conftest import Site, Visits
from tests.web.conferencing.province import Booked, book_one

PHONE: ViewportSize = {"width": 390, "height": 844}
MAX_BYTES = 50_000


@pytest.fixture(scope="module")
def booked(site: Site) -> Booked:
    """A conference a week ahead."""
    with site.write() as session:
        return book_one(session, title="Giao ban phòng chống lụt bão", agenda="1. Mực nước")


@pytest.fixture
def phone(browser: Browser, site: Site) -> Iterator[Page]:
    """A telephone without script and without a session."""
    context = browser.new_context(
        base_url=site.url, viewport=PHONE, java_script_enabled=False, locale="vi-VN"
    )
    yield context.new_page()
    context.close()


def test_a_clerk_answers_without_script_and_may_change_it(phone: Page, booked: Booked) -> None:
    weights: list[int] = []
    phone.on("requestfinished", lambda sent: weights.append(sent.sizes()["responseBodySize"]))
    phone.goto(f"/answer/{booked.site_secrets['DC-19249']}")
    phone.wait_for_load_state("networkidle")
    assert sum(weights) < MAX_BYTES
    phone.get_by_role("button", name="Gửi trả lời").click()
    expect(phone.get_by_role("alert")).to_contain_text("Chọn một trong các ô trên.")
    phone.get_by_label("Dự", exact=True).check()
    phone.get_by_label("Số người dự").fill("7")
    phone.get_by_role("button", name="Gửi trả lời").click()
    expect(phone.get_by_role("status")).to_contain_text("Đã nhận trả lời lúc")
    expect(phone.get_by_label("Số người dự")).to_have_value("7")
    phone.get_by_role("radio", name="Không dự").check()
    phone.get_by_role("button", name="Gửi trả lời").click()
    expect(phone.get_by_role("radio", name="Không dự")).to_be_checked()


def test_the_answer_page_passes_axe_and_fits_a_narrow_telephone(
    browser: Browser, site: Site, booked: Booked, axe: Callable[[Page], list[str]]
) -> None:
    context = browser.new_context(
        base_url=site.url, viewport={"width": 320, "height": 640}, bypass_csp=True
    )
    page = context.new_page()
    for secret in (booked.site_secrets["DC-457"], booked.person_secret, "unknown"):
        page.goto(f"/answer/{secret}")
        assert axe(page) == []
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width == 320
    context.close()


@pytest.mark.parametrize(
    "path",
    [
        "/conferences",
        "/conferences/{code}",
        "/conferences/{code}?tab=invitations",
        "/conferences/{code}?tab=history",
        "/conferences/{code}/cancel",
        "/sites",
        "/sites/DC-457",
        "/sites/DC-457/edit",
        "/rooms",
        "/bridges",
        "/groups/new",
        "/feeds",
    ],
)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_pass_axe_in_both_themes(
    visit: Visits, booked: Booked, axe: Callable[[Page], list[str]], path: str, theme: str
) -> None:
    page = visit("thuky", path.format(code=booked.code), theme=theme)
    assert axe(page) == []


def test_an_answer_reaches_the_open_page_of_the_secretary(
    visit: Visits, phone: Page, booked: Booked
) -> None:
    page = visit("thuky", f"/conferences/{booked.code}", theme="light")
    row = (
        page.get_by_role("row")
        .filter(has_text="Đồng Hới")
        .or_(page.get_by_role("row").filter(has_text="Tỉnh Quảng Bình"))
    )
    expect(row.first).to_contain_text("Chưa trả lời")
    expect(page.locator(".live-state")).to_have_attribute("data-state", "live", timeout=15_000)
    phone.goto(f"/answer/{booked.site_secrets['DC-44']}")
    phone.get_by_label("Dự", exact=True).check()
    phone.get_by_role("button", name="Gửi trả lời").click()
    expect(row.first).to_contain_text("Xác nhận", timeout=15_000)
