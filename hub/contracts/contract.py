"""A question that one half answers and another asks, by its type alone."""

from typing import Generic, TypeVar

from flask import Flask, current_app

from hub.errors import Unavailable

T = TypeVar("T")


class Contract(Generic[T]):
    """A typed place where one half leaves an answer; an installation may be without it."""

    def __init__(self, name: str) -> None:
        self.name = f"hub.contracts.{name}"

    def offer(self, app: Flask, answer: T) -> None:
        """Let an application answer by this."""
        app.extensions[self.name] = answer

    def ask(self) -> T | None:
        """Return who answers in the present application, None when nobody does."""
        answer: T | None = current_app.extensions.get(self.name)
        return answer

    def demand(self, refusal: str) -> T:
        """Return who answers.

        Raises:
            Unavailable: with the refusal, when this installation has nobody who does.
        """
        answer = self.ask()
        if answer is None:
            raise Unavailable(refusal)
        return answer
