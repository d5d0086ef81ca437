"""Many callers over HTTP at two web processes: one wins, the others hear why, nobody gets half."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from conferencing.models import Conference, ConferenceSite, Hold, Occurrence
from hub.db import read_session
from tests.integration.api.servers import Servers, serving
from tests.integration.api.test_booking import asked
from tests.integration.api.world import World

CALLERS = 64


@pytest.fixture
def servers(world_on_each: World, tmp_path: Path) -> Iterator[Servers]:
    """Two web processes on the world's database."""
    url = world_on_each.app.config["SQLALCHEMY_DATABASE_URI"]
    token = world_on_each.tokens["quantri"]
    with serving(url, tmp_path / "web", token, 2) as running:
        yield running


def held(world: World) -> tuple[int, int]:
    """Return the holds of conferences booked in the race, and how many there ought to be."""
    raced = Conference.title.startswith("Giao ban")
    with world.app.app_context():
        session = read_session()
        holds = session.scalar(
            select(func.count())
            .select_from(Hold)
            .join(Occurrence, Occurrence.id == Hold.occurrence_id)
            .join(Conference, Conference.id == Occurrence.conference_id)
            .where(raced)
        )
        sites = session.scalar(
            select(func.count()).select_from(ConferenceSite).join(Conference).where(raced)
        )
        rooms = session.scalar(select(func.count()).select_from(Conference).where(raced))
    return holds or 0, (sites or 0) + (rooms or 0)


@pytest.mark.timeout(300)
def test_64_callers_on_one_slot_are_one_201_and_63_named_409(
    world_on_each: World, servers: Servers
) -> None:
    replies = servers.at_once("POST", "/conferences", [asked()] * CALLERS)
    assert Counter(reply.status for reply in replies) == {201: 1, 409: CALLERS - 1}
    refused = [reply.body for reply in replies if reply.status == 409]
    assert all(body["conflicts"] and "alternatives" in body for body in refused)
    assert held(world_on_each) == (4, 4)


@pytest.mark.timeout(300)
def test_overlapping_sets_of_twelve_sites_leave_no_partial_booking(
    world_on_each: World, servers: Servers
) -> None:
    codes = [site["code"] for site in world_on_each.caller("quantri").items("/sites")][:40]
    bodies: list[dict[str, Any]] = [
        asked(sites=turned(codes, number), room=f"P{1 + number % 4}", title=f"Giao ban {number}")
        for number in range(CALLERS)
    ]
    replies = servers.at_once("POST", "/conferences", bodies)
    assert set(Counter(reply.status for reply in replies)) == {201, 409}
    holds, wanted = held(world_on_each)
    assert holds == wanted
    assert wanted == 13 * sum(reply.status == 201 for reply in replies)


def turned(codes: list[str], number: int) -> list[str]:
    """Return twelve sites that overlap with those of the neighbours, every second set reversed."""
    chosen = [codes[(number * 5 + step) % len(codes)] for step in range(12)]
    return chosen[::-1] if number % 2 else chosen
