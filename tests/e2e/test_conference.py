"""The page of a conference: light to open, and it follows what others answer."""

import pytest
from playwright.sync_api import Response, expect

from conferencing.invitations.answers import answer_site
from conferencing.invitations.drafts import SiteReply
from tests.e2e.conftest import Site, Visits
from tests.factories import in_days
from tests.web.conferencing.province import Booked, book_one

FIRST_VIEW_BYTES = 100_000


@pytest.fixture(scope="module")
def booked(site: Site) -> Booked:
    """A conference on a day no other module uses."""
    with site.write() as session:
        return book_one(session, title="Giao ban theo dõi trực tiếp", starts_at=in_days(45, 9))


def test_a_first_view_is_light(visit: Visits, booked: Booked) -> None:
    page = visit("thuky", "/ui/help", theme="light")
    heard: list[Response] = []
    page.on("response", lambda answer: heard.append(answer))
    session = page.context.new_cdp_session(page)
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.goto(f"/conferences/{booked.code}", wait_until="load")
    first = list(heard)
    total = sum(answer.request.sizes()["responseBodySize"] for answer in first)
    assert 0 < total < FIRST_VIEW_BYTES


def test_an_answer_appears_without_a_reload(site: Site, visit: Visits, booked: Booked) -> None:
    page = visit("thuky", f"/conferences/{booked.code}")
    expect(page.locator("#live-state")).to_contain_text("Trực tiếp", timeout=20_000)
    with site.write() as session:
        answer_site(
            session, booked.site_secrets["DC-457"], SiteReply(partstat="ACCEPTED", headcount=7)
        )
    row = page.locator("#conference-body tbody tr").filter(has_text="Xác nhận")
    expect(row).to_have_count(1, timeout=20_000)
