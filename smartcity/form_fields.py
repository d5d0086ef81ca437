"""Form fields that several subjects use, and where a service's refusals are shown."""

from collections.abc import Iterable
from typing import Final

from flask_babel import lazy_gettext as _l
from wtforms import Form, StringField
from wtforms.fields import Field
from wtforms.fields.choices import SelectChoice

from hub.drafts import Draft
from hub.errors import FieldError
from hub.ui.forms import limits

SEVERITIES: Final = (
    ("critical", _l("Khẩn cấp")),
    ("high", _l("Cao")),
    ("medium", _l("Trung bình")),
    ("low", _l("Thấp")),
)


def choices_of(pairs: Iterable[tuple[str, object]]) -> list[SelectChoice]:
    """Return (value, word) pairs as the choices of a select."""
    return [SelectChoice(value, word) for value, word in pairs]


def text_field(draft: type[Draft], name: str, label: object, hint: object = "") -> StringField:
    """Return the box of a draft's text."""
    return StringField(label, limits(draft, name), description=hint)


def put_errors(form: Form, errors: Iterable[FieldError]) -> list[tuple[str, str]]:
    """Place a service's errors beside their fields; return those that belong to no field."""
    others = []
    for error in errors:
        field: Field | None = form[error.field] if error.field in form else None  # noqa: SIM401 - a form has no get
        if field is None:
            others.append(("", error.message))
        else:
            field.errors = [*field.errors, error.message]
    return others
