"""Feeds: secret addresses that calendars poll, answered from cached fragments.

Rights are looked at again on every poll: whoever has lost the role or the account gets nothing.
"""

from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from threading import Lock
from typing import Any, Final

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, func, or_, select, update
from sqlalchemy.orm import Session

from conferencing.domain.recurrence import HORIZON
from conferencing.ical import feed as ical_feed
from conferencing.links import secret_hash
from conferencing.models import (
    Attendee,
    Conference,
    ConferenceSite,
    FeedToken,
    Resource,
    Site,
)
from conferencing.occurrences.queries import at_site
from conferencing.places.rooms.queries import room_by_code
from conferencing.places.sites.queries import site_by_code
from hub.access.actor import Actor, actor_of
from hub.access.models import OrgUnit, User
from hub.audit import record_audit
from hub.clock import local, now
from hub.errors import FieldError, Invalid, NotAllowed, NotFound
from hub.journal import last_seq
from hub.orgunits.queries import unit_by_code
from hub.orgunits.succession import heirs_of

EXTENSION: Final = "conferencing.feed_cache"
MAX_BYTES: Final = 48 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class CachedFeed:
    """A feed at one state of the database.

    ``seq`` is the journal's and answers at once; ``marker`` stands for all conferences and tells
    whether what the journal has gained since concerns any of them.
    """

    seq: int
    marker: str
    etag: str
    document: bytes | None = None
    changed_at: datetime | None = None


class FeedCache:
    """The most recently asked feeds, within a bound of memory."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._feeds: OrderedDict[str, CachedFeed] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def find(self, key: str) -> CachedFeed | None:
        """Return what is remembered of a feed."""
        with self._lock:
            found = self._feeds.get(key)
            if found is not None:
                self._feeds.move_to_end(key)
            return found

    def keep(self, key: str, feed: CachedFeed) -> None:
        """Remember a feed; the longest unasked ones go when there are too many bytes."""
        with self._lock:
            self._forget(key)
            self._feeds[key] = feed
            self._bytes += _size(feed)
            while self._bytes > self._max_bytes and self._feeds:
                self._forget(next(iter(self._feeds)))

    def _forget(self, key: str) -> None:
        gone = self._feeds.pop(key, None)
        if gone is not None:
            self._bytes -= _size(gone)


def _size(feed: CachedFeed) -> int:
    return 500 + len(feed.document or b"")


def feed_cache() -> FeedCache:
    """Return the cache of the running application."""
    cache: FeedCache = current_app.extensions.setdefault(EXTENSION, FeedCache())
    return cache


Target = tuple[int, str, str]


def feed_target(session: Session, actor: Actor, scope: str, code: str) -> Target:
    """Return id, code and label of what a feed shows.

    Raises:
        Invalid: no such scope, unit, site or room for this actor.
    """
    ways = {"person": _person, "unit": _unit, "site": _site, "room": _room}
    if scope not in ways:
        raise Invalid([FieldError("scope", _("Phạm vi là person, unit, site hoặc room."))])
    try:
        return ways[scope](session, actor, code)
    except NotFound as error:
        raise Invalid([FieldError("code", error.message)]) from error


def _person(_session: Session, actor: Actor, _code: str) -> Target:
    return actor.user_id or 0, actor.username, actor.name


def _unit(session: Session, actor: Actor, code: str) -> Target:
    unit = unit_by_code(session, code)
    if unit is None or not actor.scope.covers(unit):
        raise NotFound(_("Không tìm thấy đơn vị."))
    return unit.id, unit.code, unit.name


def _site(session: Session, actor: Actor, code: str) -> Target:
    site = site_by_code(session, actor, code)
    return site.id, site.code, site.name


def _room(session: Session, actor: Actor, code: str) -> Target:
    room = room_by_code(session, actor, code)
    # Whoever may book a room of a unit above may not read what others do in it.
    if not actor.scope.covers(room.unit):
        raise NotFound(_("Không tìm thấy phòng họp."))
    return room.id, room.code, room.name


CAPABILITY: Final = "feed.own"
KEEP_PAST: Final = timedelta(days=400)
USE_NOTED_EVERY: Final = timedelta(minutes=1)
PREFIX_LENGTH: Final = 6


def create_feed(session: Session, actor: Actor, scope: str, code: str) -> tuple[FeedToken, str]:
    """Make a feed address; the secret is returned once and kept only as a hash.

    Raises:
        Invalid: no such scope, unit, site or room for this actor.
        NotAllowed: the actor may not have feeds.
    """
    if actor.user_id is None or not actor.can(CAPABILITY):
        raise NotAllowed(_("Bạn không được tạo lịch đăng ký."))
    ref_id, ref_code, label = feed_target(session, actor, scope, code)
    secret = token_urlsafe(24)
    token = FeedToken(
        token_hash=secret_hash(secret),
        prefix=secret[:PREFIX_LENGTH],
        scope=scope,
        ref_id=ref_id,
        ref_code=ref_code[:60],
        label=label[:160],
        owner_id=actor.user_id,
        created_at=now(),
    )
    session.add(token)
    session.flush()
    _note(session, actor, token, "created")
    return token, secret


def revoke_feed(session: Session, actor: Actor, token_id: int) -> FeedToken:
    """End a feed of the actor's own. Raises NotFound."""
    token = session.get(FeedToken, token_id)
    if token is None or token.owner_id != actor.user_id:
        raise NotFound(_("Không tìm thấy lịch đăng ký."))
    if token.revoked_at is None:
        token.revoked_at = now()
        _note(session, actor, token, "revoked")
    return token


