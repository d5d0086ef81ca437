"""The audit page and its CSV, the health page, the search page."""

import csv
import io
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from hub.audit.models import AuditEntry
from hub.clock import now
from hub.health.beats import WORKER, beat, beat_age
from hub.orgunits.queries import unit_by_code
from hub.outbox import OutboxLetter
from tests.web.conftest import Post, SignIn, Write


@pytest.fixture
def many_entries(write: Write) -> None:
    """Sixty entries, the last of them hostile."""
    with write() as session:
        unit = unit_by_code(session, "457")
        assert unit is not None
        for number in range(60):
            session.add(_entry(number, "Nguyễn Văn A", "hub:unit:edited", unit.id))
        session.add(_entry(60, '=HYPERLINK("http://evil")', "<script>alert(1)</script>", None))


def _entry(number: int, name: str, action: str, unit_id: int | None) -> AuditEntry:
    at = datetime(2020, 10, 19, 0, number % 60, tzinfo=UTC)
    subject = f"số {number}"
    return AuditEntry(
        at=at, actor_name=name, action=action, subject=subject, unit_id=unit_id, detail={}
    )


@pytest.mark.usefixtures("many_entries")
def test_the_audit_is_paged_by_cursor_without_gaps(as_admin: FlaskClient) -> None:
    first = as_admin.get("/audit?action=unit:edited").get_data(as_text=True)
    assert first.count('<th scope="row">') == 50
    link = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = as_admin.get(link).get_data(as_text=True)
    assert second.count('<th scope="row">') == 10
    assert "action=unit" in link


@pytest.mark.usefixtures("many_entries")
@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("person=Nguyễn Văn A", 50),
        ("subject=số 59", 1),
        ("unit=457", 50),
        ("unit=450", 0),
        ("since=2020-10-19&until=2020-10-19", 50),
        ("until=2020-10-18", 0),
        ("action=%25", 0),
    ],
)
def test_the_audit_is_filtered(as_admin: FlaskClient, query: str, rows: int) -> None:
    page = as_admin.get(f"/audit?{query}").get_data(as_text=True)
    assert page.count('<th scope="row">') == rows


@pytest.mark.parametrize(
    "query",
    ["since=khong", "until=9999-12-31", "unit='; DROP TABLE x", "_scheme=javascript&_external=1"],
)
def test_odd_filters_do_no_harm(as_admin: FlaskClient, query: str) -> None:
    answer = as_admin.get(f"/audit?{query}")
    assert answer.status_code == 200
    assert 'href="javascript' not in answer.get_data(as_text=True)


def test_a_foreign_cursor_is_refused(as_admin: FlaskClient) -> None:
    assert as_admin.get("/audit?cursor=xx").status_code == 422


@pytest.mark.usefixtures("many_entries")
def test_hostile_text_is_shown_as_text(as_admin: FlaskClient) -> None:
    page = as_admin.get("/audit").get_data(as_text=True)
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.usefixtures("many_entries")
def test_the_csv_runs_nothing_in_a_spreadsheet(as_admin: FlaskClient) -> None:
    answer = as_admin.get("/audit.csv")
    assert "attachment" in answer.headers["Content-Disposition"]
    text = answer.get_data(as_text=True)
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert len(rows) >= 62
    cells = [cell for row in rows for cell in row]
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
    assert any(cell.startswith("'=HYPERLINK") for cell in cells)


def test_refused_letters_are_shown_and_sent_again(
    as_admin: FlaskClient, sign_in: SignIn, post: Post, write: Write
) -> None:
    with write() as session:
        letter = OutboxLetter(
            dedupe_key="k1", subject_key="s1", kind="invitation", to_email="a@example.vn",
            subject="Giấy mời", text_body="x", message_id="<k1@x>", state="failed", attempts=8,
            not_before=now(), created_at=now(), last_error="550 no such user",
        )  # fmt: skip
        session.add(letter)
        session.flush()
        letter_id = letter.id
    assert "550 no such user" in as_admin.get("/health").get_data(as_text=True)
    # An operator sees how the whole is, but not to whom letters go.
    assert "Giấy mời" not in sign_in("tructhe").get("/health").get_data(as_text=True)
    assert post(sign_in("tructhe"), f"/health/letters/{letter_id}/retry").status_code == 403
    assert post(as_admin, f"/health/letters/{letter_id}/retry").status_code == 302
    with write() as session:
        row = session.get_one(OutboxLetter, letter_id)
        assert (row.state, row.attempts) == ("retry", 0)
    assert post(as_admin, "/health/letters/999/retry").status_code == 404


def test_machines_are_told_nothing_about_people(client: FlaskClient) -> None:
    assert client.get("/healthz").get_data(as_text=True) == "ok\n"
    ready = client.get("/readyz")
    assert ready.status_code == 503
    assert set(ready.get_json()["checks"]) >= {"database", "schema", "worker", "outbox"}
    metrics = client.get("/metrics").get_data(as_text=True)
    assert 'hub_http_requests_total{method="GET",route="/readyz",status="503"} 1.0' in metrics
    assert "hub_http_request_seconds_bucket" in metrics
    assert "hub_journal_seq" in metrics
    for word in ("thuky", "quantri", "nhipcau.db", "secret"):
        assert word not in metrics + ready.get_data(as_text=True)


def test_addresses_that_nobody_serves_share_one_series(client: FlaskClient) -> None:
    for number in range(5):
        client.get(f"/probe-{number}.php")
    metrics = client.get("/metrics").get_data(as_text=True)
    assert 'hub_http_requests_total{method="GET",route="unknown",status="404"} 5.0' in metrics
    assert "probe-1" not in metrics


def test_the_worker_leaves_signs_of_life(write: Write) -> None:
    with write() as session:
        assert beat_age(session, WORKER) is None
        beat(session, WORKER)
    with write() as session:
        age = beat_age(session, WORKER)
    assert age is not None
    assert age.total_seconds() < 30


def test_search_finds_units_without_diacritics_in_ones_own_part(sign_in: SignIn) -> None:
    assert "Huyện Lệ Thủy" in sign_in("thuky").get("/search?q=le thuy").get_data(as_text=True)
    page = sign_in("lethuy").get("/search?q=dong hoi").get_data(as_text=True)
    assert 'class="hit-title"' not in page
    assert "Không tìm thấy" in page


def test_search_answers_htmx_with_results_alone(sign_in: SignIn) -> None:
    answer = sign_in("thuky").get("/search?q=le thuy", headers={"HX-Request": "true"})
    page = answer.get_data(as_text=True)
    assert "Huyện Lệ Thủy" in page
    assert "<html" not in page


@pytest.mark.parametrize("words", ["", "   ", "%", "_", "'", "<b>", "x" * 5000])
def test_odd_words_break_no_search(sign_in: SignIn, words: str) -> None:
    answer = sign_in("thuky").get("/search", query_string={"q": words})
    assert answer.status_code == 200
    assert "<b>" not in answer.get_data(as_text=True).split("<main")[1]
