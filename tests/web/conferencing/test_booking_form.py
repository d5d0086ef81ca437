"""The booking form: errors keep what was typed, buttons work without script, clashes are named."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from conferencing.domain.booking_rules import WorkingCalendar
from conferencing.models import Conference, SiteGroup
from hub.clock import local, now
from hub.orgunits.queries import current_units, unit_by_code
from tests import factories
from tests.web.conferencing.province import book_one
from tests.web.conftest import FROM_HERE, Post, SignIn, Write


def furnish(session: Session) -> None:
    """Add a bridge, two rooms and a site for every one of the 160 units."""
    province = unit_by_code(session, "44")
    assert province is not None
    bridge = factories.add_bridge(session, province)
    factories.add_room(session, bridge, "P1")
    factories.add_room(session, bridge, "P2")
    factories.add_sites(session, current_units(session))


def working_day(ahead: int = 14) -> str:
    """A working day some time ahead, as the form writes it."""
    day = WorkingCalendar().working_days_before(local(now()).date() + timedelta(days=ahead), 1)
    return day.strftime("%d/%m/%Y")


def filled(**changes: Any) -> dict[str, Any]:
    """A complete form for three sites."""
    values: dict[str, Any] = {
        "do": "review",
        "title": "Khắc phục hậu quả lũ",
        "type": "regular",
        "chair": "Nguyễn Hữu Lâm",
        "day": working_day(),
        "starts": "14h30",
        "ends": "1600",
        "room": "P1",
        "sites": ["DC-44", "DC-457", "DC-19249"],
    }
    return {**values, **changes}


@pytest.fixture
def secretary(sign_in: SignIn, write: Write) -> FlaskClient:
    """The province's secretary, with rooms and sites to book."""
    with write() as session:
        furnish(session)
    return sign_in("thuky")


def text_of(answer: TestResponse) -> str:
    return unescape(answer.get_data(as_text=True))


def value_of(page: str, name: str) -> str:
    """The value of a field, whichever way its attributes are written."""
    found = re.search(
        rf'name="{name}"[^>]* value="([^"]*)"|value="([^"]*)"[^>]* name="{name}"', page
    )
    return (found[1] or found[2]) if found else ""


def ticked(page: str) -> set[str]:
    return set(re.findall(r'name="sites" value="([^"]+)" checked', page))


def test_the_empty_form_proposes_a_time_and_a_room(secretary: FlaskClient) -> None:
    page = text_of(secretary.get("/conferences/new"))
    assert value_of(page, "starts") == "08:00"
    assert 'value="P1" selected' in page
    assert page.count('name="sites" value=') == 160


def test_the_address_may_prefill_the_form(secretary: FlaskClient) -> None:
    query = {"day": "20/10/2030", "starts": "09:00", "ends": "10:00", "sites": "DC-457"}
    page = text_of(secretary.get("/conferences/new", query_string=query))
    assert value_of(page, "day") == "20/10/2030"
    assert ticked(page) == {"DC-457"}


def test_errors_keep_everything_typed(secretary: FlaskClient, post: Post) -> None:
    form = filled(title="", ends="13h", agenda="Điểm 1\nĐiểm 2", attendee_email="a@b.vn")
    form |= {"attendee_name": "Trần Văn An", "attendee_role": "CHAIR"}
    answer = post(secretary, "/conferences/new", form)
    page = text_of(answer)
    assert answer.status_code == 422
    assert 'href="#ends"' in page
    assert "Giờ kết thúc phải sau giờ bắt đầu." in page
    assert ticked(page) == {"DC-44", "DC-457", "DC-19249"}
    assert "Điểm 1\nĐiểm 2" in page.replace("\r", "")
    assert "Trần Văn An" in page
    assert value_of(page, "chair") == "Nguyễn Hữu Lâm"
    assert value_of(page, "starts") == "14h30"


