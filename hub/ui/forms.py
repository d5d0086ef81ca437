"""Forms over drafts: a field asks the draft what it may hold, and the draft reads the form."""

from collections.abc import Callable, Container, Iterable
from typing import Any, ClassVar, Final, TypeVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from pydantic.fields import FieldInfo
from sqlalchemy.orm import Session
from wtforms import IntegerField, SelectField, StringField
from wtforms.form import BaseForm
from wtforms.validators import InputRequired, Length, StopValidation, ValidationError
from wtforms.validators import Optional as MayBeEmpty

from hub.db import in_transaction
from hub.drafts import Draft
from hub.errors import FieldError, Invalid, Stale
from hub.ui.editing import EditForm, Kept

NEEDED: Final = _l("Không được để trống.")
TOO_LONG: Final = _l("Dài quá %(max)d ký tự.")
D = TypeVar("D", bound=Draft)
T = TypeVar("T")


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


class WholeNumberField(IntegerField):  # type: ignore[misc]
    """A whole number typed by hand; None when left empty."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number; spaces and an empty box are no number."""
        typed = valuelist[0].strip() if valuelist else ""
        self.data = None
        if typed:
            if not (typed.isascii() and typed.isdecimal() and len(typed) < 10):
                raise ValueError(_l("Ghi bằng chữ số, ví dụ 12."))
            self.data = int(typed)

    def pre_validate(self, form: BaseForm) -> None:
        """Say only that it is no number; its size is then nobody's question."""
        if self.process_errors:
            raise StopValidation


class ChoiceField(SelectField):  # type: ignore[misc]
    """One of a list; what was taken off the list since the page was opened is said plainly."""

    def pre_validate(self, form: BaseForm) -> None:
        """Refuse what is not on the list."""
        try:
            super().pre_validate(form)
        except ValidationError as error:
            raise ValidationError(_("Hãy chọn một mục trong danh sách.")) from error


class DraftForm(EditForm):
    """A form whose answer is a draft: what the form and what the draft refuse is said at once."""

    draft: ClassVar[type[Draft]]

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Check the form, then what the draft thinks of the fields that passed."""
        passed = super().validate(*args, **kwargs)
        sound = form_values(self.draft, self, leave_out=self.errors)
        try:
            self.draft.read(sound)
        except Invalid as invalid:
            news = [e for e in invalid.errors if e.field in self and e.field not in self.errors]
            show_errors(self, news)
            return passed and not news
        return bool(passed)

    @property
    def values(self) -> dict[str, Any]:
        """What the form says, in the draft's names; what it could not read is left out."""
        return form_values(self.draft, self, leave_out=self.errors)


class _NotMeantError(Exception):
    """Takes back what was only tried."""


def keep_form(
    form: EditForm,
    act: Callable[[Session], T],
    check: Callable[[Session], object] | None = None,
    present: Callable[[], Kept] | None = None,
) -> tuple[T | None, list[tuple[str, str]]]:
    """Do what a form asks for, in a transaction; None when something is to be mended first.

    Every wrong box is then marked, whoever refuses it: when the form itself does, the act is
    tried all the same and taken back, because only the database knows of a taken code (``check``
    in its stead, where the act does much besides). Returned besides are the sentences for which
    the form has no box.

    When somebody saved since the version that the form was filled from, the form gets ``both``:
    what is kept now (``present``) beside what was typed. The same saved twice is no difference.
    """
    is_sound = form.validate()

    def tried(session: Session) -> T:
        (check or act)(session)
        raise _NotMeantError

    try:
        return in_transaction(act if is_sound else tried), []
    except _NotMeantError:
        return None, []
    except Invalid as refusal:
        news = [error for error in refusal.errors if error.field not in form.errors]
        return None, show_errors(form, news)
    except Stale:
        if present is None:
            raise
        kept = present()
        form.version.data = str(kept.form.version.data)
        both = kept.beside(form)
        if not both.differences:
            return keep_form(form, act, check, present)
        form.both = both
        return None, []


def show_errors(form: BaseForm, errors: Iterable[FieldError]) -> list[tuple[str, str]]:
    """Add sentences to the fields they name; return those for which the form has no field."""
    homeless: list[tuple[str, str]] = []
    for error in errors:
        if error.field in form:
            shown = form[error.field]
            shown.errors = [*shown.errors, error.message]
        else:
            homeless.append(("", error.message))
    return homeless


def limits(draft: type[Draft], name: str) -> list[Any]:
    """Return the validators of a field: needed or not, how long; the rest the draft says."""
    field = draft.model_fields[name]
    least, longest = _mark(field, "min_length") or 0, _mark(field, "max_length")
    needed = field.is_required() or least > 0 or field.annotation is int
    found: list[Any] = [InputRequired(NEEDED) if needed else MayBeEmpty()]
    return [*found, Length(max=longest, message=TOO_LONG)] if longest else found


def _mark(field: FieldInfo, name: str) -> Any:
    return next((getattr(mark, name) for mark in field.metadata if hasattr(mark, name)), None)


def form_values(
    draft: type[Draft], form: BaseForm, leave_out: Container[str] = ()
) -> dict[str, Any]:
    """Return what a form says in the draft's names; an empty box is the draft's own default."""
    named = [name for name in draft.model_fields if name in form and name not in leave_out]
    typed = {name: _typed(form[name]) for name in named}
    return {
        name: draft.model_fields[name].default if value in (None, "") else value
        for name, value in typed.items()
        if value not in (None, "") or not draft.model_fields[name].is_required()
    }


def read_form(draft: type[D], form: BaseForm) -> D:
    """Return the draft that a form describes.

    Raises:
        Invalid: names each field and says what to mend.
    """
    return draft.read(form_values(draft, form))


def _typed(field: Any) -> Any:
    return field.number if isinstance(field, NumberField) else field.data
