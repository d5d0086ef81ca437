"""Forms over drafts: a field asks the draft what it may hold, and the draft reads the form."""

from collections.abc import Iterable
from typing import Annotated, Any, Final, TypeVar, get_args, get_origin

from annotated_types import Ge, Le, MaxLen, MinLen
from flask_babel import lazy_gettext as _l
from wtforms.form import BaseForm
from wtforms.validators import InputRequired, Length, NumberRange
from wtforms.validators import Optional as MayBeEmpty

from hub.drafts import Draft

NEEDED: Final = _l("Không được để trống.")
TOO_LONG: Final = _l("Dài quá %(max)d ký tự.")
OUT_OF_RANGE: Final = _l("Cần một số từ %(min)s đến %(max)s.")
D = TypeVar("D", bound=Draft)


def limits(draft: type[Draft], name: str) -> list[Any]:
    """Return the validators of a form field: needed or not, how long, from what to what."""
    field = draft.model_fields[name]
    kind, marks = _bare(field.annotation, field.metadata)
    least = _mark(marks, MinLen, "min_length") or 0
    needed = least > 0 or field.is_required() or kind is int
    found: list[Any] = [InputRequired(NEEDED) if needed else MayBeEmpty()]
    longest = _mark(marks, MaxLen, "max_length")
    if longest is not None:
        found.append(Length(max=longest, message=TOO_LONG))
    low, high = _mark(marks, Ge, "ge"), _mark(marks, Le, "le")
    if low is not None and high is not None:
        found.append(NumberRange(low, high, OUT_OF_RANGE))
    return found


def _bare(annotation: Any, marks: Iterable[object]) -> tuple[Any, list[object]]:
    """Look through "or None" and its own limits: what is optional is no bare int."""
    known = list(marks)
    for part in get_args(annotation):
        if get_origin(part) is Annotated:
            for extra in get_args(part)[1:]:
                known += getattr(extra, "metadata", [extra])
    return annotation, known


def _mark(marks: Iterable[object], kind: type, name: str) -> Any:
    return next((getattr(mark, name) for mark in marks if isinstance(mark, kind)), None)


def read_form(draft: type[D], form: BaseForm) -> D:
    """Return the draft that a form describes; an empty box is the draft's own default.

    Raises:
        Invalid: names each field and says what to mend.
    """
    typed = {name: form[name].data for name in draft.model_fields if name in form}
    return draft.read({name: value for name, value in typed.items() if value is not None})
