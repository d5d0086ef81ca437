"""Every page and every API resource answers, for every role, on both databases, with data."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from conferencing.feeds.services import create_feed
from hub.access.actor import actor_of
from hub.access.capabilities import ROLES
from hub.access.models import User
from hub.accounts.services import grant_role
from hub.clock import now
from hub.db import db, read_session, transaction
from hub.main.app import create_app
from hub.orgunits.queries import unit_by_code
from tests.acceptance.conftest import browser_of, furnish, token_of
from tests.acceptance.walking import Things, things_below, walk
from tests.web.conftest import settings_for

# Pages of one's own calendar and rights are refused to those who have none; nothing else is.
MAY_REFUSE = {403}
# Two resources answer a question only; without one they say what is missing.
QUESTIONS = {
    "/api/v1/availability": "?under=44&from=2020-10-18T00:00:00Z&to=2020-10-19T00:00:00Z",
    "/api/v1/observations": "?device=tram-le-thuy",
}
FEWEST_PAGES = 100


@pytest.fixture
def demo(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application with something in every list, on a fresh database of either kind."""
    app = create_app(settings_for(database_url, tmp_path))
    app.testing = True
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with app.app_context():
        furnish()
        add_one_account_a_role()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def add_one_account_a_role() -> None:
    """An account of each role at the province, with a feed where the role may have one."""
    with transaction() as session:
        province = unit_by_code(session, "44")
        assert province is not None
        for role in sorted(ROLES):
            user = User(
                username=f"co-{role}",
                full_name=f"Có vai {role}",
                name_fold=f"co vai {role}",
                password_hash="!",
                created_at=now(),
            )
            session.add(user)
            session.flush()
            grant_role(session, user, role, province)
            session.flush()
            session.refresh(user)
            actor = actor_of(user)
            if actor.can("feed.own"):
                create_feed(session, actor, "person", "")


@pytest.mark.timeout(400)
def test_every_page_answers_whoever_asks(demo: Flask) -> None:
    with demo.app_context():
        province = unit_by_code(read_session(), "44")
        assert province is not None
        things = things_below(read_session(), province.path, most=2)
    assert_nothing_is_empty(things)
    for role in sorted(ROLES):
        browser, token = browser_of(demo, f"co-{role}"), token_of(demo, f"co-{role}")
        answers = {v.url: v.answer.status_code for v in walk(demo, browser, things, token)}
        for path, question in QUESTIONS.items():
            asked = browser.get(path + question, headers={"Authorization": f"Bearer {token}"})
            answers[path] = asked.status_code
        wrong = {url: code for url, code in answers.items() if code >= 400}
        assert {url: code for url, code in wrong.items() if code not in MAY_REFUSE} == {}, role
        assert len(answers) > FEWEST_PAGES
        assert Counter(answers.values())[200] > FEWEST_PAGES / 3, role


def assert_nothing_is_empty(things: Things) -> None:
    """A list without a row shows nothing of how its rows are drawn."""
    for name in Things.__dataclass_fields__:
        assert getattr(things, name), name
