"""What people receive, word for word: the expected letters lie beside this file.

``HUB_WRITE_LETTERS=1 pytest tests/integration/conferencing/test_letters.py`` writes them anew; read
the difference before it is committed.
"""

import os
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
import time_machine
from sqlalchemy import select

from conferencing.booking.cancelling import cancel, cancel_occurrence
from conferencing.booking.change_plan import by_code, request_of
from conferencing.booking.changing import change_in_transaction
from conferencing.booking.moving import move_in_transaction
from conferencing.booking.services import book_in_transaction
from conferencing.invitations.reminders import remind
from conferencing.models import Conference
from hub.access.models import User
from hub.db import read_session, transaction
from hub.outbox import OutboxLetter
from tests.factories import booking
from tests.integration.conferencing.conftest import House
from tests.integration.conferencing.outgoing import mark_all_sent

EXPECTED: Final = Path(__file__).with_name("letters")
NOW: Final = datetime(2026, 10, 13, 8, 20, tzinfo=UTC)
START: Final = datetime(2026, 10, 19, 7, 0, tzinfo=UTC)
SECRET: Final = re.compile(r"(/answer/)[A-Za-z0-9_-]{20,}")
Write = Callable[[House, Conference], None]


def invite(house: House, conference: Conference) -> None:
    """Nothing more: the invitation went out with the booking."""


def change(house: House, conference: Conference) -> None:
    """Two hours later, under another title."""
    asked = request_of(conference)
    later = replace(
        asked,
        title="Ứng phó lũ <khẩn> & tìm kiếm",
        starts_at=asked.starts_at + timedelta(hours=2),
        ends_at=asked.ends_at + timedelta(hours=2),
    )
    change_in_transaction(house.secretary, conference.code, later)


def move_one(house: House, conference: Conference) -> None:
    """The second date of the series a day later."""
    second = conference.occurrences[1]
    move_in_transaction(
        house.secretary,
        conference.code,
        second.id,
        second.starts_at + timedelta(days=1),
        second.ends_at + timedelta(days=1),
    )


def call_off(house: House, conference: Conference) -> None:
    """With a reason."""
    with transaction() as session:
        cancel(session, house.secretary, by_code(session, conference.code), "Bão số 8 đổ bộ sớm")


def call_off_first(house: House, conference: Conference) -> None:
    """One date of several."""
    with transaction() as session:
        first = by_code(session, conference.code).occurrences[0]
        cancel_occurrence(session, house.secretary, first, "Bão số 8 đổ bộ sớm")


def call_off_rest(house: House, conference: Conference) -> None:
    """The whole series, of which one date is off already."""
    call_off_first(house, conference)
    call_off(house, conference)


def call_off_one_by_one(house: House, conference: Conference) -> None:
    """Until none is left."""
    with transaction() as session:
        for date in by_code(session, conference.code).occurrences:
            cancel_occurrence(session, house.secretary, date, "Bão số 8 đổ bộ sớm")


def call_off_since_second(house: House, conference: Conference) -> None:
    """The second date and the third."""
    with transaction() as session:
        series = by_code(session, conference.code)
        cancel(session, house.secretary, series, "Hết đợt", since=series.occurrences[1])


def part(house: House, conference: Conference) -> None:
    """From the second date on, an hour later."""
    since = conference.occurrences[1]
    asked = request_of(conference, since)
    later = replace(
        asked,
        starts_at=asked.starts_at + timedelta(hours=1),
        ends_at=asked.ends_at + timedelta(hours=1),
    )
    change_in_transaction(house.secretary, conference.code, later, since=since.id)


def uninvite(house: House, conference: Conference) -> None:
    """The first site, while title and time change for the others."""
    asked = request_of(conference)
    others = replace(
        asked,
        title="Ứng phó lũ",
        starts_at=asked.starts_at + timedelta(hours=2),
        ends_at=asked.ends_at + timedelta(hours=2),
        site_codes=asked.site_codes[1:],
        chair_site="",
    )
    change_in_transaction(house.secretary, conference.code, others)


