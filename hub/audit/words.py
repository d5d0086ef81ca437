"""Words for the acts of the hub itself."""

from flask_babel import lazy_gettext as _l

ACTIONS: dict[str, object] = {
    "hub:account:signed_in": _l("Đăng nhập"),
    "hub:account:signed_out": _l("Đăng xuất"),
    "hub:account:signed_out_everywhere": _l("Đăng xuất mọi thiết bị"),
    "hub:account:session_ended": _l("Đăng xuất một thiết bị"),
    "hub:account:refused": _l("Đăng nhập bị từ chối"),
    "hub:account:created": _l("Tạo tài khoản"),
    "hub:account:edited": _l("Sửa tài khoản"),
    "hub:account:activated": _l("Mở lại tài khoản"),
    "hub:account:deactivated": _l("Khóa tài khoản"),
    "hub:account:password_changed": _l("Đổi mật khẩu"),
    "hub:account:password_reset": _l("Đặt lại mật khẩu"),
    "hub:role:granted": _l("Trao vai trò"),
    "hub:role:revoked": _l("Bỏ vai trò"),
    "hub:token:created": _l("Tạo mã truy cập"),
    "hub:token:revoked": _l("Thu hồi mã truy cập"),
    "hub:unit:edited": _l("Sửa đơn vị"),
    "hub:units:imported": _l("Nhập danh mục đơn vị"),
    "hub:units:reformed": _l("Sắp xếp đơn vị"),
    "hub:letter:retried": _l("Gửi lại thư"),
    "hub:audit:exported": _l("Xuất nhật ký"),
}


def action_label(action: str) -> object:
    """Return the word for an action."""
    return ACTIONS.get(action, action)
