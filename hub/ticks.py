"""What a tick of the worker is; each feature lists its own in a ``jobs`` module."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask

LEADER_KEY = 0x4E434C
"""The leader's advisory lock on PostgreSQL ("NCL")."""
LEADER_LOCK = "worker.lock"
"""The leader's lock file in the instance folder, beside SQLite."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A job: ``run(app)`` every ``seconds``, inside an app context. It must be idempotent."""

    name: str
    seconds: float
    run: Callable[[Flask], object]
