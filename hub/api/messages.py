"""What a validation error says, in the caller's language."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from pydantic import ValidationError

from hub.errors import FieldError, Invalid

MESSAGES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "missing": lambda _c: _("Thiếu trường bắt buộc."),
    "extra_forbidden": lambda _c: _("Không có trường này."),
    "string_type": lambda _c: _("Cần một chuỗi ký tự."),
    "string_too_short": lambda c: _("Cần ít nhất %(n)s ký tự.", n=c.get("min_length")),
    "string_too_long": lambda c: _("Dài quá %(n)s ký tự.", n=c.get("max_length")),
    "string_pattern_mismatch": lambda c: _("Cần khớp mẫu %(p)s.", p=c.get("pattern")),
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
    "too_long": lambda c: _("Quá %(n)s mục.", n=c.get("max_length")),
    "too_short": lambda c: _("Cần ít nhất %(n)s mục.", n=c.get("min_length")),
    "model_type": lambda _c: _("Cần một đối tượng JSON."),
    "model_attributes_type": lambda _c: _("Cần một đối tượng JSON."),
    "json_invalid": lambda _c: _("Nội dung không phải JSON đúng."),
    "finite_number": lambda _c: _("Cần một số hữu hạn."),
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
