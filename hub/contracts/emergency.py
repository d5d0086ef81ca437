"""An emergency conference as one half wishes it and another books it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from sqlalchemy.orm import Session

from hub.access.actor import Actor
from hub.contracts.contract import Contract


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


CONVENE: Final = Contract[ConveneConference]("convene_conference")
PREVIEW: Final = Contract[PreviewConvene]("preview_convene")
CONFERENCES_TODAY: Final = Contract[ConferencesToday]("conferences_today")
