"""The main job, end to end, as the operator on duty lives it on the day of the flood."""

import json
import logging
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
from icalendar import Calendar
from playwright.sync_api import Browser, Page

from hub.accounts.demo import PASSWORD
from tests.acceptance.deadline import until
from tests.acceptance.installation import Installation
from tests.oracles import icaljs, libical
from tests.services.choice import skip_if_left_out

logger = logging.getLogger(__name__)
# Of the first issue: counted from the address on the screen to the alert on the operations view.
PROMISED_SECONDS = 180.0
CRITICAL_AT_LE_THUY = (
    '#alerts .alert-card[data-severity="critical"]:has-text("BĐ3"):has-text("Lệ Thủy")'
)


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """``hub run --demo``, as a newcomer starts it."""
    skip_if_left_out("mosquitto")
    skip_if_left_out("browser")
    made = Installation(tmp_path / "instance")
    made.start("--demo")
    yield made
    made.end()


@pytest.mark.e2e
@pytest.mark.broker
@pytest.mark.timeout(600)
def test_from_the_rising_river_to_the_conference_in_every_calendar(
    installation: Installation, browser: Browser
) -> None:
    installation.wait_for_address()
    logger.info("address after %.0f s", installation.age)
    page = sign_in(browser, installation.url)

    see_the_alert_arrive(page, installation)
    units = open_it_and_ask_for_a_conference(page)
    code, sent = confirm(page)
    attendees, uid = exactly_one_conference(installation, code, units)
    everyone_is_invited(installation, attendees, uid)
    the_same_form_again_books_nothing(page, installation, code, sent)
    feeds_show_it_once(page, installation, uid)
    a_native_message_shows_without_reload(page, installation)

    logger.info("resident MB: %s", installation.memory())
    assert installation.interrupt() == 0
    assert installation.processes() == {}


def sign_in(browser: Browser, url: str) -> Page:
    page = browser.new_context(base_url=url, locale="vi-VN", reduced_motion="reduce").new_page()
    page.set_default_timeout(45_000)
    page.goto("/sign-in")
    page.fill("#username", "tructhe")
    page.fill("#password", PASSWORD)
    page.locator("form:has(#password) button[type=submit]").click()
    page.wait_for_url(lambda address: "/sign-in" not in address)
    return page


def see_the_alert_arrive(page: Page, installation: Installation) -> None:
    left = PROMISED_SECONDS
    page.goto("/operations")
    page.evaluate("window.openedOnce = true")
    page.locator(CRITICAL_AT_LE_THUY).first.wait_for(timeout=left * 1000)
    logger.info("alert above BĐ3 on the page %.0f s after the start", installation.age)
    assert page.evaluate("window.openedOnce"), "the page was loaded anew"
    card = page.locator(CRITICAL_AT_LE_THUY).first
    assert "Khẩn cấp" in card.inner_text()
    # One word for the whole screen while everything open is of the drill.
    assert "diễn tập" in page.locator("body").inner_text().lower()


def open_it_and_ask_for_a_conference(page: Page) -> list[str]:
    """Gives the names of the units that the check page proposes."""
    page.locator(CRITICAL_AT_LE_THUY).first.locator("a[data-f=what]").click()
    page.wait_for_url("**/alerts/*")
    page.get_by_role("link", name="Họp khẩn với khu vực này").first.click()
    page.wait_for_url("**/convene*")
    chosen = page.locator("#convene-form li:has(input[name=unit]:checked) label").all_inner_texts()
    assert any("Kiến Giang" in name for name in chosen), chosen
    assert any("Huyện Lệ Thủy" in name for name in chosen), chosen
    assert len(chosen) >= 3, chosen
    return chosen


def confirm(page: Page) -> tuple[str, dict[str, str | list[str]]]:
    """Press twice, as nervous people do; gives the conference's code and what the form sent."""
    sent = page.evaluate(
        """() => { const all = {};
        for (const [name, value] of new FormData(document.getElementById("convene-form")))
            (all[name] ??= []).push(value);
        return all; }"""
    )
    page.locator("#convene-form button.btn-danger").dblclick()
    page.wait_for_url("**/conferences/*")
    return page.url.rpartition("/")[2], sent


