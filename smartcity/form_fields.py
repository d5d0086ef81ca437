"""Form fields that several subjects use, and where a service's refusals are shown."""

from collections.abc import Iterable
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from wtforms import Form, StringField
from wtforms.fields import Field
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from hub.errors import FieldError

TOO_LONG: Final = _l("Dài quá %(max)d ký tự.")


SEVERITIES: Final = (
    ("critical", _l("Khẩn cấp")),
    ("high", _l("Cao")),
    ("medium", _l("Trung bình")),
    ("low", _l("Thấp")),
)


class NumberField(StringField):  # type: ignore[misc]
    """A number written the Vietnamese way (2,70) or with a point; None when left empty."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Keep what was typed; the number is checked in :meth:`pre_validate`."""
        super().process_formdata([text.strip() for text in valuelist])

    def pre_validate(self, form: Form) -> None:
        """Refuse what is not a number."""
        if self.data:
            try:
                self.number  # noqa: B018 - reading it checks it
            except ValueError as error:
                raise ValidationError(self.gettext("Nhập một số, ví dụ 2,70.")) from error

    @property
    def number(self) -> float | None:
        """The number typed, None when empty."""
        return float(str(self.data).replace(",", ".")) if self.data else None


def choices_of(pairs: Iterable[tuple[str, object]]) -> list[SelectChoice]:
    """Return (value, word) pairs as the choices of a select."""
    return [SelectChoice(value, word) for value, word in pairs]


def text_field(
    label: object, longest: int, *, required: bool = False, hint: object = ""
) -> StringField:
    checks: list[Any] = [Length(max=longest, message=TOO_LONG)]
    checks.insert(0, InputRequired(_l("Cần điền mục này.")) if required else Optional())
    return StringField(label, checks, description=hint)


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