def test_everything_wrong_is_said_in_one_round(secretary: FlaskClient, post: Post) -> None:
    form = filled(title="", ends="13h", room="P9", sites=[], type="unplanned")
    page = text_of(post(secretary, "/conferences/new", form))
    for field in ("title", "ends", "room", "sites", "reason"):
        assert f'href="#{field}"' in page, field


def test_a_wrong_address_is_marked_in_its_row(secretary: FlaskClient, post: Post) -> None:
    form = filled(attendee_email="khong-phai-thu", attendee_name="An", attendee_role="CHAIR")
    answer = post(secretary, "/conferences/new", form)
    assert answer.status_code == 422
    assert 'href="#attendee-0"' in text_of(answer)


def test_an_unplanned_conference_needs_a_reason(secretary: FlaskClient, post: Post) -> None:
    answer = post(secretary, "/conferences/new", filled(type="unplanned"))
    assert answer.status_code == 422
    assert 'href="#reason"' in text_of(answer)


def test_review_tells_who_is_invited_and_which_rule_is_not_kept(
    secretary: FlaskClient, post: Post
) -> None:
    soon = (local(now()) + timedelta(days=1)).strftime("%d/%m/%Y")
    answer = post(secretary, "/conferences/new", filled(day=soon))
    page = text_of(answer)
    assert answer.status_code == 200
    assert "45/2018/QĐ-TTg" in page
    assert "Điểm cầu Huyện Lệ Thủy" in page
    assert page.count('type="hidden" name="sites"') == 3


def test_a_booking_needs_no_script(secretary: FlaskClient, post: Post, write: Write) -> None:
    review = text_of(post(secretary, "/conferences/new", filled()))
    kept = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', review)
    form: dict[str, Any] = {"do": "confirm"}
    for name, value in kept:
        if name != "csrf_token":
            form.setdefault(name, []).append(unescape(value))
    answer = post(secretary, "/conferences/new", form)
    assert answer.status_code == 302
    with write() as session:
        booked = session.scalars(select(Conference)).one()
        assert answer.location == f"/conferences/{booked.code}"
        assert {row.site.code for row in booked.sites} == {"DC-44", "DC-457", "DC-19249"}
        assert local(booked.starts_at).strftime("%H:%M") == "14:30"
        assert local(booked.ends_at).strftime("%H:%M") == "16:00"


def test_a_second_press_of_the_last_button_books_once(
    secretary: FlaskClient, post: Post, write: Write
) -> None:
    first = post(secretary, "/conferences/new", filled(do="confirm"))
    second = post(secretary, "/conferences/new", filled(do="confirm"))
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.location == second.location
    with write() as session:
        assert len(session.scalars(select(Conference)).all()) == 1


def test_a_clash_names_the_other_conference_and_offers_times(
    secretary: FlaskClient, post: Post, write: Write
) -> None:
    post(secretary, "/conferences/new", filled(do="confirm", title="Giao ban khối nội chính"))
    answer = post(secretary, "/conferences/new", filled(title="Họp thứ hai", starts="15:00"))
    page = text_of(answer)
    assert answer.status_code == 409
    assert "Giao ban khối nội chính" in page
    assert re.search(r'href="/conferences/HN-\d{4}-0001"', page)
    assert value_of(page, "title") == "Họp thứ hai"
    assert ticked(page) == {"DC-44", "DC-457", "DC-19249"}
    assert 'value="use:' in page


def test_an_offer_refills_the_form(secretary: FlaskClient, post: Post) -> None:
    post(secretary, "/conferences/new", filled(do="confirm", title="Họp trước"))
    clash = text_of(post(secretary, "/conferences/new", filled(title="Họp sau")))
    offer = re.search(r'value="(use:[^"]+)"', clash)
    assert offer is not None
    again = text_of(post(secretary, "/conferences/new", filled(title="Họp sau", do=offer[1])))
    day, starts, _ends, room, _missing = offer[1].removeprefix("use:").split("|")
    assert (value_of(again, "day"), value_of(again, "starts")) == (day, starts)
    assert f'value="{room}" selected' in again
    assert value_of(again, "title") == "Họp sau"


