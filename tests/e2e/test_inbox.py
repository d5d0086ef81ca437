"""A district's clerk answers for her communes: on a thin line, on a telephone, without script."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Response, expect
from sqlalchemy import select

from conferencing.models import Site
from tests.e2e.conftest import Site as Installation
from tests.e2e.conftest import Visits
from tests.factories import in_days
from tests.web.conferencing.province import Booked, book_one, furnish

pytestmark = pytest.mark.e2e

FIRST_VIEW_BYTES = 50_000
NARROW = 390
SCREENS = 4 * 844


@pytest.fixture(scope="module")
def booked(site: Installation) -> Booked:
    """A conference of the whole province: it waits for all 27 sites of Lệ Thủy."""
    with site.write() as session:
        furnish(session, every_unit=True)
        everywhere = list(session.scalars(select(Site.code)))
        return book_one(session, title="Giao ban toàn tỉnh", sites=everywhere)


@pytest.fixture(scope="module")
def later(site: Installation, booked: Booked) -> Booked:
    """Another one, which nobody answers."""
    with site.write() as session:
        everywhere = list(session.scalars(select(Site.code)))
        return book_one(session, title="Sơ kết", sites=everywhere, starts_at=in_days(9))


@pytest.mark.parametrize("script", [False, True])
def test_twenty_seven_sites_in_a_few_presses_and_back(
    visit: Visits, booked: Booked, script: bool
) -> None:
    page = visit("lethuy", "/", width=NARROW, height=844, theme="light", script=script)
    page.locator(".bottom-bar").get_by_role("link", name="Trả lời").click()
    page.locator(f"#{booked.code}").get_by_label("Dự", exact=True).check()
    page.get_by_role("button", name="Gửi trả lời").click()
    expect(page.locator(".inbox-done")).to_contain_text("Đã ghi 27 điểm cầu: Dự.")
    page.get_by_role("button", name="Hoàn tác").click()
    expect(page.locator("#toasts")).to_contain_text("Đã hoàn tác 27 trả lời.")
    expect(page.locator(f"#{booked.code} input[name=site]:checked")).to_have_count(27)


def test_some_are_ticked_and_a_refusal_needs_a_reason(visit: Visits, later: Booked) -> None:
    page = visit("lethuy", f"/inbox?open={later.code}", theme="light")
    # The link works without the script, and otherwise with it: not in between.
    page.wait_for_load_state("networkidle")
    card = page.locator(f"#{later.code}")
    card.get_by_role("link", name="Bỏ đánh dấu cả").click()
    expect(card.locator(".inbox-tick")).to_contain_text("Đánh dấu 0/27")
    card.get_by_role("checkbox", name="Điểm cầu Xã Lâm Thủy").check()
    expect(card.locator(".inbox-tick")).to_contain_text("Đánh dấu 1/27")
    card.get_by_role("radio", name="Không dự").check()
    card.get_by_role("button", name="Gửi trả lời").click()
    expect(page.locator("#error-summary")).to_contain_text("Ghi lý do không dự.")
    expect(card.locator("input[name=site]:checked")).to_have_count(1)
    card.get_by_label("Ghi chú, hoặc lý do không dự").fill("Cắt điện")
    card.get_by_role("button", name="Gửi trả lời").click()
    expect(page.locator(".inbox-done")).to_contain_text("Đã ghi 1 điểm cầu: Không dự.")
    expect(page.locator(f"#{later.code} input[name=site]")).to_have_count(26)


def test_a_first_view_is_light(visit: Visits, booked: Booked, later: Booked) -> None:
    page = visit("lethuy", "/ui/help", theme="light")
    heard: list[Response] = []
    page.on("response", lambda answer: heard.append(answer))
    session = page.context.new_cdp_session(page)
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.goto("/inbox", wait_until="networkidle")
    total = sum(answer.request.sizes()["responseBodySize"] for answer in list(heard))
    assert 0 < total < FIRST_VIEW_BYTES


@pytest.mark.parametrize("username", ["lethuy", "thuky"])
def test_the_inbox_passes_axe_and_fits_a_telephone(
    visit: Visits, booked: Booked, axe: Callable[[Page], list[str]], username: str
) -> None:
    page = visit(username, "/inbox", theme="light", height=3200)
    assert axe(page) == []
    for detail in page.locator(".inbox-more").all()[:2]:
        detail.evaluate("one => (one.open = true)")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    assert axe(page) == []
    page.set_viewport_size({"width": 320, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_reminder_and_the_folded_sites_pass_axe(
    visit: Visits, booked: Booked, axe: Callable[[Page], list[str]]
) -> None:
    page = visit("thuky", f"/conferences/{booked.code}/remind", theme="light", height=1600)
    assert axe(page) == []
    for path in (f"/conferences/{booked.code}?open=457", "/sites?open=457"):
        page.goto(path)
        assert axe(page) == []
    page.set_viewport_size({"width": NARROW, "height": 844})
    for path in (f"/conferences/{booked.code}", "/sites"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW
        assert page.evaluate("document.documentElement.scrollHeight") < SCREENS


def test_what_is_unfolded_stays_so_when_an_answer_comes(
    site: Installation, visit: Visits, later: Booked
) -> None:
    page = visit("thuky", f"/conferences/{later.code}", theme="light")
    expect(page.locator("#live-state")).to_contain_text("Trực tiếp", timeout=20_000)
    district = page.locator("#unit-450")
    district.locator("summary").click()
    clerk = visit("lethuy", f"/inbox?open={later.code}", theme="light")
    clerk.locator(f"#{later.code}").get_by_label("Chưa chắc").check()
    clerk.get_by_role("button", name="Gửi trả lời").click()
    expect(page.locator("#unit-457")).not_to_contain_text("26 chưa trả lời", timeout=20_000)
    expect(district).to_have_attribute("open", "")
