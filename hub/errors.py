"""The error tree. Services raise these; ``hub.http`` alone turns them into HTTP answers."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing to mend in what was sent: the field's name and a sentence for its user."""

    field: str
    message: str


class HubError(Exception):
    """Anything a user or a caller did that we refuse, with a sentence for them."""

    def __init__(self, message: str, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.details = dict(details or {})


class NotFound(HubError):
    """The thing does not exist, or not for this actor."""


class Conflict(HubError):
    """The request is right but the present state forbids it; ``details`` says how."""


class LostRace(Conflict):
    """Somebody else committed first; the same transaction, run again, sees what they did."""


class Stale(HubError):
    """It was changed since the version that the change was made from; ``version`` is the present.

    Not a Conflict: nothing forbids the change once its maker has seen what is there now.
    """

    def __init__(self, version: int) -> None:
        super().__init__("", {"version": version})
        self.version = version


class NotAllowed(HubError):
    """The actor may not do this here."""


class Unavailable(HubError):
    """A service we depend on is away for now; trying again later may work."""


class Invalid(HubError):
    """What was sent is wrong; ``errors`` names each field."""

    def __init__(self, errors: Sequence[FieldError], message: str = "") -> None:
        super().__init__(message or "; ".join(error.message for error in errors))
        self.errors = tuple(errors)


class Refusals:
    """Collects what several checks refuse, so that a user hears everything at once."""

    def __init__(self) -> None:
        self._errors: list[FieldError] = []

    @contextmanager
    def heeded(self) -> Iterator[None]:
        """Keep what the block refuses and go on behind it; what it would have made is missing."""
        try:
            yield
        except Invalid as error:
            self._errors += error.errors

    def add(self, field: str, message: str) -> None:
        """Note one thing to mend."""
        self._errors.append(FieldError(field, message))

    def settle(self) -> None:
        """Go on only if nothing was refused; each field is told its first sentence.

        Raises:
            Invalid: names each field once.
        """
        first = {error.field: error for error in reversed(self._errors)}
        if first:
            raise Invalid([error for error in self._errors if first[error.field] is error])
