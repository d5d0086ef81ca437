"""An application on each kind of database, with a small province ready to meet."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select

from hub.access.actor import Actor
from hub.access.models import OrgUnit
from hub.db import db, transaction
from hub.main.app import create_app
from tests import factories
from tests.conftest import SettingsFactory

SITES = 12


@dataclass(frozen=True, slots=True)
class House:
    """A province whose every unit has a site, two rooms and an actor at each tier."""

    app: Flask
    secretary: Actor
    district: Actor
    site_codes: tuple[str, ...]


@pytest.fixture
def app(database_url: str, make_settings: SettingsFactory) -> Iterator[Flask]:
    """The application on an empty database of this test alone."""
    app = create_app(make_settings(database_url=database_url))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def house(app: Flask) -> House:
    """A small province with everything a booking needs."""
    with transaction() as session:
        province = factories.add_province(session, SITES)
        bridge = factories.add_bridge(session, province, ports=40)
        factories.add_room(session, bridge, "P1")
        factories.add_room(session, bridge, "P2")
        units = list(session.scalars(select(OrgUnit).order_by(OrgUnit.id)))
        sites = factories.add_sites(session, units)
        district = next(unit for unit in units if unit.code == "457")
        return House(
            app,
            factories.actor_at(province),
            factories.actor_at(district, "secretary", "viewer"),
            tuple(site.code for site in sites),
        )
