"""Forms over drafts: a field asks the draft what it may hold, and the draft reads the form."""

from collections.abc import Iterable
from typing import Annotated, Any, Final, TypeVar, get_args, get_origin

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.form import BaseForm
from wtforms.validators import InputRequired, Length, NumberRange, ValidationError
from wtforms.validators import Optional as MayBeEmpty

from hub.drafts import Draft

NEEDED: Final = _l("Không được để trống.")
TOO_LONG: Final = _l("Dài quá %(max)d ký tự.")
OUT_OF_RANGE: Final = _l("Cần một số từ %(min)s đến %(max)s.")
D = TypeVar("D", bound=Draft)


class NumberField(StringField):  # type: ignore[misc]
    """A number written the Vietnamese way (2,70) or with a point; None when left empty."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Keep what was typed; the number is checked in :meth:`pre_validate`."""
        super().process_formdata([text.strip() for text in valuelist])

    def pre_validate(self, form: BaseForm) -> None:
        """Refuse what is not a number."""
        if self.data:
            try:
                self.number  # noqa: B018 - reading it checks it
            except ValueError as error:
                raise ValidationError(_("Nhập một số, ví dụ 2,70.")) from error

    @property
    def number(self) -> float | None:
        """The number typed, None when empty."""
        return float(str(self.data).replace(",", ".")) if self.data else None


def limits(draft: type[Draft], name: str) -> list[Any]:
    """Return the validators of a form field: needed or not, how long, from what to what."""
    field = draft.model_fields[name]
    kinds, marks = _taken_apart(field.annotation, field.metadata)
    least = _mark(marks, "min_length") or 0
    needed = least > 0 or field.is_required() or kinds == {int}
    found: list[Any] = [InputRequired(NEEDED) if needed else MayBeEmpty()]
    longest = _mark(marks, "max_length")
    if longest is not None:
        found.append(Length(max=longest, message=TOO_LONG))
    low, high = _mark(marks, "ge"), _mark(marks, "le")
    if low is not None and high is not None and int in kinds:
        found.append(NumberRange(low, high, draft.sentences.get(name, OUT_OF_RANGE)))
    return found


def _taken_apart(annotation: Any, marks: Iterable[object]) -> tuple[set[Any], list[object]]:
    """Return the bare types of an annotation and its limits, those inside "or None" included."""
    kinds: set[Any] = set()
    known = list(marks)
    for part in get_args(annotation) or (annotation,):
        inner = get_args(part) if get_origin(part) is Annotated else (part,)
        kinds.add(inner[0])
        for extra in inner[1:]:
            known += getattr(extra, "metadata", [extra])
    return kinds, known


def _mark(marks: Iterable[object], name: str) -> Any:
    return next((getattr(mark, name) for mark in marks if hasattr(mark, name)), None)


def read_form(draft: type[D], form: BaseForm) -> D:
    """Return the draft that a form describes; an empty box is the draft's own default.

    Raises:
        Invalid: names each field and says what to mend.
    """
    typed = {name: _typed(form[name]) for name in draft.model_fields if name in form}
    return draft.read({name: value for name, value in typed.items() if value not in (None, "")})


def _typed(field: Any) -> Any:
    return field.number if isinstance(field, NumberField) else field.data
