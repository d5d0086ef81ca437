"""Two people at one object: who saves later sees both versions, and nothing typed is lost."""

import re
from dataclasses import dataclass
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from conferencing.models import Conference, ConferenceChange, SiteGroup, SiteGroupMember
from hub.access.actor import actor_of
from hub.accounts.services import find_user
from hub.db import db, read_session
from hub.outbox import OutboxLetter
from smartcity import demo as smartcity_demo
from smartcity.rules.services import create_rule
from tests.web.conferencing.province import book_one, furnish
from tests.web.conftest import SignIn, Write
from tests.web.tabs import Tab

RULE = {
    "code": "mua-lon",
    "name": "Mưa lớn",
    "kind": "threshold",
    "severity": "high",
    "unit": "44",
    "prop": "rainfall_1h",
    "raise_at": 50.0,
}


@dataclass(frozen=True, slots=True)
class Object:
    """A kind of object: its form, a box that one person changes, and one that another does."""

    kind: str
    url: str
    mine: tuple[str, str]
    theirs: tuple[str, str]
    to: str = ""


OBJECTS = (
    Object("site", "/sites/DC-457/edit", ("seats", "77"), ("technician_name", "Lê Thị Hòa")),
    Object("room", "/rooms/P1/edit", ("dial_in", "447109"), ("name", "Phòng số một")),
    Object("bridge", "/bridges/MCU1/edit", ("ports", "39"), ("name", "MCU trung tâm")),
    Object("group", "/groups/1", ("name", "Giao ban sáng"), ("sites", "DC-450")),
    Object("device", "/devices/tram-le-thuy/edit", ("owner", "Đài tỉnh"), ("river", "Sông lớn")),
    Object("marks", "/devices/tram-le-thuy", ("bd1", "1,25"), ("basis", "QĐ 05"),
           "/devices/tram-le-thuy/marks"),
    Object("rule", "/rules/mua-lon", ("raise_at", "61,5"), ("name", "Mưa rất lớn")),
    Object("unit", "/units/19249/edit", ("lat", "17.25"), ("name", "Kiến Giang mới")),
    Object("user", "/users/lethuy/edit", ("phone", "0912345678"), ("title", "Chánh văn phòng")),
    Object("me", "/account", ("phone", "0912345678"), ("title", "Quản trị viên chính"),
           "/account/profile"),
)  # fmt: skip


@pytest.fixture
def kept(write: Write) -> None:
    """One object of each kind."""
    with write() as session:
        furnish(session)
        smartcity_demo.seed(session)
        admin = find_user(session, "quantri")
        assert admin is not None
        create_rule(session, actor_of(admin), RULE)
        book = book_one(session)
        conference = session.get_one(Conference, book.id)
        group = SiteGroup(name="Giao ban", unit_id=conference.host_unit_id)
        group.members = [SiteGroupMember(site=row.site) for row in conference.sites]
        session.add(group)


def text_of(answer: TestResponse) -> str:
    return unescape(answer.get_data(as_text=True))


def rows_of(page: str) -> list[str]:
    """Return the boxes that the page says differ."""
    table = re.search(r'<table class="data-table both-table">.*?</table>', page, re.DOTALL)
    assert table is not None, "the page shows no two versions"
    return [label.strip() for label in re.findall(r'<th scope="row">([^<]+)', table[0])]


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("one", OBJECTS, ids=lambda one: one.kind)
def test_the_later_save_is_shown_both_versions_and_may_go_over_it(
    as_admin: FlaskClient, one: Object
) -> None:
    first, second = Tab(as_admin, one.url), Tab(as_admin, one.url)
    assert first.send(one.to, **{one.theirs[0]: one.theirs[1]}).status_code in {302, 303}
    late = second.send(one.to, **{one.mine[0]: one.mine[1]})
    page = text_of(late)
    assert late.status_code == 409
    assert "Chưa lưu: đã có người sửa trước bạn" in page
    assert len(rows_of(page)) == 2
    assert re.search(r"đã lưu lúc \d\d:\d\d", page)
    # Nothing is saved over, nothing typed is lost, and to send it again is to choose.
    assert Tab(as_admin, one.url).values.getlist(one.theirs[0]) == [one.theirs[1]]
    second.take(late)
    assert second.values[one.mine[0]] == one.mine[1]
    assert second.send(one.to).status_code in {302, 303}
    assert Tab(as_admin, one.url).values[one.mine[0]] == one.mine[1]


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("one", OBJECTS, ids=lambda one: one.kind)
def test_the_same_sent_twice_is_saved_once_and_no_quarrel(
    as_admin: FlaskClient, one: Object
) -> None:
    first, second = Tab(as_admin, one.url), Tab(as_admin, one.url)
    for tab in (first, second):
        assert tab.send(one.to, **{one.mine[0]: one.mine[1]}).status_code in {302, 303}


