"""What other features show on the page of a unit: its sites, its devices, who works there."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app
from sqlalchemy.orm import Session

from hub.accounts.actor import Actor
from hub.orgunits.models import OrgUnit

EXTENSION = "hub.orgunits.panels"


@dataclass(frozen=True, slots=True)
class UnitPanel:
    """A part of a unit's page; ``context`` returns None when there is nothing to show.

    The context must carry ``unit``-independent names of its own: all panels share a page.
    """

    order: int
    template: str
    capability: str
    context: Callable[[Session, Actor, OrgUnit], Mapping[str, Any] | None]


def add_unit_panels(app: Flask, panels: Sequence[UnitPanel]) -> None:
    """Contribute panels to the page of a unit."""
    app.extensions.setdefault(EXTENSION, []).extend(panels)


def panels_of(session: Session, actor: Actor, unit: OrgUnit) -> tuple[list[str], dict[str, Any]]:
    """Return the templates of the panels that have something to show, and their context."""
    templates: list[str] = []
    together: dict[str, Any] = {}
    for panel in sorted(current_app.extensions.get(EXTENSION, []), key=lambda p: p.order):
        if not actor.can_at(panel.capability, unit):
            continue
        context = panel.context(session, actor, unit)
        if context is not None:
            templates.append(panel.template)
            together.update(context)
    return templates, together
