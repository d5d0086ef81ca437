"""What sensors know of a conference site, and how it can be reached at all."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, Protocol

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access.actor import Actor
from hub.contracts.contract import Contract
from hub.ui.states import Look

ConditionState = Literal["ok", "power_lost", "line_lost", "unknown"]
Reach = Literal["video", "audio", "phone", "none", "unknown"]


@dataclass(frozen=True, slots=True)
class SiteCondition:
    """What sensors say about a site's power and line; ``detail`` is a sentence for people."""

    code: str
    state: ConditionState
    since: datetime | None = None
    detail: str = ""

    @property
    def is_doubtful(self) -> bool:
        """Whether the site may be unable to take part."""
        return self.state in ("power_lost", "line_lost")


class SiteConditions(Protocol):
    """Answers for the site codes it knows anything about; leaves out the others."""

    def __call__(
        self, session: Session, site_codes: Sequence[str]
    ) -> Mapping[str, SiteCondition]: ...


class KnownSites(Protocol):
    """Says which of these codes are codes of sites."""

    def __call__(self, session: Session, site_codes: Sequence[str]) -> Collection[str]: ...


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


# How a condition looks, wherever it is shown.
CONDITION_LOOKS: Final[Mapping[str, Look]] = {
    "ok": Look(icon="video", word=_l("Điện và đường truyền tốt"), tone="normal"),
    "power_lost": Look(icon="bolt-off", word=_l("Mất điện"), tone="critical"),
    "line_lost": Look(icon="wifi-off", word=_l("Mất đường truyền"), tone="high"),
    "unknown": Look(icon="circle-dashed", word=_l("Không rõ"), tone="unknown"),
}
SITE_CONDITIONS: Final = Contract[SiteConditions]("site_conditions")
KNOWN_SITES: Final = Contract[KnownSites]("known_sites")
REACHABILITY: Final = Contract[Reachability]("reachability")


def site_conditions(session: Session, site_codes: Sequence[str]) -> Mapping[str, SiteCondition]:
    """Return what is known about the sites, by code; nothing while nobody watches them."""
    answer = SITE_CONDITIONS.ask()
    return answer(session, site_codes) if answer is not None and site_codes else {}
