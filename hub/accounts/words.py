"""Words for roles and token scopes."""

from flask_babel import lazy_gettext as _l

ROLE_LABELS: dict[str, object] = {
    "admin": _l("Quản trị"),
    "secretary": _l("Thư ký"),
    "operator": _l("Trực ban"),
    "leader": _l("Lãnh đạo"),
    "technician": _l("Kỹ thuật"),
    "viewer": _l("Người xem"),
}
SCOPE_LABELS: dict[str, object] = {
    "read": _l("Chỉ đọc"),
    "write": _l("Đọc và ghi"),
    "admin": _l("Quản trị"),
}


def role_label(role: str) -> object:
    """Return the word for a role."""
    return ROLE_LABELS.get(role, role)


def scope_label(scope: str) -> object:
    """Return the word for a token's scope."""
    return SCOPE_LABELS.get(scope, scope)
