"""The water goes on rising after somebody has acknowledged it: that person is asked anew."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from smartcity.models import Alert
from tests.acceptance.deadline import until
from tests.e2e.conftest import Site, Visits
from tests.e2e.stations import add_gauge, raise_alert, rise

pytestmark = pytest.mark.e2e


def is_acknowledged(site: Site, code: str) -> bool:
    """Whether somebody holds the alert, as the database has it."""
    with site.write() as session:
        held = select(Alert.acknowledged_at).where(Alert.code == code)
        return session.scalar(held) is not None


def test_a_rise_to_bd3_asks_who_acknowledged_bd1(site: Site, visit: Visits) -> None:
    with site.write() as session:
        gauge = add_gauge(session, "19249", "Trạm lên")
        code = raise_alert(session, gauge, what="Mực nước trên BĐ1", severity="medium", value=1.3)
    page = visit("tructhe", "/operations")
    page.wait_for_selector("#live-state[data-state=live]")
    card = page.locator(f'.alert-card[data-code="{code}"]')
    card.locator("a[data-f=what]").focus()
    page.keyboard.press("a")
    expect(card).to_have_attribute("data-state", "ACKED")
    # The page shows it before the server has said so; the water rises after it is true.
    until(lambda: is_acknowledged(site, code), 20.0, "the acknowledgement is stored")
    with site.write() as session:
        rise(session, code, what="Mực nước trên BĐ3", mark=3)
    expect(page.locator("[data-cry]")).to_contain_text("Mực nước trên BĐ3", timeout=15_000)
    expect(card).to_have_attribute("data-state", "UNACK")
    expect(card).to_contain_text("leo thang sau")
    expect(card.locator("form[data-act=acknowledge] [name=severity]")).to_have_value("critical")
    page.goto(f"/alerts/{code}")
    strip = page.locator(".strip").first
    expect(strip).to_contain_text("Lên mức Khẩn cấp lúc")
    expect(strip).to_contain_text("hạn tiếp nhận")
    expect(strip).not_to_contain_text("quá hạn")
