"""The home page: each half contributes panels, strips and actions for the roles it serves."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask, render_template
from sqlalchemy.orm import Session

from hub.access import current_actor, signed_in
from hub.access.actor import Actor
from hub.clock import local, now
from hub.contributions import Contributions
from hub.db import read_session
from hub.ui.formats import date_vi

bp = Blueprint("home", __name__)


@dataclass(frozen=True, slots=True)
class HomePanel:
    """A part of the home page.

    ``context`` returns what the template needs, or None when there is nothing for this actor;
    the keys ``meta``, ``strips`` and ``actions`` add to the page's head.
    """

    order: int
    template: str
    capability: str
    context: Callable[[Session, Actor], Mapping[str, Any] | None]
    aside: bool = False


CONTRIBUTED = Contributions[HomePanel]("home")


def add_home_panels(app: Flask, panels: Sequence[HomePanel]) -> None:
    """Contribute panels to the home page."""
    CONTRIBUTED.add(app, panels)


@bp.get("/")
@signed_in
def home() -> str:
    """Show what concerns this person today."""
    session, actor = read_session(), current_actor()
    page: dict[str, Any] = {"strips": [], "actions": [], "panels": [], "aside_panels": []}
    metas: list[str] = []
    for panel in sorted(CONTRIBUTED.all(), key=lambda p: p.order):
        context = panel.context(session, actor) if actor.can(panel.capability) else None
        if context is not None:
            _add_panel(page, metas, panel, dict(context))
    title = date_vi(local(now()), "long")
    return render_template("ui/home.html", title=title, meta=" · ".join(metas), **page)


def _add_panel(
    page: dict[str, Any], metas: list[str], panel: HomePanel, context: dict[str, Any]
) -> None:
    page["strips"] += context.pop("strips", [])
    page["actions"] += context.pop("actions", [])
    if meta := context.pop("meta", ""):
        metas.append(meta)
    page["aside_panels" if panel.aside else "panels"].append(panel.template)
    page.update(context)
