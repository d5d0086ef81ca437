"""What may be kept of a thing, said once: form, API and service read it from one declaration.

A draft is what a person or a program describes; the row it becomes is the service's matter. Units,
bridges and other things are named by their public codes. What only the database knows (a code
that is taken, a unit that is not the actor's) the service finds afterwards.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, ClassVar, Final, Self

from flask_babel import gettext as _
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from hub.addresses import BadAddressError, read_address
from hub.errors import FieldError, Invalid
from hub.text import clean

_LINK: Final = re.compile(r"https?://[^\s<>\"']{3,}")
CODE_PATTERN: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$"


def _pattern(context: Mapping[str, Any]) -> str:
    if context.get("pattern") == CODE_PATTERN:
        return _("Mã chỉ gồm chữ không dấu, số, dấu chấm và gạch ngang, dài tối đa 40.")
    return _("Cần khớp mẫu %(p)s.", p=context.get("pattern"))


MESSAGES: Final[dict[str, Callable[[Mapping[str, Any]], str]]] = {
    "missing": lambda _c: _("Thiếu trường bắt buộc."),
    "extra_forbidden": lambda _c: _("Không có trường này."),
    "string_type": lambda _c: _("Cần một chuỗi ký tự."),
    "string_too_short": lambda c: _("Cần ít nhất %(n)s ký tự.", n=c.get("min_length")),
    "string_too_long": lambda c: _("Dài quá %(n)s ký tự.", n=c.get("max_length")),
    "string_pattern_mismatch": _pattern,
    "int_type": lambda _c: _("Cần một số nguyên."),
    "int_parsing": lambda _c: _("Cần một số nguyên."),
    "float_type": lambda _c: _("Cần một số."),
    "float_parsing": lambda _c: _("Cần một số."),
    "bool_parsing": lambda _c: _("Cần true hoặc false."),
    "bool_type": lambda _c: _("Cần true hoặc false."),
    "greater_than_equal": lambda c: _("Không nhỏ hơn %(n)s.", n=c.get("ge")),
    "less_than_equal": lambda c: _("Không lớn hơn %(n)s.", n=c.get("le")),
    "literal_error": lambda c: _("Cần một trong: %(list)s.", list=c.get("expected")),
    "enum": lambda c: _("Cần một trong: %(list)s.", list=c.get("expected")),
    "timezone_aware": lambda _c: _("Cần giờ kèm múi giờ, ví dụ 2020-10-19T14:00:00+07:00."),
    "datetime_from_date_parsing": lambda _c: _("Cần ngày giờ theo ISO 8601 kèm múi giờ."),
    "datetime_parsing": lambda _c: _("Cần ngày giờ theo ISO 8601 kèm múi giờ."),
    "datetime_type": lambda _c: _("Cần ngày giờ theo ISO 8601 kèm múi giờ."),
    "year_out_of_range": lambda _c: _("Năm phải từ 1970 đến 2199."),
    "control_characters": lambda _c: _("Có ký tự điều khiển không dùng được."),
    "list_type": lambda _c: _("Cần một danh sách."),
    "tuple_type": lambda _c: _("Cần một danh sách."),
    "too_long": lambda c: _("Quá %(n)s mục.", n=c.get("max_length")),
    "too_short": lambda c: _("Cần ít nhất %(n)s mục.", n=c.get("min_length")),
    "model_type": lambda _c: _("Cần một đối tượng JSON."),
    "model_attributes_type": lambda _c: _("Cần một đối tượng JSON."),
    "json_invalid": lambda _c: _("Nội dung không phải JSON đúng."),
    "finite_number": lambda _c: _("Cần một số hữu hạn."),
    "bad_email": lambda _c: _("Địa chỉ thư không hợp lệ."),
    "unsendable_email": lambda _c: _(
        "Máy chủ thư không gửi được tới địa chỉ có dấu trước chữ @; hãy ghi địa chỉ không dấu."
    ),
    "bad_link": lambda _c: _("Liên kết phải bắt đầu bằng https://."),
}


def as_invalid(error: ValidationError) -> Invalid:
    """Return our error for pydantic's, naming each field by its path ("attendees.0.email")."""
    errors = error.errors(include_url=False, include_input=False)
    return Invalid([FieldError(_path(item["loc"]), _message(item)) for item in errors])


def _path(location: Iterable[int | str]) -> str:
    return ".".join(str(part) for part in location) or "body"


def _message(item: Mapping[str, Any]) -> str:
    known = MESSAGES.get(item["type"])
    if known is not None:
        return known(item.get("ctx") or {})
    return _("Giá trị không dùng được: %(why)s.", why=item["msg"])


class Draft(BaseModel):
    """The base of all drafts: complete, unchangeable, without unknown fields."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    # What people are told at a field where the general sentence would not help them.
    sentences: ClassVar[Mapping[str, object]] = {}

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Self:
        """Return the draft that these values make.

        Raises:
            Invalid: names each field and says what to mend.
        """
        try:
            return cls.model_validate(dict(values))
        except ValidationError as error:
            found = as_invalid(error).errors
        own = [FieldError(e.field, str(cls.sentences.get(e.field, e.message))) for e in found]
        raise Invalid(own)

    @classmethod
    def values_of(cls, row: object, **instead: Any) -> dict[str, Any]:
        """Return what a kept row says in the draft's names, some of it said by the caller."""
        own = {name: getattr(row, name) for name in cls.model_fields if name not in instead}
        return {**own, **instead}


def _one_line(value: Any) -> Any:
    return " ".join(clean(value).split()) if isinstance(value, str) else value


def _stripped(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _email(value: str) -> str:
    if not value:
        return ""
    try:
        return read_address(value)
    except BadAddressError as error:
        # The library wants a literal: the code is one of two of ours.
        kind = "unsendable_email" if error.code == "unsendable_email" else "bad_email"
        raise PydanticCustomError(kind, "not a mail address") from error


def _link(value: str) -> str:
    if value and not _LINK.fullmatch(value):
        raise PydanticCustomError("bad_link", "not a web address")
    return value


# What people paste becomes one line of clean text before its length is looked at.
ONE_LINE: Final = BeforeValidator(_one_line)
STRIPPED: Final = BeforeValidator(_stripped)
PublicCode = Annotated[str, Field(pattern=CODE_PATTERN), STRIPPED]
UnitRef = Annotated[str, Field(min_length=1, max_length=80), STRIPPED]
Email = Annotated[str, Field(max_length=200), ONE_LINE, AfterValidator(_email)]
Link = Annotated[str, Field(max_length=300), STRIPPED, AfterValidator(_link)]
