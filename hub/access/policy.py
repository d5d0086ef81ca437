"""One policy per route. A route without one is refused, and a test walks them all."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from hub.access.actor import maybe_actor
from hub.errors import NotAllowed

F = TypeVar("F", bound=Callable[..., Any])
ATTRIBUTE = "hub_policy"


@dataclass(frozen=True, slots=True)
class Policy:
    """``capability`` None means: signed in is enough; ``public`` asks for nothing."""

    public: bool = False
    capability: str | None = None


def public(view: F) -> F:
    """Let anyone call this view."""
    setattr(view, ATTRIBUTE, Policy(public=True))
    return view


def signed_in(view: F) -> F:
    """Let anyone who is signed in call this view."""
    setattr(view, ATTRIBUTE, Policy())
    return view


def requires(capability: str) -> Callable[[F], F]:
    """Let callers with the capability (somewhere) call this view."""

    def mark(view: F) -> F:
        setattr(view, ATTRIBUTE, Policy(capability=capability))
        return view

    return mark


def policy_of(app: Flask, endpoint: str) -> Policy | None:
    """Return the policy declared for an endpoint, if any."""
    if endpoint == "static" or endpoint.endswith(".static"):
        return Policy(public=True)
    policy: Policy | None = getattr(app.view_functions.get(endpoint), ATTRIBUTE, None)
    return policy


def enforce() -> ResponseReturnValue | None:
    """Check the policy of the route before every request."""
    if request.endpoint is None:
        return None
    policy = policy_of(current_app, request.endpoint)
    if policy is not None and policy.public:
        return None
    actor = maybe_actor()
    if actor is None:
        return _ask_to_sign_in()
    if policy is None or (policy.capability and not actor.can(policy.capability)):
        raise NotAllowed("")
    return None


def _ask_to_sign_in() -> ResponseReturnValue | None:
    if request.path.startswith("/api/") or request.method == "POST":
        raise NotAllowed("", {"sign_in": True})
    return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))
