"""Walks every GET route there is, with the codes and numbers of things that do exist.

A new route with an argument nobody here knows how to fill fails the walk: it has to be thought of.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from conferencing.models import Bridge, Conference, ConferenceSite, Room, Site, SiteGroup
from hub.access.models import OrgUnit, User, UserRole
from hub.orgunits.queries import in_force
from smartcity.models import Alert, DeadLetter, Detection, Device, QuarantinedDevice, Rule

# Answered by a secret and not by who is signed in, or not a page at all.
NOT_WALKED = {
    "/answer/<secret>",
    "/answer/<secret>.ics",
    "/feeds/<token>.ics",
    "/static/dist/<path:name>",
    # Not ready here: no worker and no ingest run in the test.
    "/readyz",
}
Arguments = Mapping[str, object]


@dataclass(slots=True)
class Things:
    """Everything of one place, by what it is called by."""

    alerts: list[str] = field(default_factory=list)
    devices: list[str] = field(default_factory=list)
    conferences: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    moves: list[tuple[str, int]] = field(default_factory=list)
    seats: list[tuple[str, str]] = field(default_factory=list)
    sites: list[str] = field(default_factory=list)
    rooms: list[str] = field(default_factory=list)
    bridges: list[str] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)
    letters: list[int] = field(default_factory=list)
    unknown_devices: list[int] = field(default_factory=list)
    detections: list[int] = field(default_factory=list)
    people: list[str] = field(default_factory=list)

    def arguments(self, rule: str) -> Sequence[Arguments]:
        """What to put into a rule's place holders; raises KeyError for an unknown rule."""
        if "<" not in rule:
            return [{}]
        if "/occurrences/<int:occurrence_id>" in rule:
            return [{"code": code, "occurrence_id": number} for code, number in self.moves]
        if "/sites/<site_code>" in rule:
            return [{"code": code, "site_code": site} for code, site in self.seats]
        if rule.startswith("/api/v1/occurrences/"):
            return [{"occurrence_id": number} for _code, number in self.moves]
        name, values = self._named(rule.removeprefix("/api/v1"))
        return [{name: value} for value in values]

    def _named(self, path: str) -> tuple[str, Sequence[object]]:
        known: dict[str, tuple[str, Sequence[object]]] = {
            "alerts": ("code", self.alerts),
            "devices": ("code", self.devices),
            "conferences": ("code", self.conferences),
            "inbox": ("code", self.conferences),
            "sites": ("code", self.sites),
            "rooms": ("code", self.rooms),
            "bridges": ("code", self.bridges),
            "groups": ("group_id", self.groups),
            "units": ("code", self.units),
            "rules": ("code", self.rules),
            "dead-letters": ("letter_id", self.letters),
            "quarantine": ("quarantined_id", self.unknown_devices),
            "detections": ("detection_id", self.detections),
            "users": ("username", self.people),
        }
        return known[path.split("/")[1]]


def things_below(session: Session, path: str, most: int = 3) -> Things:
    """Find some of everything that lies in a subtree and concerns no other place."""
    inside = select(OrgUnit.id).where(OrgUnit.path.startswith(path))
    codes = select(OrgUnit.code).where(OrgUnit.path.startswith(path))
    of_devices = select(Device.id).where(Device.unit_id.in_(inside))

    def some(column: Any, *where: ColumnElement[bool]) -> list[Any]:
        return list(session.scalars(select(column).where(*where).order_by(column).limit(most)))

    return Things(
        alerts=some(Alert.code, Alert.unit_id.in_(inside)),
        # Cameras and gauges first: they are what the walk has something to say about.
        devices=some(Device.code, Device.unit_id.in_(inside), Device.site_code == ""),
        sites=some(Site.code, Site.unit_id.in_(inside)),
        rooms=some(Room.code, Room.unit_id.in_(inside)),
        bridges=some(Bridge.code, Bridge.unit_id.in_(inside)),
        groups=some(SiteGroup.id, SiteGroup.unit_id.in_(inside)),
        units=some(OrgUnit.code, OrgUnit.path.startswith(path), in_force()),
        rules=some(Rule.code, Rule.unit_id.in_(inside)),
        letters=some(DeadLetter.id, DeadLetter.unit_code.in_(codes)),
        unknown_devices=some(QuarantinedDevice.id, QuarantinedDevice.unit_code.in_(codes)),
        detections=some(Detection.id, Detection.device_id.in_(of_devices)),
        people=some(User.username, User.id.in_(_at(inside))),
        **_meetings(session, inside, most),
    )


def _at(inside: Select[int]) -> Select[int]:
    return select(UserRole.user_id).where(UserRole.unit_id.in_(inside))


def _meetings(session: Session, inside: Select[int], most: int) -> dict[str, Any]:
    """Conferences that nobody outside hosts or takes part in."""
    foreign = (
        select(ConferenceSite.conference_id)
        .join(Site, Site.id == ConferenceSite.site_id)
        .where(Site.unit_id.not_in(inside))
    )
    query = (
        select(Conference)
        .where(Conference.host_unit_id.in_(inside), Conference.id.not_in(foreign))
        .order_by(Conference.id.desc())
        .limit(most)
    )
    found = session.scalars(query).all()
    return {
        "conferences": [one.code for one in found],
        "titles": [one.title for one in found],
        "moves": [(one.code, date.id) for one in found for date in one.occurrences[:1]],
        "seats": [(one.code, seat.site.code) for one in found for seat in one.sites[:1]],
    }


@dataclass(frozen=True, slots=True)
class Visit:
    """A page that was asked for, and the answer."""

    url: str
    rule: str
    answer: TestResponse

    @property
    def text(self) -> str:
        """What the page says."""
        return self.answer.get_data(as_text=True)


def walk(app: Flask, browser: FlaskClient, things: Things, token: str = "") -> Iterator[Visit]:
    """Ask for every page and every API resource, for the things given where a route names one."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    for rule in sorted(app.url_map.iter_rules(), key=str):
        if "GET" not in (rule.methods or ()) or rule.rule in NOT_WALKED:
            continue
        for arguments in things.arguments(rule.rule):
            with app.test_request_context():
                built = rule.build(dict(arguments))
            assert built is not None, rule.rule
            is_api = rule.rule.startswith("/api/")
            answer = browser.get(built[1], headers=headers if is_api else {})
            yield Visit(built[1], rule.rule, answer)
