"""The operations view in a real browser, fed by another process."""

import json
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, WebSocket, expect

from hub.accounts.services import end_all_sessions, find_user
from hub.clock import now
from smartcity.models import IngestSlot
from tests.e2e.conftest import Site, Visits, keep_hearing
from tests.e2e.stations import add_gauge, raise_alert

pytestmark = pytest.mark.e2e

LE_THUY = "19249"
DONG_HOI = "18853"
LIVE = "#live-state[data-state=live]"


def new_alert(site: Site, unit: str = LE_THUY, severity: str = "critical") -> str:
    with site.write() as session:
        return raise_alert(session, add_gauge(session, unit, "Trạm thử"), severity=severity)


def card(page: Page, code: str) -> str:
    return f'.alert-card[data-code="{code}"]'


def test_an_alert_of_another_process_appears_within_a_second(site: Site, visit: Visits) -> None:
    page = visit("tructhe", "/operations")
    page.wait_for_selector(LIVE)
    before = int(page.locator('[data-count="critical"]').inner_text())
    page.evaluate("window.stayed = true")
    # On a machine that does much else one try may be late; the product must not be.
    codes: list[str] = []
    delays: list[float] = []
    while len(codes) < 5 and not any(delay < 1.0 for delay in delays):
        codes.append(new_alert(site))
        started = time.monotonic()
        page.wait_for_selector(card(page, codes[-1]), timeout=15_000)
        delays.append(time.monotonic() - started)
    assert min(delays) < 1.0, delays
    expect(page.locator('[data-count="critical"]')).to_have_text(str(before + len(codes)))
    expect(page.locator(f"{card(page, codes[-1])} .card-value")).to_have_text("4,88 m")
    expect(page.locator('.cell[data-code="19249"]')).to_have_class("cell cell-critical")
    assert page.evaluate("window.stayed"), "the page was loaded again"


def test_the_wall_shows_a_new_alert_too(site: Site, visit: Visits) -> None:
    page = visit("tructhe", "/operations/wall", width=1920, height=1080)
    page.wait_for_selector(LIVE)
    code = new_alert(site)
    page.wait_for_selector(card(page, code), timeout=15_000)
    assert page.locator(".alert-card").count() <= 5
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")


def frames_of(page: Page) -> list[str]:
    """Collects what the server says to this page from its next load on."""
    heard: list[str] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: heard.append(str(frame)))

    page.on("websocket", listen)
    page.reload()
    page.wait_for_selector(LIVE)
    return heard


def test_a_viewer_of_another_district_hears_nothing(site: Site, visit: Visits) -> None:
    province, town = visit("tructhe", "/operations"), visit("donghoi", "/operations")
    heard, overheard = frames_of(province), frames_of(town)
    code = new_alert(site, LE_THUY)
    own = new_alert(site, DONG_HOI)
    province.wait_for_selector(card(province, code))
    town.wait_for_selector(card(town, own))
    assert any(code in frame for frame in heard)
    assert any(own in frame for frame in overheard)
    assert not any(code in frame for frame in overheard)
    state = town.evaluate("fetch('/operations/state').then(answer => answer.text())")
    assert code not in state
    assert {area["code"] for area in json.loads(state)["data"]["areas"]} == {"450"}


def test_a_lost_line_is_said_and_the_gap_is_filled_on_return(site: Site, visit: Visits) -> None:
    page = visit("tructhe", "/operations")
    page.wait_for_selector(LIVE)
    page.context.set_offline(True)
    site.stop()
    try:
        expect(page.locator("#connection-banner")).to_contain_text("Mất kết nối", timeout=10_000)
        assert page.locator("body").get_attribute("data-line") == "lost"
        code = new_alert(site)
    finally:
        site.start()
    page.context.set_offline(False)
    page.wait_for_selector(card(page, code), timeout=20_000)
    page.wait_for_selector(LIVE, timeout=20_000)
    expect(page.locator("#connection-banner")).to_be_hidden()


