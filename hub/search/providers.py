"""Search providers: what each feature finds for folded words, inside the actor's scope."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Flask
from sqlalchemy.orm import Session

from hub.access.actor import Actor
from hub.contributions import Contributions
from hub.text import clean, fold

PER_KIND = 8


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found."""

    title: str
    url: str
    subtitle: str = ""


@dataclass(frozen=True, slots=True)
class SearchProvider:
    """``find(session, actor, words, limit)`` matches folded words ("le thuy")."""

    order: int
    label: object
    icon: str
    capability: str
    find: Callable[[Session, Actor, str, int], Sequence[Hit]]


@dataclass(frozen=True, slots=True)
class Found:
    """The hits of one provider, those with the accents as typed first."""

    label: object
    icon: str
    hits: Sequence[Hit]


CONTRIBUTED = Contributions[SearchProvider]("search")


def add_search(app: Flask, providers: Sequence[SearchProvider]) -> None:
    """Contribute search providers."""
    CONTRIBUTED.add(app, providers)


def search_everything(session: Session, actor: Actor, text: str) -> list[Found]:
    """Ask every provider this actor may use; leave out those that find nothing."""
    typed, words = clean(text), fold(text)
    if not words:
        return []
    providers = sorted(CONTRIBUTED.all(), key=lambda p: p.order)
    found = [
        Found(p.label, p.icon, _accents_first(p.find(session, actor, words, PER_KIND), typed))
        for p in providers
        if actor.can(p.capability)
    ]
    return [group for group in found if group.hits]


def _accents_first(hits: Sequence[Hit], typed: str) -> list[Hit]:
    return sorted(hits, key=lambda hit: typed.casefold() not in hit.title.casefold())
