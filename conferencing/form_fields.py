"""Form fields that several subjects use, and where a service's refusals are shown."""

from collections.abc import Iterable, Sequence

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectChoice
from wtforms.form import BaseForm
from wtforms.validators import StopValidation

from hub.access.models import OrgUnit
from hub.errors import FieldError
from hub.orgunits.queries import unit_ref


class WholeNumberField(IntegerField):  # type: ignore[misc]
    """A number typed by hand; its refusal is a sentence of ours."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number; spaces and an empty box are no number."""
        typed = valuelist[0].strip() if valuelist else ""
        self.data = None
        if typed:
            if not (typed.isascii() and typed.isdecimal() and len(typed) < 7):
                raise ValueError(_l("Ghi bằng chữ số, ví dụ 12."))
            self.data = int(typed)

    def pre_validate(self, form: BaseForm) -> None:
        """Say only that it is no number; its size is then nobody's question."""
        if self.process_errors:
            raise StopValidation


def unit_choices(units: Sequence[OrgUnit]) -> list[SelectChoice]:
    """Give units as the options of a list."""
    return [SelectChoice(unit_ref(unit), unit.name) for unit in units]


def show_errors(form: FlaskForm, errors: Iterable[FieldError]) -> list[tuple[str, str]]:
    """Add sentences to the fields they name; return those for which the form has no field."""
    homeless: list[tuple[str, str]] = []
    for error in errors:
        if error.field in form:
            shown = form[error.field]
            shown.errors = [*shown.errors, error.message]
        else:
            homeless.append(("", error.message))
    return homeless
