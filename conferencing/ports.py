"""What conferencing needs to know of the other half, and whom it asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, cast

from flask import current_app
from sqlalchemy.orm import Session

EXTENSION = "conferencing.site_conditions"
ConditionState = Literal["ok", "power_lost", "line_lost", "unknown"]


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


def no_conditions(_session: Session, _site_codes: Sequence[str]) -> Mapping[str, SiteCondition]:
    """Know nothing: the answer while nobody is connected."""
    return {}


def site_conditions(session: Session, site_codes: Sequence[str]) -> Mapping[str, SiteCondition]:
    """Return what is known about the sites, by code."""
    ask = cast(SiteConditions, current_app.extensions.get(EXTENSION, no_conditions))
    return ask(session, site_codes) if site_codes else {}
