"""Forms of what is kept already: two people at one object see both versions, and choose.

A form carries the version it was filled from. When somebody saved meanwhile, the form comes back
with everything typed, the present version in its hidden box, and a table of what differs: then to
save it is to choose.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask_babel import gettext as _
from wtforms import BooleanField, Form, HiddenField
from wtforms.form import BaseForm

from hub.versions import Seen

BESIDES: Final = frozenset({"version", "csrf_token"})


@dataclass(frozen=True, slots=True)
class Difference:
    """What one box says in either version; of a list only what the other version lacks."""

    label: str
    theirs: tuple[str, ...]
    mine: tuple[str, ...]
    is_list: bool = False


@dataclass(frozen=True, slots=True)
class Saved:
    """Who saved last, and when."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class BothVersions:
    """What somebody saved meanwhile beside what was typed; ``url`` leads to what is saved."""

    differences: Sequence[Difference]
    url: str
    saved: Saved | None = None


class EditForm(Form):  # type: ignore[misc]  # wtforms ships no types
    """A form that knows which version of an object it was filled from."""

    version = HiddenField()
    both: BothVersions | None = None

    @property
    def seen(self) -> Seen:
        """The version that was on the page; None when the page said none, as for a new object."""
        return seen_in(self.version.data)

    @property
    def refusal(self) -> int:
        """The status with which the form comes back."""
        return 409 if self.both else 422


@dataclass(frozen=True, slots=True)
class Kept:
    """An object as it is kept now: its form, where its page is, who saved it last."""

    form: EditForm
    url: str
    saved: Saved | None = None

    def beside(self, typed: EditForm) -> BothVersions:
        """Return both versions."""
        return BothVersions(differences(typed, self.form), self.url, self.saved)


def seen_in(text: str | None) -> Seen:
    """Return the version that a hidden box names; what is no number is no version there is."""
    if not text:
        return None
    is_number = text.isascii() and text.isdecimal() and len(text) < 10
    return frozenset({int(text)} if is_number else ())


def differences(
    mine: BaseForm, theirs: BaseForm, besides: Container[str] = BESIDES
) -> list[Difference]:
    """Return the boxes in which two fillings of one form differ, but for those named."""
    boxes = [(box, theirs[box.name]) for box in mine if box.name not in besides]
    return [_difference(box, other) for box, other in boxes if _meaning(box) != _meaning(other)]


def list_difference(label: str, mine: Sequence[str], theirs: Sequence[str]) -> Difference:
    """Return what either list has alone."""
    only_theirs = tuple(one for one in theirs if one not in mine)
    return Difference(label, only_theirs, tuple(one for one in mine if one not in theirs), True)


def _difference(box: Any, other: Any) -> Difference:
    label = str(box.label.text)
    if isinstance(box.data, list):
        return list_difference(label, _words(box.data, other), _words(other.data or [], other))
    return Difference(label, _words([other.data], other), _words([box.data], other))


def _meaning(box: Any) -> object:
    """What a box says, whatever its spelling: 2,70 is 2,7, and line ends are line ends."""
    if isinstance(box.data, list):
        return frozenset(box.data)
    try:
        number = getattr(box, "number", None)
    except ValueError:
        number = None
    return number if number is not None else _text(box.data).strip()


def _text(value: object) -> str:
    return "" if value is None else str(value).replace("\r\n", "\n")


def _words(values: Sequence[Any], box: Any) -> tuple[str, ...]:
    """Say values as the page says them: choices by their label."""
    if isinstance(box, BooleanField):
        return tuple(_("Có") if value else _("Không") for value in values)
    named = {choice.value: str(choice.label) for choice in getattr(box, "choices", None) or ()}
    return tuple(named.get(value, _text(value)) for value in values)
