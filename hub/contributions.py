"""What others add to a feature: one list per application, added to while it is built."""

from collections.abc import Sequence
from typing import Generic, TypeVar

from flask import Flask, current_app

T = TypeVar("T")


class Contributions(Generic[T]):
    """A named list of contributions; the feature that reads it knows none who adds."""

    def __init__(self, name: str) -> None:
        self.name = f"hub.contributions.{name}"

    def add(self, app: Flask, items: Sequence[T]) -> None:
        """Add to the list of an application."""
        app.extensions.setdefault(self.name, []).extend(items)

    def all(self) -> Sequence[T]:
        """Return what was added to the present application, in that order."""
        found: Sequence[T] = current_app.extensions.get(self.name, ())
        return found
