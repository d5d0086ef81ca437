"""Pages of the smart-city half as a browser meets them, without script."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

import smartcity.decoders
from hub.clock import now
from hub.db import db, transaction
from hub.orgunits.queries import unit_by_code
from smartcity import demo
from smartcity.domain.reading import ClockFault
from smartcity.ingest.replay import StoredMessage, replay_messages
from smartcity.models import Alert, DeadLetter, Device, QuarantinedDevice, Rule
from smartcity.quarantine.words import reason_word
from tests import factories
from tests.web.conftest import Post, SignIn, Write


def level(value: float, minutes_ago: int) -> StoredMessage:
    """Return a reading of the gauge at Lệ Thủy."""
    at = now() - timedelta(minutes=minutes_ago)
    body = {
        "observed_at": at.isoformat(),
        "values": {"water_level": value},
        "units": {"water_level": "m"},
    }
    return StoredMessage("city/19249/tram-le-thuy/telemetry", json.dumps(body).encode(), at)


@pytest.fixture
def flood(write: Write) -> str:
    """Lệ Thủy stands above BĐ3; gives the code of the alert."""
    with write() as session:
        demo.seed(session)
    with write() as session:
        replay_messages(session, [level(1.0, 60), level(3.0, 30), level(4.88, 1)])
        code = session.query(Alert.code).scalar()
        session.add(
            QuarantinedDevice(
                unit_code="457",
                device_code="tram-la",
                reason="unknown-device",
                first_seen_at=now(),
                last_seen_at=now(),
                message_count=1,
            )
        )
        session.add(
            DeadLetter(
                topic="city/19249/tram-le-thuy/telemetry",
                payload=b"<script>alert(1)</script>",
                payload_size=25,
                reason="not-json",
                unit_code="19249",
                device_code="tram-le-thuy",
                received_at=now(),
            )
        )
    assert isinstance(code, str)
    return code


def alert_state(app: Flask, code: str) -> str:
    """Return the state of an alert as committed."""
    with app.app_context():
        state = db.session.query(Alert.state).filter_by(code=code).scalar()
        assert isinstance(state, str)
        return state


@pytest.mark.parametrize(
    "path",
    [
        "/alerts",
        "/alerts?view=closed",
        "/devices",
        "/devices/new",
        "/rules",
        "/rules/new",
        "/quarantine",
        "/dead-letters",
    ],
)
def test_every_page_opens_while_there_is_nothing_yet(sign_in: SignIn, path: str) -> None:
    assert sign_in("quantri").get(path).status_code == 200


def test_the_alert_list_is_worst_first_and_speaks_with_units(sign_in: SignIn, flood: str) -> None:
    page = sign_in("tructhe").get("/alerts").get_data(as_text=True)
    assert "Mực nước trên BĐ3 · Lệ Thủy" in page
    assert "4,88 m" in page
    assert "Chưa ai nhận" in page


def test_filters_stand_in_the_address(sign_in: SignIn, flood: str) -> None:
    browser = sign_in("tructhe")
    assert flood in browser.get("/alerts?severity=critical&unit=457&q=le+thuy").text
    assert "Bỏ bộ lọc" in browser.get("/alerts?severity=low").text
    assert "Bỏ bộ lọc" in browser.get("/alerts?unit=450").text


def test_an_alert_is_acknowledged_by_a_plain_form(
    app: Flask, sign_in: SignIn, post: Post, flood: str
) -> None:
    browser = sign_in("tructhe")
    answer = post(browser, f"/alerts/{flood}/acknowledge", {"next": "/alerts"})
    assert (answer.status_code, answer.location) == (302, "/alerts")
    assert alert_state(app, flood) == "ACKED"
    again = post(browser, f"/alerts/{flood}/acknowledge")
    assert again.status_code == 409
    assert "Đặng Quốc Bảo đã tiếp nhận trước" in again.text


def test_a_page_that_shows_a_lower_level_acknowledges_nothing(
    app: Flask, sign_in: SignIn, post: Post, flood: str
) -> None:
    browser = sign_in("tructhe")
    assert 'name="severity" value="critical"' in browser.get(f"/alerts/{flood}").text
    answer = post(browser, f"/alerts/{flood}/acknowledge", {"severity": "medium"})
    assert answer.status_code == 409
    assert "đã lên mức Khẩn cấp" in answer.text
    assert alert_state(app, flood) == "UNACK"


def test_htmx_gets_the_card_and_a_script_gets_data(sign_in: SignIn, post: Post, flood: str) -> None:
    browser = sign_in("tructhe")
    card = post(browser, f"/alerts/{flood}/acknowledge", headers={"HX-Request": "true"})
    assert card.text.lstrip().startswith("<li")
    data = post(
        browser,
        f"/alerts/{flood}/note",
        {"note": "đã gọi"},
        headers={"Accept": "application/json"},
    )
    assert json.loads(data.text)["state"] == "ACKED"


def test_a_form_sends_nobody_to_another_site(sign_in: SignIn, post: Post, flood: str) -> None:
    answer = post(
        sign_in("tructhe"), f"/alerts/{flood}/acknowledge", {"next": "https://evil.example/"}
    )
    assert answer.location == f"/alerts/{flood}"


def test_what_is_wrong_is_said_beside_its_field(sign_in: SignIn, post: Post, flood: str) -> None:
    browser = sign_in("tructhe")
    answer = post(browser, f"/alerts/{flood}/shelve", {"minutes": "15", "note": ""})
    assert answer.status_code == 422
    assert "Ghi lý do tạm gác" in answer.text


def test_the_alert_page_has_the_chart_its_table_and_the_area(sign_in: SignIn, flood: str) -> None:
    page = sign_in("lanhdao").get(f"/alerts/{flood}").text
    for words in ("trên BĐ3 2,18 m", "chart-line", "Xem dạng bảng", "Huyện Lệ Thủy", "Nhật ký"):
        assert words in page


def test_an_alert_elsewhere_is_not_there(sign_in: SignIn, flood: str) -> None:
    browser = sign_in("donghoi")
    assert browser.get(f"/alerts/{flood}").status_code == 404
    assert flood not in browser.get("/alerts").text


def test_the_check_page_preselects_the_area_and_books_nothing(
    app: Flask, sign_in: SignIn, flood: str
) -> None:
    page = sign_in("lanhdao").get(f"/alerts/{flood}/convene").text
    assert "Họp khẩn: Mực nước trên BĐ3" in page
    assert page.count(" checked>") > 5
    with app.app_context():
        assert db.session.query(Alert.conference_code).scalar() == ""


def test_a_payload_is_shown_and_never_run(sign_in: SignIn, flood: str) -> None:
    browser = sign_in("kythuat")
    page = browser.get("/dead-letters").text
    assert "Không phải JSON" in page
    letter = browser.get("/dead-letters/1").text
    assert "&lt;script&gt;" in letter
    assert "<script>alert" not in letter


def test_letters_are_dropped_from_the_list(sign_in: SignIn, post: Post, flood: str) -> None:
    browser = sign_in("kythuat")
    post(browser, "/dead-letters/decide", {"letter": "1", "what": "drop"})
    assert "Không có bản tin hỏng nào đang chờ" in browser.get("/dead-letters").text


def test_a_device_is_registered_and_its_mistakes_are_kept_as_typed(
    app: Flask, sign_in: SignIn, post: Post, flood: str
) -> None:
    browser = sign_in("kythuat")
    typed = {
        "code": "mua-moi",
        "name": "Mưa An Thủy",
        "kind": "rain_gauge",
        "unit": "19291",
        "expected_interval_s": "300",
        "lat": "mười bảy",
    }
    refused = post(browser, "/devices/new", typed)
    assert refused.status_code == 422
    assert "mười bảy" in refused.text
    half = post(browser, "/devices/new", {**typed, "lat": "17,26"})
    assert 'id="lon-error"' in half.text
    saved = post(browser, "/devices/new", {**typed, "lat": "17,26", "lon": "106,8"})
    assert saved.location == "/devices/mua-moi"
    with app.app_context():
        assert db.session.query(Device.lat).filter_by(code="mua-moi").scalar() == 17.26


def test_a_device_stands_at_a_site_that_there_is(
    app: Flask, sign_in: SignIn, post: Post, flood: str
) -> None:
    browser = sign_in("kythuat")
    typed = {
        "code": "dien-moi",
        "name": "Nguồn điện",
        "kind": "site_power",
        "unit": "19291",
        "site": "DC-khong-co",
        "expected_interval_s": "300",
    }
    refused = post(browser, "/devices/new", typed)
    assert refused.status_code == 422
    assert 'id="site-error"' in refused.text
    with app.app_context(), transaction() as session:
        unit = unit_by_code(session, "19291")
        assert unit is not None
        (site,) = factories.add_sites(session, [unit])
        code = site.code
    assert post(browser, "/devices/new", {**typed, "site": code}).location == "/devices/dien-moi"


def test_a_rule_is_written_in_vietnamese_numbers_and_switched_off(
    app: Flask, sign_in: SignIn, post: Post, flood: str
) -> None:
    browser = sign_in("tructhe")
    typed = {
        "code": "mua-thu",
        "name": "Mưa thử",
        "kind": "threshold",
        "severity": "low",
        "unit": "44",
        "prop": "rainfall_24h",
        "direction": "above",
        "raise_at": "50,5",
        "clear_at": "60",
        "is_active": "y",
        "mark": "",
        "device_kind": "rain_gauge",
    }
    assert "bằng hoặc thấp hơn" in post(browser, "/rules/new", typed).text
    assert post(browser, "/rules/new", {**typed, "clear_at": "45"}).status_code == 302
    post(browser, "/rules/mua-thu/active", {"active": "0"})
    with app.app_context():
        rule = db.session.query(Rule).filter_by(code="mua-thu").one()
        assert (rule.raise_at, rule.is_active) == (50.5, False)


def test_a_quarantined_device_is_taken_in(sign_in: SignIn, post: Post, flood: str) -> None:
    browser = sign_in("kythuat")
    assert "tram-la" in browser.get("/quarantine").text
    form = {
        "code": "tram-la",
        "name": "Trạm mới",
        "kind": "river_gauge",
        "unit": "457",
        "expected_interval_s": "600",
    }
    answer = post(browser, "/quarantine/1/approve", form)
    assert answer.location == "/devices/tram-la"
    assert "Không có thiết bị lạ" in browser.get("/quarantine").text


def test_home_tells_a_leader_what_is_wrong(sign_in: SignIn, flood: str) -> None:
    page = sign_in("lanhdao").get("/").text
    assert "Đang sai gì" in page
    assert "trên BĐ3 2,18 m" in page


def test_search_finds_alerts_and_devices_without_marks(sign_in: SignIn, flood: str) -> None:
    page = sign_in("tructhe").get("/search?q=le+thuy").text
    assert "/devices/tram-le-thuy" in page
    assert f"/alerts/{flood}" in page


def test_every_reason_a_reader_gives_has_words(app: Flask) -> None:
    decoders = Path(smartcity.decoders.__file__).parent
    texts = [path.read_text() for path in decoders.glob("*.py")]
    kinds = {kind for text in texts for kind in re.findall(r'Undecodable\(\s*"([a-z0-9-]+)"', text)}
    kinds |= {fault.value for fault in ClockFault}
    assert len(kinds) > 20
    with app.test_request_context():
        assert [kind for kind in sorted(kinds) if reason_word(kind) == kind] == []


def test_devices_in_trouble_stand_first(sign_in: SignIn, flood: str, write: Write) -> None:
    with write() as session:
        session.query(Device).update({"status": "online", "last_seen_at": now()})
        last = session.query(Device).filter_by(code="tram-mai-hoa").one()
        last.status = "offline"
    page = sign_in("kythuat").get("/devices").text
    assert page.index("/devices/tram-mai-hoa") == page.index("/devices/", page.index("<tbody>"))


@pytest.mark.parametrize("page", ["/alerts", "/"])
def test_pages_without_a_live_line_ask_whether_we_hear(
    flood: str, sign_in: SignIn, page: str
) -> None:
    browser = sign_in("tructhe")
    assert 'data-hearing="/operations/hearing"' in browser.get(page).text
    # No intake runs in this test: that is what it says.
    told = json.loads(browser.get("/operations/hearing").text)["sentence"]
    assert "Bộ phận nhận số liệu đã dừng" in told
    assert sign_in("donghoi").get("/operations/hearing").status_code == 200
