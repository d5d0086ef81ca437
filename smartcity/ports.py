"""What the smart-city half needs from others; ``hub.main.wiring`` fills each port.

A port that nobody has filled answers "not available" in words, so that pages still open.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, Protocol

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from hub.accounts.actor import Actor
from hub.errors import Unavailable

CONVENE: Final = "smartcity.convene"
PREVIEW: Final = "smartcity.preview_convene"
CONFERENCES_TODAY: Final = "smartcity.conferences_today"
REACHABILITY: Final = "smartcity.reachability"
REPLAY: Final = "smartcity.replay"

Reach = Literal["video", "audio", "phone", "none", "unknown"]


@dataclass(frozen=True, slots=True)
class ConveneRequest:
    """An emergency conference wanted from an alert.

    ``site_codes`` names the sites chosen; when empty, the main sites of ``unit_ids`` are meant.
    ``displace`` allows taking room and ports from conferences of lower priority.
    ``with_host`` adds the convening unit's own site to those of ``unit_ids``.
    """

    alert_code: str
    title: str
    unit_ids: tuple[int, ...]
    site_codes: tuple[str, ...]
    starts_at: datetime
    duration: timedelta
    reason: str
    is_drill: bool = False
    displace: bool = True
    with_host: bool = True


@dataclass(frozen=True, slots=True)
class ConvenedConference:
    """What was booked: public code, iCalendar UID and the page of the conference."""

    code: str
    uid: str
    url: str


@dataclass(frozen=True, slots=True)
class PreviewSite:
    """A site that would take part. ``clash`` names what it cannot leave, else empty."""

    code: str
    name: str
    unit_id: int
    condition: str = "ok"  # ok, power_lost, line_lost, unknown
    condition_note: str = ""
    clash: str = ""


@dataclass(frozen=True, slots=True)
class Displaced:
    """A conference that would make way: called off, or losing ``lost_sites`` of its ``sites``.

    ``cause`` names what it cannot go on without (a presiding site or the room), "" when it goes on.
    """

    code: str
    title: str
    starts_at: datetime
    ends_at: datetime
    sites: int
    lost_sites: int
    is_whole: bool
    cause: str = ""


@dataclass(frozen=True, slots=True)
class ConvenePreview:
    """What convening now would take; nothing is held yet.

    ``displaced`` names the conferences that would give way; ``blocked`` says in words why it
    cannot be convened at all, empty when it can.
    """

    sites: tuple[PreviewSite, ...]
    room: str
    ports_needed: int
    ports_free: int
    displaced: tuple[Displaced, ...] = ()
    blocked: str = ""


class ConveneConference(Protocol):
    """Books the conference in the caller's transaction, or raises ``Conflict``."""

    def __call__(
        self, session: Session, actor: Actor, request: ConveneRequest
    ) -> ConvenedConference:
        """Book it."""


class PreviewConvene(Protocol):
    """Says what :class:`ConveneConference` would take; changes nothing."""

    def __call__(self, session: Session, actor: Actor, request: ConveneRequest) -> ConvenePreview:
        """Look."""


@dataclass(frozen=True, slots=True)
class TodayConference:
    """A conference of today as the operations view shows it."""

    code: str
    url: str
    title: str
    starts_at: datetime
    ends_at: datetime
    state: str
    ready_count: int
    site_count: int


class ConferencesToday(Protocol):
    """Conferences of the province's day that this actor may see, in order of start."""

    def __call__(self, session: Session, actor: Actor, day: datetime) -> Sequence[TodayConference]:
        """List them."""


@dataclass(frozen=True, slots=True)
class SiteReach:
    """How a site can be reached now."""

    site_code: str
    unit_id: int
    reach: Reach


class Reachability(Protocol):
    """How each site in the actor's scope can be reached; callers count them by subtree."""

    def __call__(self, session: Session, actor: Actor) -> Sequence[SiteReach]:
        """List them."""


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message kept for later: as it came, with the instant it came."""

    topic: str
    payload: bytes
    received_at: datetime


class ReplayMessages(Protocol):
    """Takes stored messages in as if they came now, inside the caller's transaction.

    Answers one entry per message, in order: None when it was taken in, else the reason.
    """

    def __call__(self, session: Session, messages: Sequence[StoredMessage]) -> Sequence[str | None]:
        """Replay them."""


def convene_port() -> ConveneConference:
    """Return the booking side.

    Raises:
        Unavailable: this installation has none.
    """
    port: ConveneConference | None = current_app.extensions.get(CONVENE)
    if port is None:
        raise Unavailable(_("Phần đặt lịch họp chưa sẵn sàng, chưa triệu tập được."))
    return port


def preview_port() -> PreviewConvene | None:
    """Return the look-ahead of the booking side, if there is one."""
    port: PreviewConvene | None = current_app.extensions.get(PREVIEW)
    return port


def conferences_today_port() -> ConferencesToday | None:
    """Return the list of today's conferences, if there is one."""
    port: ConferencesToday | None = current_app.extensions.get(CONFERENCES_TODAY)
    return port


def reachability_port() -> Reachability | None:
    """Return the reachability of sites, if there is one."""
    port: Reachability | None = current_app.extensions.get(REACHABILITY)
    return port


def replay_port() -> ReplayMessages:
    """Return the way back into ingest.

    Raises:
        Unavailable: this process has none.
    """
    port: ReplayMessages | None = current_app.extensions.get(REPLAY)
    if port is None:
        raise Unavailable(_("Bộ phận thu nhận chưa sẵn sàng, chưa nạp lại được."))
    return port
