"""An emergency takes what is free, and makes others give way only when it may."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask_babel import force_locale
from sqlalchemy import select

from conferencing.booking.change_plan import by_code
from conferencing.booking.services import book_in_transaction
from conferencing.emergency.services import convene, preview
from conferencing.models import Bridge, Conference, PortUse, Site
from hub.clock import now
from hub.contracts.emergency import ConveneRequest
from hub.contracts.sites import SITE_CONDITIONS, SiteCondition
from hub.db import in_transaction, read_session, transaction
from hub.errors import Conflict, Invalid
from hub.outbox import OutboxLetter
from tests.factories import booking, in_days
from tests.integration.conferencing.conftest import House
from tests.integration.conferencing.outgoing import mark_all_sent

WHEN = in_days(3, 9)


def wish(title: str, **values: object) -> ConveneRequest:
    """A wish for an emergency conference of an hour at the usual time."""
    given: dict[str, object] = {
        "alert_code": "CB-1",
        "unit_ids": (),
        "site_codes": (),
        "starts_at": WHEN,
        "duration": timedelta(hours=1),
        "reason": "",
        "displace": False,
        **values,
    }
    return ConveneRequest(title=title, **given)  # type: ignore[arg-type]


def emergency(house: House, *codes: str, **values: object) -> ConveneRequest:
    """A wish for these sites at the usual time."""
    return wish("Họp khẩn ứng phó lũ", site_codes=codes or house.site_codes[:4], **values)


def convened(house: House, request: ConveneRequest) -> Conference:
    """Convene as an edge does."""
    return in_transaction(lambda session: convene(session, house.secretary, request))


def site(code: str) -> Site:
    """A site by its code."""
    return read_session().scalars(select(Site).where(Site.code == code)).one()


def test_units_concerned_meet_in_a_free_room(house: House) -> None:
    book_in_transaction(house.secretary, booking(["DC-450"], starts_at=WHEN))
    unit_ids = (house.district.home_unit_id or 0,)
    request = wish("Họp khẩn", unit_ids=unit_ids, starts_at=WHEN)
    conference = convened(house, request)
    assert {row.site.code for row in conference.sites} == {"DC-44", "DC-457"}
    assert (conference.type, conference.priority, conference.room.code) == ("emergency", 0, "P2")


def test_an_emergency_now_names_its_alert_and_begins_at_a_whole_minute(house: House) -> None:
    request = emergency(
        house, starts_at=now(), alert_code="CB-12", is_drill=True, reason="Lũ lên nhanh"
    )
    conference = convened(house, request)
    assert conference.source_ref == "alert:CB-12"
    assert conference.starts_at.second == 0
    letter = read_session().scalars(select(OutboxLetter)).first()
    assert letter is not None
    assert letter.subject.startswith("[DIỄN TẬP]")
    assert "Lý do: Lũ lên nhanh" in letter.text_body
    assert "60 phút" not in letter.text_body


def test_nobody_is_displaced_unasked(house: House) -> None:
    other = book_in_transaction(
        house.secretary, booking(house.site_codes[:2], starts_at=WHEN, title="Họp thường")
    )
    with pytest.raises(Conflict) as raised:
        convened(house, emergency(house))
    assert other.code in {item["conference"] for item in raised.value.details["conflicts"]}


def test_one_site_makes_way_and_the_rest_goes_on(house: House) -> None:
    request = booking(house.site_codes[:3], starts_at=WHEN, title="Họp thường")
    other = book_in_transaction(house.secretary, request)
    wanted = emergency(house, *house.site_codes[2:5], displace=True)
    seen = preview(read_session(), house.secretary, wanted)
    assert [site.clash for site in seen.sites] == ["Họp thường", "", ""]
    assert [item.is_whole for item in seen.displaced] == [False]
    assert seen.is_possible
    assert not seen.is_free
    read_session().rollback()
    convened(house, wanted)
    left = by_code(read_session(), other.code)
    assert left.status == "CONFIRMED"
    assert [row.partstat for row in left.sites] == ["NEEDS-ACTION", "NEEDS-ACTION", "DECLINED"]
    ports = dict(list(read_session().execute(select(PortUse.occurrence_id, PortUse.ports))))
    assert ports[left.occurrences[0].id] == 2
    query = select(OutboxLetter.text_body).where(OutboxLetter.kind == "conference.displaced")
    text = read_session().scalars(query).one()
    assert f"Điểm cầu bị lấy: {left.sites[2].site.name}" in text


def test_letters_of_displacing_are_vietnamese_for_whoever_convenes(house: House) -> None:
    book_in_transaction(house.secretary, booking(house.site_codes[:2], starts_at=WHEN))
    mark_all_sent()
    with house.app.test_request_context(), force_locale("en"):
        convened(house, emergency(house, displace=True))
    query = select(OutboxLetter.text_body).where(OutboxLetter.kind == "conference.cancelled")
    texts = read_session().scalars(query).all()
    assert texts
    assert all("Lý do: Nhường cho cuộc họp khẩn" in text for text in texts)


def test_a_taken_room_displaces_the_whole_conference_with_three_offers(house: House) -> None:
    other = book_in_transaction(house.secretary, booking(house.site_codes[:3], starts_at=WHEN))
    book_in_transaction(
        house.secretary, booking(house.site_codes[3:4], starts_at=WHEN, room_code="P2", priority=1)
    )
    wanted = emergency(house, *house.site_codes[:3], displace=True)
    conference = convened(house, wanted)
    assert conference.room.code == "P1"
    lost = by_code(read_session(), other.code)
    assert lost.status == "CANCELLED"
    assert lost.changes[-1].verb == "displaced"
    letters = read_session().scalars(
        select(OutboxLetter).where(OutboxLetter.kind == "conference.displaced")
    )
    (letter,) = letters
    assert letter.to_email == house.secretary.email
    offers = letter.text_body.split("Thời gian khác còn trống: ")[1].split("\n\n")[0]
    assert len(offers.split("\n")) == 3


def test_central_conferences_never_make_way(house: House) -> None:
    book_in_transaction(house.secretary, booking(house.site_codes[:3], starts_at=WHEN, priority=1))
    wanted = emergency(house, *house.site_codes[2:5], displace=True)
    seen = preview(read_session(), house.secretary, wanted)
    assert [site.is_blocked for site in seen.sites] == [True, False, False]
    assert not seen.is_possible
    read_session().rollback()
    with pytest.raises(Conflict):
        convened(house, wanted)


def test_a_site_held_twice_is_blocked_by_whoever_may_not_make_way(house: House) -> None:
    minutes = timedelta(minutes=20)
    code = house.site_codes[2]
    for start, priority in ((WHEN, 1), (WHEN + 2 * minutes, None)):
        request = booking([code], starts_at=start, ends_at=start + minutes, priority=priority)
        book_in_transaction(house.secretary, request)
    seen = preview(read_session(), house.secretary, emergency(house, code, house.site_codes[3]))
    assert [site.is_blocked for site in seen.sites] == [True, False]


def test_ports_freed_at_another_moment_do_not_help(house: House) -> None:
    """Six of eight ports are taken first, by one who stays; four later, by one who makes way."""
    with transaction() as session:
        session.scalars(select(Bridge)).one().ports = 8
    half, codes = timedelta(minutes=30), house.site_codes
    stays = booking(codes[4:10], starts_at=WHEN, ends_at=WHEN + half, priority=1)
    later = WHEN + half
    goes = booking(codes[:4], starts_at=later, ends_at=later + half, room_code="P2")
    for request in (stays, goes):
        book_in_transaction(house.secretary, request)
    wanted = emergency(house, *codes[:4], displace=True)
    assert not preview(read_session(), house.secretary, wanted).is_possible
    read_session().rollback()
    with pytest.raises(Conflict, match="thiếu 2 cổng") as raised:
        convened(house, wanted)
    assert raised.value.details["conflicts"]


def test_an_exercise_never_calls_off_real_work(house: House) -> None:
    request = booking(house.site_codes[:3], starts_at=WHEN, title="Họp thường")
    real = book_in_transaction(house.secretary, request)

    with pytest.raises(Conflict):
        convened(house, emergency(house, displace=True, is_drill=True))

    other_drill = replace(request, is_drill=True, starts_at=in_days(4, 9), ends_at=in_days(4, 10))
    book_in_transaction(house.secretary, other_drill)
    at_the_drill = emergency(house, displace=True, is_drill=True, starts_at=in_days(4, 9))
    convened(house, at_the_drill)
    assert by_code(read_session(), real.code).status == "CONFIRMED"


def test_preview_names_doubtful_sites(house: House) -> None:
    code = house.site_codes[2]
    found = {code: SiteCondition(code, "power_lost", detail="Mất điện từ 10:20")}
    SITE_CONDITIONS.offer(house.app, lambda _session, _codes: found)
    seen = preview(read_session(), house.secretary, emergency(house))
    assert [site.site.code for site in seen.doubtful] == [code]
    assert (seen.ports_needed, seen.ports_free) == (4, 40)


def test_convening_is_refused_without_sites_or_time(house: House) -> None:
    for wrong in (
        emergency(house, "DC-unknown"),
        emergency(house, duration=timedelta(0)),
    ):
        with pytest.raises(Invalid):
            convened(house, wrong)


def test_the_host_may_stay_away_and_a_whole_conference_with_it(house: House) -> None:
    codes = house.site_codes
    book_in_transaction(house.secretary, booking(codes, starts_at=WHEN, title="Toàn tỉnh"))
    units = tuple(site(code).unit_id for code in codes[1:3])
    asked = wish("Họp khẩn", unit_ids=units, starts_at=WHEN, displace=True)
    (whole,) = preview(read_session(), house.secretary, asked).displaced
    assert (whole.is_whole, whole.lost_sites, whole.cause) == (True, len(codes), site("DC-44").name)
    asked = replace(asked, with_host=False)
    (part,) = preview(read_session(), house.secretary, asked).displaced
    assert (part.is_whole, part.lost_sites, part.cause) == (False, 2, "")
    read_session().rollback()
    conference = convened(house, asked)
    assert {row.site.code for row in conference.sites} == set(codes[1:3])
    chair = next(row.site for row in conference.sites if row.role == "chair")
    assert chair.unit.level == "district"
