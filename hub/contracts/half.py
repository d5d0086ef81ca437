"""What a half contributes, stated by each in one declaration named ``HALF``."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from hub.access.actor import Actor
from hub.contracts.contract import Contract
from hub.health.readings import Check
from hub.journal import JournalEntry
from hub.orgunits.repoint import Repointer
from hub.ticks import Tick
from hub.ui.states import StateLooks


@dataclass(frozen=True, slots=True)
class LiveSource:
    """What a half shows on live screens.

    ``snapshot`` gives everything at connecting, ``latest`` the values newer than a marker,
    ``views`` what a screen needs beyond a fact of the journal, ``pulse`` by event what every
    screen is told as soon as it changes.
    """

    snapshot: Callable[[Session, Actor], Mapping[str, Any]]
    latest: Callable[[Session, Any], tuple[Any, Sequence[tuple[int, Mapping[str, Any]]]]]
    views: Callable[[Session, Sequence[JournalEntry]], Mapping[int, Mapping[str, Any]]]
    pulse: Callable[[Session], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Half:
    """A half of the product; the hub collects these and knows nothing else of it.

    ``register`` adds pages, resources, navigation, home panels and search to an application.
    ``label`` is its group in the navigation, ``states`` says how its states look.
    ``offers`` pairs each contract this half answers with its answer. ``journal_kinds`` are the
    kinds of fact it writes, ``long_fields`` form fields with a line for each of many,
    ``secret_paths`` addresses ("/feeds/") whose next part must not end in a log.
    """

    name: str
    label: object
    register: Callable[[Flask], None]
    repoint: Repointer
    seed_demo: Callable[[Session], None]
    states: StateLooks = field(default_factory=dict)
    ticks: Sequence[Tick] = ()
    checks: Sequence[Check] = ()
    offers: Sequence[tuple[Contract[Any], Any]] = ()
    live: LiveSource | None = None
    journal_kinds: Sequence[str] = ()
    long_fields: Sequence[str] = ()
    secret_paths: Sequence[str] = ()