def feeds_of(session: Session, actor: Actor) -> list[FeedToken]:
    """Return the actor's feeds that are not revoked, newest first."""
    query = (
        select(FeedToken)
        .where(FeedToken.owner_id == actor.user_id, FeedToken.revoked_at.is_(None))
        .order_by(FeedToken.id.desc())
    )
    return list(session.scalars(query))


def find_feed(session: Session, secret: str) -> FeedToken:
    """Return the feed of a secret address, if its owner may still see it. Raises NotFound."""
    query = (
        select(FeedToken, User)
        .join(User, User.id == FeedToken.owner_id)
        .where(FeedToken.token_hash == secret_hash(secret), FeedToken.revoked_at.is_(None))
    )
    found = session.execute(query).first()
    if found is None:
        raise NotFound(_("Lịch này không còn."))
    token, owner = found
    if not (owner.is_active and _may_still_see(session, actor_of(owner), token)):
        raise NotFound(_("Lịch này không còn."))
    return token


def _may_still_see(session: Session, owner: Actor, token: FeedToken) -> bool:
    if not owner.can(CAPABILITY) or token.scope == "person":
        return owner.can(CAPABILITY)
    paths = _paths_of(session, token)
    return bool(paths) and all(owner.scope.covers_path(path) for path in paths)


def _paths_of(session: Session, token: FeedToken) -> list[str]:
    # The feed of a unit that a reform has ended shows what took its place.
    if token.scope == "unit":
        return [unit.path for unit in heirs_of(session, token.ref_id)]
    query = select(OrgUnit.path).join(Resource, Resource.unit_id == OrgUnit.id)
    return list(session.scalars(query.where(Resource.id == token.ref_id)))


def feed_etag(session: Session, token: FeedToken) -> str:
    """Return the entity tag; one small query while nothing has been journalled."""
    cached = _cached(session, token)
    if cached is not None:
        return cached.etag
    seq, marker = last_seq(session), _marker(session)
    totals = session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(Conference.id), 0),
            func.coalesce(func.sum(Conference.revision), 0),
            func.max(Conference.updated_at),
        ).where(*_conditions(session, token))
    ).one()
    etag = _etag(token, *totals)
    feed_cache().keep(_key(token), CachedFeed(seq, marker, etag))
    return etag


def feed_document(session: Session, token: FeedToken) -> tuple[str, bytes]:
    """Return the entity tag and the calendar."""
    cached = _cached(session, token)
    if cached is not None and cached.document is not None:
        return cached.etag, cached.document
    seq, marker = last_seq(session), _marker(session)
    rows = session.execute(_fragments(session, token)).all()
    etag = _etag(
        token,
        len(rows),
        sum(row[0] for row in rows),
        sum(row[1] for row in rows),
        max((row[2] for row in rows), default=None),
    )
    document = ical_feed.join((row[3] for row in rows if row[3]), feed_name(token))
    changed_at = max((row[2] for row in rows), default=None)
    feed_cache().keep(_key(token), CachedFeed(seq, marker, etag, document, changed_at))
    return etag, document


