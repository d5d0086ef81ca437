"""Answers of many sites at once and taking them back, on both kinds of database."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from conferencing.booking.services import book_in_transaction
from conferencing.conferences.history import history_of
from conferencing.inbox.queries import count_waiting
from conferencing.inbox.services import Written, answer_for_sites, take_back
from conferencing.invitations.answers import answer_for_site
from conferencing.invitations.drafts import SiteReply
from conferencing.models import Conference, ConferenceChange
from conferencing.occurrences.queries import conference_by_code
from hub.access.actor import SYSTEM, Actor
from hub.db import in_transaction, read_session, transaction
from hub.errors import NotFound
from hub.journal import JournalEntry
from tests.factories import booking
from tests.integration.conferencing.conftest import House

YES = SiteReply(partstat="ACCEPTED", headcount=4, technician_name="Ngô Văn Lực")
NO = SiteReply(partstat="DECLINED", note="Mất điện")


@pytest.fixture
def conference(house: House) -> Conference:
    """A conference with the chair's site, two districts and three communes."""
    return book_in_transaction(house.secretary, booking(house.site_codes[:6]))


def by_code(session: Session, code: str) -> Conference:
    return conference_by_code(session, SYSTEM, code)


def communes(house: House) -> tuple[str, ...]:
    return house.site_codes[3:6]


def answer(actor: Actor, code: str, sites: tuple[str, ...], reply: SiteReply) -> Written:
    return in_transaction(
        lambda session: answer_for_sites(
            session, actor, by_code(session, code), dict.fromkeys(sites, reply)
        )
    )


def said(code: str) -> dict[str, tuple[str, int | None, str]]:
    session = read_session()
    session.rollback()
    rows = by_code(session, code).sites
    return {row.site.code: (row.partstat, row.headcount, row.technician_name) for row in rows}


def test_many_answers_are_one_fact_in_the_journal_and_each_in_the_history(
    house: House, conference: Conference
) -> None:
    before = len(read_session().scalars(select(JournalEntry.seq)).all())
    written = answer(house.district, conference.code, communes(house), YES)
    assert len(written.of_kind("saved")) == 3
    session = read_session()
    session.rollback()
    assert len(session.scalars(select(JournalEntry.seq)).all()) == before + 1
    entries = history_of(session.scalars(select(ConferenceChange)).all())
    assert [str(entry.look.word) for entry in entries[:4]] == ["Trả lời"] * 3 + ["Đặt lịch"]
    assert entries[0].actor == f"{house.district.name} ghi thay"


def test_taking_back_restores_what_stood_there(house: House, conference: Conference) -> None:
    first, *rest = communes(house)
    before = said(conference.code)
    written = answer(house.district, conference.code, communes(house), YES)
    with transaction() as session:
        answer_for_site(session, house.secretary, by_code(session, conference.code), first, NO)
    with transaction() as session:
        taken = take_back(session, house.district, by_code(session, conference.code), written.at)
    assert (taken.count, len(taken.left)) == (2, 1)
    after = said(conference.code)
    assert after[first][0] == "DECLINED"
    assert [after[site] for site in rest] == [before[site] for site in rest]


def test_taking_back_twice_changes_nothing_more(house: House, conference: Conference) -> None:
    written = answer(house.district, conference.code, communes(house), YES)
    counts = []
    for _ in range(2):
        with transaction() as session:
            found = by_code(session, conference.code)
            counts.append(take_back(session, house.district, found, written.at).count)
    assert counts == [3, 0]


def test_nobody_takes_back_what_another_wrote(house: House, conference: Conference) -> None:
    written = answer(house.district, conference.code, communes(house), YES)
    stranger = replace(house.secretary, user_id=99)
    with pytest.raises(NotFound), transaction() as session:
        take_back(session, stranger, by_code(session, conference.code), written.at)
    assert said(conference.code)[communes(house)[0]][0] == "ACCEPTED"


def test_two_people_at_once_leave_one_answer_per_site(house: House, conference: Conference) -> None:
    def send(actor: Actor, reply: SiteReply) -> Written:
        with house.app.app_context():
            return answer(actor, conference.code, communes(house), reply)

    with ThreadPoolExecutor(2) as hands:
        sent = [hands.submit(send, house.district, YES), hands.submit(send, house.secretary, NO)]
        results = [each.result() for each in sent]
    assert sorted(len(written.of_kind("saved")) for written in results) == [0, 3]
    assert sorted(len(written.of_kind("answered")) for written in results) == [0, 3]
    assert len({partstat for partstat, *_rest in _of(communes(house), conference.code)}) == 1


def _of(sites: tuple[str, ...], code: str) -> list[tuple[str, int | None, str]]:
    found = said(code)
    return [found[site] for site in sites]


def test_the_count_is_of_conferences_that_wait_for_ones_own_sites(
    house: House, conference: Conference
) -> None:
    read_session().rollback()
    assert count_waiting(read_session(), house.district) == 1
    # The district has a site of its own besides its communes.
    own = tuple(house.site_codes[2:6])
    answer(house.district, conference.code, own, YES)
    read_session().rollback()
    assert count_waiting(read_session(), house.district) == 0
    assert count_waiting(read_session(), house.secretary) == 1


def test_nothing_was_written_at_another_moment(house: House, conference: Conference) -> None:
    long_ago = datetime.fromisoformat("2020-10-19T00:00:00+07:00")
    with pytest.raises(NotFound), transaction() as session:
        take_back(session, house.district, by_code(session, conference.code), long_ago)