def exactly_one_conference(
    installation: Installation, code: str, units: list[str]
) -> tuple[set[str], str]:
    """Gives the addresses to be invited and the UID."""
    found = installation.rows(
        "SELECT id, code, uid FROM conferencing_conference WHERE source_ref LIKE 'alert:%'"
    )
    assert [row[1] for row in found] == [code]
    conference_id, _code, uid = found[0]
    sites = installation.rows(
        "SELECT s.email FROM conferencing_conference_site c JOIN conferencing_site s"
        " ON s.id = c.site_id WHERE c.conference_id = ?",
        [conference_id],
    )
    people = installation.rows(
        "SELECT email FROM conferencing_attendee WHERE conference_id = ?", [conference_id]
    )
    # The province, which convenes, takes its own seat beside the units that were called.
    assert len(sites) == len(units) + 1
    addresses = [str(row[0]) for row in (*sites, *people)]
    assert all(addresses)
    assert len(set(addresses)) == len(addresses)
    return set(addresses), str(uid)


def everyone_is_invited(installation: Installation, addresses: set[str], uid: str) -> None:
    def letters_of_it() -> list[EmailMessage]:
        read = [letter(path) for path in installation.letters()]
        return [one for one in read if uid in calendar_of(one).decode()]

    until(
        lambda: len(letters_of_it()) >= len(addresses),
        120.0,
        "one letter for each person and site",
        every=1.0,
    )
    letters = letters_of_it()
    assert sorted(receiver(one) for one in letters) == sorted(addresses)
    for one in letters:
        body = calendar_of(one)
        assert libical.complaints(body) == []
        [vevent] = Calendar.from_ical(body).walk("VEVENT")
        assert str(vevent["UID"]) == uid
    # node takes a second to start: one letter of a person and one of a site say it all.
    understood = icaljs.read(calendar_of(letters[0]))
    assert understood["method"] == "REQUEST"
    assert len(understood["vevents"]) == 1


def letter(path: Path) -> EmailMessage:
    read = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


def receiver(message: EmailMessage) -> str:
    [(_name, address)] = getaddresses([str(message["To"])])
    return address


def calendar_of(message: EmailMessage) -> bytes:
    """The invitation in a letter; nothing for a letter without one, a reminder say."""
    for part in message.walk():
        if part.get_content_type() == "text/calendar" and part.get_param("method") == "REQUEST":
            body = part.get_payload(decode=True)
            assert isinstance(body, bytes)
            return body
    return b""


def the_same_form_again_books_nothing(
    page: Page, installation: Installation, code: str, sent: dict[str, str | list[str]]
) -> None:
    page.go_back()
    page.wait_for_url("**/convene*")
    assert code in page.locator("main").inner_text(), "the page warns of what was convened"
    body = urlencode(sent, doseq=True)
    form = {"Content-Type": "application/x-www-form-urlencoded", "Referer": page.url}
    answer = page.request.post(page.url.partition("?")[0], data=body, headers=form)
    assert answer.url.endswith(f"/conferences/{code}"), answer.text()[:500]
    found = installation.rows(
        "SELECT code FROM conferencing_conference WHERE source_ref LIKE 'alert:%'"
    )
    assert found == [(code,)]


def feeds_show_it_once(page: Page, installation: Installation, uid: str) -> None:
    for target in ("unit:457", "site:DC-19249"):
        page.goto("/feeds")
        page.select_option("#target", target)
        page.locator("form.feed-form button").click()
        address = page.locator("input[value*='/feeds/'][value$='.ics']").first.input_value()
        with urlopen(f"{installation.url}/feeds/{address.rpartition('/')[2]}", timeout=60) as got:
            feed: bytes = got.read()
        assert libical.complaints(feed) == []
        uids = [str(one["UID"]) for one in Calendar.from_ical(feed).walk("VEVENT")]
        assert uids.count(uid) == 1
        occurrences = icaljs.read(feed)["occurrences"]
        assert len([one for one in occurrences if one["uid"] == uid]) == 1


def a_native_message_shows_without_reload(page: Page, installation: Installation) -> None:
    page.goto("/operations")
    page.evaluate("window.openedOnce = true")
    page.locator("#stations").get_by_text("Lệ Thủy").first.wait_for()
    # Ahead of the replay's own messages, so that the next of them does not hide it at once.
    at = datetime.now(UTC) + timedelta(seconds=120)
    body = {"observed_at": at.isoformat(), "values": {"water_level": 4.44}, "drill": True}
    publish(installation, "city/19249/tram-le-thuy/telemetry", body)
    shown = page.locator("#stations li", has_text="Lệ Thủy").get_by_text("4,44").first
    shown.wait_for(timeout=60_000)
    assert page.evaluate("window.openedOnce"), "the page was loaded anew"


def publish(installation: Installation, topic: str, body: dict[str, object]) -> None:
    command = ["mosquitto_pub", "-h", "127.0.0.1", "-p", str(installation.broker_port)]
    subprocess.run(
        [*command, "-q", "1", "-t", topic, "-m", json.dumps(body)], check=True, timeout=30
    )
