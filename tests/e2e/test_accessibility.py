"""Pages of watching, devices and administration: WCAG 2.2 A and AA, room on a telephone."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from hub.clock import now
from smartcity import demo
from smartcity.devices.queries import device_by_code
from smartcity.models import DeadLetter, QuarantinedDevice
from tests.e2e.conftest import Site, Visits
from tests.e2e.stations import raise_alert

pytestmark = pytest.mark.e2e

Check = Callable[[Page], list[str]]
GAUGE = "tram-le-thuy"
NARROW = (390, 320)
# High enough that the bar under a form covers no box.
HIGH = 3200
# What an administrator reaches; {alert}, {unknown} and {letter} are what the fixture has made.
PAGES = (
    "/", "/alerts", "/alerts/{alert}", "/alerts/{alert}/convene", "/devices", f"/devices/{GAUGE}",
    f"/devices/{GAUGE}/edit", "/devices/new", "/rules", "/rules/new", "/rules/bd3", "/quarantine",
    "/quarantine/{unknown}", "/dead-letters", "/dead-letters/{letter}", "/units", "/units/457",
    "/units/import", "/users", "/users/new", "/users/lethuy", "/users/lethuy/edit", "/tokens",
    "/audit", "/health", "/account", "/search?q=le+thuy", "/search?q=zzqq", "/ui/help",
    "/ui/shortcuts", "/no-such-page",
)  # fmt: skip


@pytest.fixture(scope="module")
def made(site: Site) -> dict[str, object]:
    """A province with devices, an urgent alert, a device nobody knows and a broken message."""
    with site.write() as session:
        demo.seed(session)
        session.flush()
        gauge = device_by_code(session, GAUGE)
        assert gauge is not None
        unknown = QuarantinedDevice(
            unit_code="457",
            device_code="tram-la",
            reason="unknown-device",
            first_seen_at=now() - timedelta(hours=1),
            last_seen_at=now(),
            message_count=2,
        )
        letter = DeadLetter(
            topic=f"city/19249/{GAUGE}/telemetry",
            payload=b"{",
            payload_size=1,
            reason="not-json: Expecting value",
            unit_code="19249",
            device_code=GAUGE,
            received_at=now(),
        )
        session.add_all([unknown, letter])
        code = raise_alert(session, gauge)
        session.flush()
        return {"alert": code, "unknown": unknown.id, "letter": letter.id}


def faults_of(page: Page, axe: Check) -> list[str]:
    """Looks at one loaded page in both themes and at both narrow widths."""
    found = axe(page)
    # The theme changes colours and nothing else.
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    dark = Axe().run(page, options={"runOnly": ["color-contrast"]}).response["violations"]
    found += [f"dark: {node['html'][:160]}" for fault in dark for node in fault["nodes"]]
    for width in NARROW:
        page.set_viewport_size({"width": width, "height": 844})
        taken = int(page.evaluate("document.documentElement.scrollWidth"))
        if taken > width:
            found.append(f"{taken} px at {width}")
    page.set_viewport_size({"width": 1366, "height": HIGH})
    return [f"{page.url}: {fault}" for fault in found]


def walk(page: Page, axe: Check, paths: list[str]) -> list[str]:
    """Gives the faults of each page in turn."""
    found: list[str] = []
    for path in paths:
        page.goto(path)
        found += faults_of(page, axe)
    return found


def test_every_page_of_an_administrator(visit: Visits, axe: Check, made: dict[str, object]) -> None:
    page = visit("quantri", "/", theme="light", height=HIGH)
    assert walk(page, axe, [path.format(**made) for path in PAGES]) == []


@pytest.mark.parametrize(
    ("username", "path"), [("tructhe", "/"), ("lanhdao", "/"), ("donghoi", "/users")]
)
def test_first_pages_and_a_refusal(
    visit: Visits, axe: Check, made: dict[str, object], username: str, path: str
) -> None:
    assert faults_of(visit(username, path, theme="light"), axe) == []


def test_the_door(visit: Visits, axe: Check) -> None:
    page = visit("donghoi", "/ui/help", theme="light")
    page.context.clear_cookies()
    assert walk(page, axe, ["/sign-in"]) == []


@pytest.mark.parametrize("script", [True, False])
def test_a_telephone_reaches_what_has_no_place_in_its_bar(
    visit: Visits, made: dict[str, object], script: bool
) -> None:
    page = visit("tructhe", "/", width=390, height=844, script=script)
    page.click(".bottom-more > summary")
    page.click(".bottom-more a[href='/devices']")
    page.wait_for_url("**/devices")


def test_who_watches_sees_what_is_wrong_before_the_conferences(
    visit: Visits, made: dict[str, object]
) -> None:
    page = visit("tructhe", "/")
    unowned = page.locator("#queue-unowned").bounding_box()
    assert unowned is not None
    assert unowned["y"] + 120 < 768
    assert page.locator(f"#queue-unowned a[href='/alerts/{made['alert']}']").is_visible()
