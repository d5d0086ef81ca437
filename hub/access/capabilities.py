"""Which role may do what. A capability reads "subject.verb"; a role holds a set of them."""

from typing import Final

ROLES: Final = ("admin", "secretary", "operator", "leader", "technician", "viewer")

_VIEW: Final = frozenset(
    {
        "conference.view",
        "site.view",
        "feed.own",
        "alert.view",
        "device.view",
        "operations.view",
        "unit.view",
        "search.use",
    }
)

CAPABILITIES: Final[dict[str, frozenset[str]]] = {
    "viewer": _VIEW,
    "technician": _VIEW
    | {"device.manage", "site.manage", "intake.view", "intake.handle", "health.view", "rule.view"},
    "leader": _VIEW
    | {"alert.handle", "conference.convene", "conference.book", "rule.view", "health.view"},
    "operator": _VIEW
    | {
        "alert.handle",
        "conference.convene",
        "device.manage",
        "rule.view",
        "rule.manage",
        "intake.view",
        "intake.handle",
        "health.view",
    },
    "secretary": _VIEW
    | {"conference.book", "conference.convene", "site.manage", "room.manage", "group.manage"},
}
CAPABILITIES["admin"] = frozenset().union(*CAPABILITIES.values()) | {
    "unit.manage",
    "user.manage",
    "audit.view",
    "mail.view",
}

ALL_CAPABILITIES: Final = CAPABILITIES["admin"]

# What a bearer token may do at most, whatever its user may do.
READ_ONLY: Final = frozenset(c for c in ALL_CAPABILITIES if c.endswith((".view", ".use")))
ADMIN_ONLY: Final = frozenset({"unit.manage", "user.manage", "audit.view", "mail.view"})


def capabilities_of(roles: frozenset[str]) -> frozenset[str]:
    """Return everything the roles allow together."""
    return frozenset().union(*(CAPABILITIES.get(role, frozenset()) for role in roles))


def token_limit(scope: str) -> frozenset[str]:
    """Return what a token of scope ``read``, ``write`` or ``admin`` may do at most."""
    if scope == "admin":
        return ALL_CAPABILITIES
    return READ_ONLY if scope == "read" else ALL_CAPABILITIES - ADMIN_ONLY