@pytest.mark.usefixtures("kept")
def test_what_is_wrong_is_said_beside_both_versions(as_admin: FlaskClient) -> None:
    first, second = Tab(as_admin, "/sites/DC-457/edit"), Tab(as_admin, "/sites/DC-457/edit")
    first.send(name="Điểm cầu mới")
    late = second.send(seats="rất nhiều")
    assert late.status_code == 409
    page = text_of(late)
    assert 'id="seats-error"' in page
    assert {"Tên điểm cầu", "Số chỗ ngồi"} == set(rows_of(page))
    assert 'value="rất nhiều"' in page


@pytest.mark.usefixtures("kept")
def test_signing_in_is_no_change_of_an_account(as_admin: FlaskClient, sign_in: SignIn) -> None:
    tab = Tab(as_admin, "/users/lethuy/edit")
    sign_in("lethuy")
    assert tab.send(title="Chánh văn phòng").status_code == 302


@dataclass(frozen=True, slots=True)
class Edited:
    """A booked conference and the tabs of its secretary."""

    browser: FlaskClient
    code: str

    def tab(self) -> Tab:
        """Open its form."""
        return Tab(self.browser, f"/conferences/{self.code}/edit", "booking")

    def save(self, tab: Tab, **changes: Any) -> TestResponse:
        """Send the form and confirm the review."""
        review = tab.send(do="review", **changes)
        if review.status_code != 200:
            return review
        confirm = Tab(self.browser, tab.url, "booking")
        confirm.form_id = "confirm"
        confirm.take(review)
        return confirm.send(do="confirm")


@pytest.fixture
def edited(sign_in: SignIn, write: Write) -> Edited:
    """A conference that was booked with a priority and a presiding site of its own."""
    with write() as session:
        booked = book_one(session, priority=1, chair_site="DC-19249", source_ref="alert:7")
    return Edited(sign_in("thuky"), booked.code)


def kept_of(app: Flask, code: str) -> Conference:
    """Return a conference as it is kept."""
    with app.app_context():
        db.session.remove()
        session = read_session()
        query = select(Conference).where(Conference.code == code)
        conference = session.scalars(query).one()
        assert conference.sites
        assert conference.room
        return conference


def test_an_edit_leaves_alone_what_the_form_does_not_show(app: Flask, edited: Edited) -> None:
    saved = edited.save(edited.tab(), title="Tên khác")
    assert saved.status_code == 302, text_of(saved)
    kept = kept_of(app, edited.code)
    assert (kept.title, kept.priority, kept.source_ref) == ("Tên khác", 1, "alert:7")
    assert [row.site.code for row in kept.sites if row.role == "chair"] == ["DC-19249"]
    assert kept.sequence == 0


def test_a_usual_priority_follows_the_type(app: Flask, sign_in: SignIn, write: Write) -> None:
    with write() as session:
        code = book_one(session).code
    edited = Edited(sign_in("thuky"), code)
    assert kept_of(app, code).priority == 3
    saved = edited.save(edited.tab(), type="emergency", reason="Lũ lên nhanh")
    assert saved.status_code == 302, text_of(saved)
    assert kept_of(app, code).priority == 0