def test_a_district_is_ticked_by_one_button(secretary: FlaskClient, post: Post) -> None:
    page = text_of(post(secretary, "/conferences/new", filled(do="all:457", sites=[])))
    assert len(ticked(page)) == 27
    everything = text_of(post(secretary, "/conferences/new", filled(do="all:")))
    assert len(ticked(everything)) == 160
    nothing = text_of(post(secretary, "/conferences/new", filled(do="none:")))
    assert ticked(nothing) == set()


def test_the_picker_finds_without_accents(secretary: FlaskClient, post: Post) -> None:
    page = text_of(post(secretary, "/conferences/new", filled(do="find", find="kien giang")))
    assert "Tìm thấy 1 điểm cầu" in page
    assert page.count("is-found") == 1


def test_attendees_are_added_pasted_and_removed(secretary: FlaskClient, post: Post) -> None:
    pasted = "Nguyễn Văn An <an@quangbinh.example>\nbinh@quangbinh.example"
    form = filled(do="add_attendee", attendees_text=pasted)
    page = text_of(post(secretary, "/conferences/new", form))
    assert 'value="an@quangbinh.example"' in page
    assert 'value="binh@quangbinh.example"' in page
    rows = filled(
        do="remove_attendee:0",
        attendee_email=["an@quangbinh.example", "binh@quangbinh.example"],
        attendee_name=["", ""],
        attendee_role=["CHAIR", "CHAIR"],
    )
    page = text_of(post(secretary, "/conferences/new", rows))
    assert 'value="an@quangbinh.example"' not in page
    assert 'value="binh@quangbinh.example"' in page


def test_a_selection_is_saved_as_a_group(secretary: FlaskClient, post: Post, write: Write) -> None:
    form = filled(do="save_group", group_name="Giao ban thử")
    page = text_of(post(secretary, "/conferences/new", form))
    assert "Đã lưu nhóm “Giao ban thử”." in page
    with write() as session:
        group = session.scalars(select(SiteGroup)).one()
        assert len(group.members) == 3
    form = filled(do=f"group:{group.id}", sites=[])
    assert len(ticked(text_of(post(secretary, "/conferences/new", form)))) == 3


def test_a_weekly_series_leaves_out_its_exceptions(
    secretary: FlaskClient, post: Post, write: Write
) -> None:
    form = filled(do="confirm", repeat="weekly", interval="1", bound="count", count="4")
    day = working_day()
    first = local(now()).strptime(day, "%d/%m/%Y")
    form["exceptions"] = (first + timedelta(days=7)).strftime("%d/%m/%Y")
    assert post(secretary, "/conferences/new", form).status_code == 302
    with write() as session:
        booked = session.scalars(select(Conference)).one()
        going = [o for o in booked.occurrences if o.status != "CANCELLED"]
        assert len(going) == 3


def test_the_panel_alone_answers_while_typing(secretary: FlaskClient, post: Post) -> None:
    page = text_of(post(secretary, "/conferences/check", filled()))
    assert "<html" not in page
    assert 'id="when-words" hx-swap-oob="true"' in page
    assert "<strong>3</strong>/3" in page


def test_a_form_without_its_token_books_nothing_and_forgets_nothing(
    secretary: FlaskClient, write: Write
) -> None:
    answer = secretary.post("/conferences/new", data=filled(do="confirm"), headers=FROM_HERE)
    assert answer.status_code == 400
    assert value_of(text_of(answer), "title") == "Khắc phục hậu quả lũ"
    with write() as session:
        assert session.scalars(select(Conference)).first() is None


def test_a_lost_session_keeps_what_was_typed(client: FlaskClient, write: Write) -> None:
    with write() as session:
        furnish(session)
    answer = client.post("/conferences/new", data=filled(), headers=FROM_HERE)
    page = text_of(answer)
    assert answer.status_code == 401
    assert value_of(page, "title") == "Khắc phục hậu quả lũ"
    assert page.count('name="sites"') == 3