def invite_late(house: House, conference: Conference) -> None:
    """One more site, to a series whose first date is off and whose second was moved."""
    call_off_first(house, conference)
    move_one(house, by_code(read_session(), conference.code))
    asked = request_of(by_code(read_session(), conference.code))
    more = replace(asked, site_codes=(*asked.site_codes, house.site_codes[4]))
    change_in_transaction(house.secretary, conference.code, more)


def ask_again(house: House, conference: Conference) -> None:
    """Whoever has not answered."""
    with transaction() as session:
        remind(session, house.secretary, by_code(session, conference.code))


LETTERS: Final[dict[str, tuple[str, str, Write]]] = {
    "invitation": ("conference.booked", "", invite),
    "change": ("conference.changed", "", change),
    "moved": ("conference.moved", "FREQ=WEEKLY;COUNT=3", move_one),
    "cancelled": ("conference.cancelled", "", call_off),
    "one_cancelled": ("conference.occurrence_cancelled", "FREQ=WEEKLY;COUNT=3", call_off_first),
    "series_cancelled": ("conference.cancelled", "FREQ=WEEKLY;COUNT=3", call_off_rest),
    "last_cancelled": ("conference.cancelled", "FREQ=WEEKLY;COUNT=2", call_off_one_by_one),
    "rest_cancelled": ("conference.cancelled", "FREQ=WEEKLY;COUNT=3", call_off_since_second),
    "continued": ("conference.continued", "FREQ=WEEKLY;COUNT=3", part),
    "following": ("conference.changed", "FREQ=WEEKLY;COUNT=3", part),
    "removed": ("conference.removed", "", uninvite),
    "invited_late": ("conference.booked", "FREQ=WEEKLY;COUNT=4", invite_late),
    "reminder": ("conference.reminder", "", ask_again),
}


def letter_of(house: House, name: str) -> OutboxLetter:
    """The letter of this kind to the first site that has a mailbox."""
    kind, rrule, act = LETTERS[name]
    with transaction() as session:
        organizer = User(
            username="thuky",
            full_name="Trần Thị Minh Hằng",
            name_fold="tran thi minh hang",
            phone="0900 000 012",
            password_hash="!",
            created_at=NOW,
        )
        session.add(organizer)
        session.flush()
        secretary = replace(house.secretary, user_id=organizer.id, name=organizer.full_name)
    house = replace(house, secretary=secretary)
    conference = book_in_transaction(
        secretary,
        booking(
            house.site_codes[:3],
            title="Phòng, chống lụt bão toàn tỉnh",
            starts_at=START,
            chair="Trần Đình Khoa, Chủ tịch UBND tỉnh",
            agenda="14:00 Khai mạc\n14:10 Tình hình mưa lũ",
            rrule=rrule,
        ),
    )
    if kind != "conference.booked":
        mark_all_sent()
    act(house, conference)
    query = select(OutboxLetter).where(OutboxLetter.kind == kind, OutboxLetter.state == "new")
    session = read_session()
    session.rollback()
    return session.scalars(query.order_by(OutboxLetter.id)).first() or pytest.fail(
        f"no letter {kind}"
    )


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_reads_as_expected(house: House, name: str) -> None:
    with time_machine.travel(NOW, tick=False):
        letter = letter_of(house, name)
    forms = {
        "txt": f"{letter.subject}\n\n{letter.text_body}",
        "html": letter.html_body,
    }
    for ending, written in forms.items():
        expected = EXPECTED / f"{name}.{ending}"
        said = SECRET.sub(r"\1SECRET", written)
        if os.environ.get("HUB_WRITE_LETTERS"):
            expected.write_text(said, encoding="utf-8")
        assert said == expected.read_text(encoding="utf-8"), expected.name


def test_a_letter_is_small_and_fetches_nothing(house: House) -> None:
    with time_machine.travel(NOW, tick=False):
        page = letter_of(house, "change").html_body
    assert len(page.encode()) < 16_000
    assert not re.search(r"<(img|link|script|iframe)|url\(", page)
    assert "&lt;khẩn&gt; &amp; tìm kiếm" in page
    assert page.count('class="button"') == 1
    assert 'href="tel:0900000012"' in page