def test_the_later_edit_of_a_conference_sees_time_sites_and_guests(
    app: Flask, edited: Edited
) -> None:
    first, second = edited.tab(), edited.tab()
    sites = ["DC-44", "DC-19249", "DC-450"]
    saved = edited.save(
        first, starts="15:00", ends="17:00", room="P2", sites=sites,
        attendee_email="an@x.vn", attendee_name="Lê An", attendee_role="CHAIR",
    )  # fmt: skip
    assert saved.status_code == 302, text_of(saved)
    letters = written(app)
    late = edited.save(second, title="Tên khác", agenda="Điểm 1")
    assert late.status_code == 409
    page = text_of(late)
    differing = {"Thời gian", "Phòng họp", "Điểm cầu", "Đại biểu", "Tên hội nghị"}
    assert set(rows_of(page)) == {*differing, "Nội dung, chương trình"}
    assert "Lê An <an@x.vn>" in page
    assert "15:00–17:00" in page
    assert re.search(r"đã lưu lúc \d\d:\d\d", page)
    kept = kept_of(app, edited.code)
    assert {row.site.code for row in kept.sites} == set(sites)
    assert written(app) == letters
    second.take(late)
    assert (second.values["title"], second.values["agenda"]) == ("Tên khác", "Điểm 1")
    assert edited.save(second).status_code == 302
    assert kept_of(app, edited.code).title == "Tên khác"


def test_who_was_overtaken_between_review_and_confirmation_is_asked_too(
    app: Flask, edited: Edited
) -> None:
    first, second = edited.tab(), edited.tab()
    review = second.send(do="review", title="Của tôi")
    assert review.status_code == 200
    assert edited.save(first, title="Của người khác").status_code == 302
    second.form_id = "confirm"
    second.take(review)
    late = second.send(do="confirm")
    assert late.status_code == 409
    assert rows_of(text_of(late)) == ["Tên hội nghị"]
    assert kept_of(app, edited.code).title == "Của người khác"


def test_confirming_twice_is_one_change(app: Flask, edited: Edited) -> None:
    tab = edited.tab()
    review = tab.send(do="review", title="Của tôi")
    tab.form_id = "confirm"
    tab.take(review)
    assert [tab.send(do="confirm").status_code for _ in range(2)] == [302, 302]
    with app.app_context():
        changed = select(ConferenceChange).where(ConferenceChange.verb == "changed")
        assert len(read_session().scalars(changed).all()) == 1


def test_answers_of_sites_do_not_stand_in_the_way(app: Flask, edited: Edited, write: Write) -> None:
    tab = edited.tab()
    with write() as session:
        query = select(Conference).where(Conference.code == edited.code)
        conference = session.scalars(query).one()
        conference.sites[0].partstat = "ACCEPTED"
    assert edited.save(tab, title="Tên khác").status_code == 302
    assert kept_of(app, edited.code).title == "Tên khác"


def written(app: Flask) -> int:
    """Return the number of letters."""
    with app.app_context():
        return len(read_session().scalars(select(OutboxLetter.id)).all())


def test_a_site_that_rests_is_not_uninvited_by_an_edit(
    app: Flask, edited: Edited, write: Write
) -> None:
    with write() as session:
        kept = session.scalars(select(Conference).where(Conference.code == edited.code)).one()
        codes = {row.site.code for row in kept.sites}
        kept.sites[-1].site.is_active = False
        resting = kept.sites[-1].site.code
    tab = edited.tab()
    assert resting not in tab.values["sites"], "it has no box"
    assert edited.save(tab, title="Tên khác").status_code == 302
    kept = kept_of(app, edited.code)
    assert kept.title == "Tên khác"
    assert {row.site.code for row in kept.sites} == codes
    with app.app_context():
        kinds = set(read_session().scalars(select(OutboxLetter.kind)))
    assert "conference.removed" not in kinds
