"""The demo loads once, quickly, and is free of clashes by construction."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from conferencing import demo
from conferencing.demo import CONFERENCES
from conferencing.models import Conference, Hold, Room, Site
from hub.accounts import demo as accounts
from hub.clock import now
from hub.db import read_session, transaction
from hub.orgunits import seed as units
from hub.outbox import OutboxLetter


def counts() -> list[int]:
    """How many rows of each there are."""
    session = read_session()
    session.rollback()
    return [
        session.scalar(select(func.count()).select_from(model)) or 0
        for model in (Site, Room, Conference, Hold, OutboxLetter)
    ]


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("days", range(7))
def test_demo_is_loaded_once_on_any_weekday_and_mails_nobody(days: int) -> None:
    with transaction() as session:
        units.seed(session)
        accounts.seed(session)
    with time_machine.travel(now() + timedelta(days=days)), transaction() as session:
        demo.seed(session)
    first = counts()
    assert first[:3] == [160, 4, len(CONFERENCES)]
    assert first[4] == 0
    with transaction() as session:
        demo.seed(session)
    assert counts() == first


@pytest.mark.usefixtures("app")
def test_demo_without_units_loads_nothing(app: Flask) -> None:
    with transaction() as session:
        demo.seed(session)
    assert counts() == [0] * 5