def feed_changed_at(session: Session, token: FeedToken) -> datetime | None:
    """Return when anything in the feed last changed, None for an empty one."""
    cached = _cached(session, token)
    if cached is not None and cached.changed_at is not None:
        return cached.changed_at
    newest = select(func.max(Conference.updated_at)).where(*_conditions(session, token))
    return session.scalar(newest)


def _cached(session: Session, token: FeedToken) -> CachedFeed | None:
    """Return what is remembered of the feed, if it is still so."""
    found = feed_cache().find(_key(token))
    if found is None:
        return None
    seq = last_seq(session)
    if seq == found.seq and found.marker.endswith(_today()):
        return found
    if _marker(session) != found.marker:
        return None
    renewed = replace(found, seq=seq)
    feed_cache().keep(_key(token), renewed)
    return renewed


def note_use(session: Session, token: FeedToken) -> None:
    """Remember when the feed was last asked for, at most once a minute."""
    at = now()
    stale = FeedToken.last_used_at.is_(None) | (FeedToken.last_used_at < at - USE_NOTED_EVERY)
    session.execute(
        update(FeedToken).where(FeedToken.id == token.id, stale).values(last_used_at=at)
    )


def feed_name(token: FeedToken) -> str:
    """Return what calendars call the feed."""
    return f"Nhịp Cầu · {token.label}"


def _key(token: FeedToken) -> str:
    return f"{token.scope}:{token.ref_id}:{token.label}"


def _marker(session: Session) -> str:
    """Return what changes whenever any conference does: each change raises a revision."""
    count, revisions = session.execute(
        select(func.count(Conference.revision), func.sum(Conference.revision))
    ).one()
    return f"{count}:{revisions}:{_today()}"


def _today() -> str:
    # Yesterday's feed may list what is too old today.
    return local(now()).date().isoformat()


def _etag(token: FeedToken, count: int, ids: int, revisions: int, newest: datetime | None) -> str:
    # Whatever enters a feed has just changed, so these four differ whenever the feed does.
    words = f"{_key(token)}|{count}|{ids}|{revisions}|{newest.isoformat() if newest else ''}"
    return sha256(words.encode()).hexdigest()[:32]


def _fragments(session: Session, token: FeedToken) -> Select[Any, Any, Any, Any]:
    return (
        select(Conference.id, Conference.revision, Conference.updated_at, Conference.ical_fragment)
        .where(*_conditions(session, token))
        .order_by(Conference.starts_at, Conference.id)
    )


def _conditions(session: Session, token: FeedToken) -> list[ColumnElement[bool]]:
    oldest = (local(now()) - KEEP_PAST).replace(hour=0, minute=0, second=0, microsecond=0)
    # A series has all its dates in one fragment and may run for the whole horizon.
    running = (Conference.rrule != "") & (Conference.starts_at > oldest - HORIZON)
    recent = or_(Conference.ends_at > oldest, running)
    return [recent, _inside(session, token)]


def _inside(session: Session, token: FeedToken) -> ColumnElement[bool]:
    match token.scope:
        case "person":
            return _of_person(session, token.ref_id)
        case "site":
            mine = select(ConferenceSite.conference_id).where(
                ConferenceSite.site_id == token.ref_id
            )
            return Conference.id.in_(mine)
        case "room":
            return Conference.room_id == token.ref_id
        case _:
            return _of_unit(session, token.ref_id)


def _of_person(session: Session, user_id: int) -> ColumnElement[bool]:
    email = session.scalar(select(User.email).where(User.id == user_id))
    organised = Conference.organizer_id == user_id
    if not email:
        return organised
    invited = select(Attendee.conference_id).where(Attendee.email == email.lower())
    return or_(organised, Conference.id.in_(invited))


def _of_unit(session: Session, unit_id: int) -> ColumnElement[bool]:
    inside = or_(*(OrgUnit.path.startswith(unit.path) for unit in heirs_of(session, unit_id)))
    below = select(OrgUnit.id).where(inside)
    return or_(
        Conference.host_unit_id.in_(below), Conference.id.in_(at_site(Site.unit_id.in_(below)))
    )


def _note(session: Session, actor: Actor, token: FeedToken, verb: str) -> None:
    record_audit(
        session,
        f"conferencing:feed:{verb}",
        f"{token.scope}:{token.ref_code}",
        detail={"prefix": token.prefix},
        actor=actor,
    )