def test_signing_out_everywhere_cuts_the_open_page_off(site: Site, visit: Visits) -> None:
    page = visit("lanhdao", "/operations")
    page.wait_for_selector(LIVE)
    with site.write() as session:
        user = find_user(session, "lanhdao")
        assert user is not None
        end_all_sessions(session, user.id)
    expect(page.locator("#connection-banner")).to_contain_text("đăng nhập lại", timeout=15_000)
    code = new_alert(site)
    other = visit("tructhe", "/operations")
    other.wait_for_selector(card(other, code))
    assert page.locator(card(page, code)).count() == 0


def test_key_a_acknowledges_the_alert_under_the_focus(site: Site, visit: Visits) -> None:
    code = new_alert(site)
    page, colleague = visit("tructhe", "/operations"), visit("lanhdao", "/operations")
    colleague.wait_for_selector(LIVE)
    page.wait_for_selector(LIVE)
    page.locator(f"{card(page, code)} a[data-f=what]").focus()
    page.keyboard.press("a")
    expect(page.locator(card(page, code))).to_have_attribute("data-state", "ACKED")
    expect(page.locator(f"{card(page, code)} [data-f=owner]")).to_have_text("Đặng Quốc Bảo")
    expect(colleague.locator(f"{card(colleague, code)} [data-f=owner]")).to_have_text(
        "Đặng Quốc Bảo"
    )


def test_a_refused_act_is_taken_back_and_said(site: Site, visit: Visits) -> None:
    code = new_alert(site)
    page = visit("tructhe", "/operations")
    page.wait_for_selector(LIVE)
    # Closing an alert whose cause lasts and that nobody has acknowledged is refused.
    page.locator(f"{card(page, code)} a[data-f=what]").focus()
    page.keyboard.press("e")
    expect(page.locator("[data-refusal]")).to_be_visible()
    expect(page.locator(card(page, code))).to_have_attribute("data-state", "UNACK")


def test_a_new_alert_does_not_move_the_card_under_the_focus(site: Site, visit: Visits) -> None:
    code = new_alert(site, severity="high")
    page = visit("tructhe", "/operations")
    page.wait_for_selector(LIVE)
    held = page.locator(f"{card(page, code)} a[data-f=what]")
    held.focus()
    place = held.bounding_box()
    newer = new_alert(site)
    expect(page.locator("[data-new]")).to_contain_text("1 cảnh báo mới")
    assert held.bounding_box() == place
    assert page.locator(card(page, newer)).count() == 0
    page.locator("[data-new]").click()
    page.wait_for_selector(card(page, newer))


def test_without_script_the_page_is_whole(site: Site, visit: Visits) -> None:
    code = new_alert(site)
    page = visit("tructhe", "/operations", script=False)
    expect(page.locator(card(page, code))).to_be_visible()
    assert page.locator(".cell-critical").count() > 0
    assert page.locator(f"{card(page, code)} form[action='/alerts/{code}/acknowledge']").count()


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize(("path", "width"), [("/operations", 1366), ("/operations", 390)])
def test_axe_finds_nothing(
    site: Site,
    visit: Visits,
    axe: Callable[[Page], list[str]],
    theme: str,
    path: str,
    width: int,
) -> None:
    new_alert(site)
    page = visit("tructhe", path, width=width, theme=theme)
    page.wait_for_selector("#ops")
    page.wait_for_selector(".alert-card")
    assert axe(page) == []


def test_axe_finds_nothing_on_the_wall(
    site: Site, visit: Visits, axe: Callable[[Page], list[str]]
) -> None:
    new_alert(site)
    page = visit("tructhe", "/operations/wall", width=1920, height=1080)
    page.wait_for_selector(LIVE)
    assert axe(page) == []


def test_the_badge_and_a_banner_say_that_nothing_comes_in(site: Site, visit: Visits) -> None:
    page = visit("tructhe", "/operations")
    page.wait_for_selector(LIVE)
    with site.write() as session:
        slot = session.get_one(IngestSlot, 0)
        slot.heartbeat_at = slot.last_message_at = now() - timedelta(minutes=10)
    try:
        banner = page.locator("#connection-banner")
        expect(banner).to_contain_text("Bộ phận nhận số liệu đã dừng từ", timeout=10_000)
        expect(page.locator("#live-state")).to_contain_text("Không nhận được số liệu")
    finally:
        with site.write() as session:
            keep_hearing(session)
    page.wait_for_selector(LIVE, timeout=10_000)
    expect(banner).to_be_hidden()
