"""Form fields that several subjects use."""

from collections.abc import Iterable
from typing import Final

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.fields.choices import SelectChoice

from hub.drafts import Draft
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