def test_a_district_secretary_picks_only_there(sign_in: SignIn, post: Post, write: Write) -> None:
    with write() as session:
        furnish(session)
    browser = sign_in("lethuy")
    page = text_of(browser.get("/conferences/new"))
    assert page.count('name="sites" value=') == 27
    answer = post(browser, "/conferences/new", filled(sites=["DC-457", "DC-450"]))
    assert answer.status_code == 422
    assert "DC-450" in text_of(answer)


def test_a_viewer_may_not_book(sign_in: SignIn, post: Post) -> None:
    browser = sign_in("donghoi")
    assert browser.get("/conferences/new").status_code == 403
    assert post(browser, "/conferences/new", filled()).status_code == 403


def test_a_conference_is_changed_in_the_same_form(
    sign_in: SignIn, post: Post, write: Write
) -> None:
    with write() as session:
        booked = book_one(session)
    browser = sign_in("thuky")
    page = text_of(browser.get(f"/conferences/{booked.code}/edit"))
    assert ticked(page) == {"DC-44", "DC-457", "DC-19249"}
    form = filled(do="confirm", title="Tên mới", day=value_of(page, "day"))
    answer = post(browser, f"/conferences/{booked.code}/edit", form)
    assert answer.location == f"/conferences/{booked.code}"
    with write() as session:
        changed = session.get(Conference, booked.id)
        assert changed is not None
        assert (changed.title, changed.sequence) == ("Tên mới", 1)


def test_another_units_conference_cannot_be_changed(
    sign_in: SignIn, post: Post, write: Write
) -> None:
    with write() as session:
        booked = book_one(session)
    browser = sign_in("lethuy")
    assert browser.get(f"/conferences/{booked.code}/edit").status_code in {403, 404}
    answer = post(browser, f"/conferences/{booked.code}/edit", filled(do="confirm"))
    assert answer.status_code in {403, 404}


def test_the_end_goes_along_with_a_start_that_alone_was_changed(
    secretary: FlaskClient, post: Post
) -> None:
    form = filled(starts="14h30", ends="10:00", drawn_time="08:00|10:00")
    page = text_of(post(secretary, "/conferences/new", form))
    assert "14:30–16:30" in page
    assert "Giờ kết thúc dời theo giờ bắt đầu: 14:30–16:30." in page
    both = filled(starts="09:00", ends="11:30", drawn_time="08:00|10:00")
    assert "09:00–11:30" in text_of(post(secretary, "/conferences/new", both))


def test_an_end_before_the_start_is_proposed_for_the_day_after(
    secretary: FlaskClient, post: Post, write: Write
) -> None:
    page = text_of(post(secretary, "/conferences/new", filled(starts="23:00", ends="1h")))
    assert "Nếu họp qua đêm, hãy ghi “01:00 hôm sau”." in page
    assert 'value="ends:01:00 hôm sau"' in page
    form = filled(starts="23:00", ends="1h", do="ends:01:00 hôm sau")
    page = text_of(post(secretary, "/conferences/new", form))
    assert value_of(page, "ends") == "01:00 hôm sau"
    booked = post(secretary, "/conferences/new", {**form, "ends": "01:00 hôm sau", "do": "confirm"})
    assert booked.status_code == 302
    with write() as session:
        kept = session.scalars(select(Conference)).one()
        assert kept.ends_at - kept.starts_at == timedelta(hours=2)
    edit = text_of(secretary.get(f"{booked.location}/edit"))
    assert value_of(edit, "ends") == "01:00 hôm sau"


def test_a_meeting_of_days_keeps_its_end_through_the_form(
    secretary: FlaskClient, post: Post, write: Write
) -> None:
    day = local(now()).strptime(working_day(), "%d/%m/%Y")
    last = (day + timedelta(days=2)).strftime("%d/%m/%Y")
    form = filled(starts="8h", ends=f"10:00 {last}", do="confirm")
    booked = post(secretary, "/conferences/new", form)
    assert booked.status_code == 302
    edit = text_of(secretary.get(f"{booked.location}/edit"))
    assert value_of(edit, "ends") == f"10:00 {last}"
