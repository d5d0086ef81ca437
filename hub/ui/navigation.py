"""The navigation: each feature contributes its items; a person sees those they may use."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, request, url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access.actor import Actor
from hub.contributions import Contributions

ADMIN: tuple[str, object] = ("admin", _l("Quản trị"))

# The person's own menu in the top bar.
PERSON_LINKS: tuple[dict[str, object], ...] = (
    {"url": "/account", "icon": "user", "label": _l("Tài khoản của tôi")},
    {"url": "/tokens", "icon": "key", "label": _l("Mã truy cập API")},
)


@dataclass(frozen=True, slots=True)
class NavItem:
    """One place in the side navigation; ``phone`` also puts it in the phone's bottom bar."""

    group: str
    order: int
    label: object
    icon: str
    endpoint: str
    capability: str
    phone: bool = False
    short: object = ""
    primary: bool = False
    count: Callable[[Session, Actor], int] | None = None
    # Further endpoints for which this item is the current one.
    also: tuple[str, ...] = ()


CONTRIBUTED = Contributions[NavItem]("navigation")
GROUPS = Contributions[tuple[str, object]]("navigation_groups")


def add_group(app: Flask, name: str, label: object) -> None:
    """Contribute a group of the navigation; they stand in this order, administration last."""
    GROUPS.add(app, [(name, label)])


def add_nav(app: Flask, items: Sequence[NavItem]) -> None:
    """Contribute items to the navigation."""
    CONTRIBUTED.add(app, items)


def nav_groups(session: Session, actor: Actor) -> list[dict[str, Any]]:
    """Return the groups with the items this person may use, in order."""
    items: list[NavItem] = sorted(CONTRIBUTED.all(), key=lambda i: i.order)
    shown = [item for item in items if actor.can(item.capability)]
    return [
        {"label": label, "items": [_entry(session, actor, i) for i in shown if i.group == name]}
        for name, label in (*GROUPS.all(), ADMIN)
        if any(item.group == name for item in shown)
    ]


def _entry(session: Session, actor: Actor, item: NavItem) -> dict[str, Any]:
    return {
        "endpoint": item.endpoint,
        "url": url_for(item.endpoint),
        "label": item.label,
        "short": item.short or item.label,
        "icon": item.icon,
        "phone": item.phone,
        "primary": item.primary,
        "count": item.count(session, actor) if item.count else 0,
        "current": request.endpoint in {item.endpoint, *item.also},
    }
