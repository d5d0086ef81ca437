"""Photographs every page of a running demo at three widths: `make screenshots`.

Needs `hub run --demo` on the address given and Debian's Chromium. The pictures go to
docs/screenshots/<width>/<page>.png; look at each before committing it.
"""

import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from hub.accounts.demo import PASSWORD

OUTPUT = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
VIEWPORTS = ((1366, 768), (390, 844), (1920, 1080))
# A page is settled when its scripts have drawn what the server sent and the socket is open.
SETTLE_MS = 1500


@dataclass(frozen=True, slots=True)
class Shot:
    """A page as one of the demo's people sees it; ``find`` follows the first such link."""

    name: str
    path: str
    user: str = "thuky"
    find: str = ""


SHOTS = (
    Shot("home-secretary", "/"),
    Shot("home-leader", "/", "lanhdao"),
    Shot("timeline-week", "/timeline"),
    Shot("timeline-day", "/timeline?view=day&open=457"),
    Shot("calendar-month", "/calendar"),
    Shot("agenda", "/agenda"),
    Shot("booking", "/conferences/new"),
    Shot("conferences", "/conferences"),
    Shot("conference", "/conferences", find="a[href^='/conferences/HN-']"),
    Shot("feeds", "/feeds"),
    Shot("sites", "/sites"),
    Shot("site", "/sites/DC-19249"),
    Shot("rooms", "/rooms"),
    Shot("bridges", "/bridges"),
    Shot("groups", "/groups"),
    Shot("search", "/search?q=le+thuy"),
    Shot("operations", "/operations", "tructhe"),
    Shot("wall", "/operations/wall", "tructhe"),
    Shot("alerts", "/alerts", "tructhe"),
    Shot("alert", "/alerts", "tructhe", find="main a[href^='/alerts/CB-']"),
    Shot("convene", "/alerts", "tructhe", find="main a[href$='/convene']"),
    Shot("devices", "/devices", "tructhe"),
    Shot("device", "/devices/tram-le-thuy", "tructhe"),
    Shot("rules", "/rules", "tructhe"),
    Shot("quarantine", "/quarantine", "tructhe"),
    Shot("dead-letters", "/dead-letters", "tructhe"),
    Shot("units", "/units", "quantri"),
    Shot("units-import", "/units/import", "quantri"),
    Shot("users", "/users", "quantri"),
    Shot("user", "/users/lethuy", "quantri"),
    Shot("tokens", "/tokens", "quantri"),
    Shot("audit", "/audit", "quantri"),
    Shot("health", "/health", "quantri"),
    Shot("account", "/account", "quantri"),
    Shot("api-docs", "/api/v1/docs", "quantri"),
)


def sign_in(page: Page, user: str) -> None:
    """Signs a person of the demo in."""
    page.goto("/sign-in")
    page.fill("#username", user)
    page.fill("#password", PASSWORD)
    page.click("main form button[type=submit]")
    page.wait_for_url(re.compile(r"/$"))


def photograph(browser: Browser, base: str, width: int, height: int, wanted: list[str]) -> None:
    """Takes every page, or those named, at one size."""
    folder = OUTPUT / str(width)
    folder.mkdir(parents=True, exist_ok=True)
    for user in dict.fromkeys(shot.user for shot in SHOTS):
        context = browser.new_context(
            base_url=base,
            viewport={"width": width, "height": height},
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
        )
        page = context.new_page()
        if user == SHOTS[0].user and (not wanted or "sign-in" in wanted):
            page.goto("/sign-in")
            page.screenshot(path=folder / "sign-in.png")
        sign_in(page, user)
        for shot in _of(user, wanted):
            take(page, shot, folder)
        context.close()


def _of(user: str, wanted: list[str]) -> Iterable[Shot]:
    return (s for s in SHOTS if s.user == user and (not wanted or s.name in wanted))


def take(page: Page, shot: Shot, folder: Path) -> None:
    """Opens a page, follows its link if it has one, and saves what is seen."""
    page.goto(shot.path)
    if shot.find:
        target = page.locator(shot.find).first.get_attribute("href")
        page.goto(target or shot.path)
    page.wait_for_timeout(SETTLE_MS)
    page.screenshot(path=folder / f"{shot.name}.png", animations="disabled")


def main() -> None:
    """Takes the address and, optionally, the names of pages."""
    base, wanted = sys.argv[1], sys.argv[2:]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        for width, height in VIEWPORTS:
            photograph(browser, base, width, height, wanted)
        browser.close()


if __name__ == "__main__":
    main()
