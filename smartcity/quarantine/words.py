"""Why a message was not taken in, as people read it."""

from flask_babel import gettext as _

from smartcity.blueprint import bp


@bp.app_template_filter()
def reason_word(reason: str) -> str:
    """Return the reason of a dead letter as people read it; the code stays when unknown."""
    kind, _colon, _rest = reason.partition(":")
    word = (
        _decoder_word(kind)
        or _shape_word(kind)
        or {
            "unknown-device": _("Thiết bị chưa đăng ký"),
            "other-unit": _("Thiết bị đăng ký ở đơn vị khác"),
            "device-inactive": _("Thiết bị đã ngừng dùng"),
            "topic-wrong-number-of-levels": _("Chủ đề sai số cấp"),
            "topic-unknown-kind": _("Chủ đề sai loại bản tin"),
            "topic-foreign-prefix": _("Chủ đề lạ"),
            "too-many-series": _("Quá nhiều đại lượng"),
            "internal-error": _("Lỗi khi xử lý"),
            "not-storable": _("Không lưu được"),
        }.get(kind)
    )
    return word or reason


@bp.app_template_filter()
def reason_rest(reason: str) -> str:
    """Return what the reader added to the reason: a property, a place in the text."""
    return reason.partition(":")[2].strip()


def _decoder_word(kind: str) -> str | None:
    return {
        "not-json": _("Không phải JSON hợp lệ"),
        "not-utf8": _("Không phải chữ UTF-8"),
        "not-a-pack": _("Không phải gói SenML"),
        "not-a-number": _("Giá trị không phải số"),
        "number-not-finite": _("Giá trị không hữu hạn"),
        "number-out-of-range": _("Giá trị ngoài khoảng"),
        "bad-time": _("Thời điểm không đọc được"),
        "time-without-offset": _("Thời điểm thiếu múi giờ"),
        "clock-in-future": _("Đồng hồ thiết bị chạy trước"),
        "clock-before-2000": _("Đồng hồ thiết bị chưa đặt"),
        "empty": _("Bản tin rỗng"),
        "no-values": _("Không có giá trị nào"),
        "too-large": _("Bản tin quá lớn"),
        "too-deep": _("Bản tin lồng quá sâu"),
        "duplicate-key": _("Khóa lặp lại"),
        "unknown-status": _("Trạng thái lạ"),
    }.get(kind)


def _shape_word(kind: str) -> str | None:
    return {
        "ambiguous-name": _("Tên đại lượng không rõ ràng"),
        "bad-property-name": _("Tên đại lượng không hợp lệ"),
        "bad-text": _("Có chữ không hợp lệ"),
        "must-understand-field": _("Có trường bắt buộc chưa hỗ trợ"),
        "no-name": _("Thiếu tên đại lượng"),
        "not-a-boolean": _("Giá trị không phải đúng hoặc sai"),
        "not-an-object": _("Không phải đối tượng JSON"),
        "not-text": _("Giá trị không phải chữ"),
        "senml-version": _("Phiên bản SenML chưa hỗ trợ"),
        "several-values": _("Một bản ghi mang nhiều giá trị"),
        "too-many-properties": _("Quá nhiều đại lượng"),
    }.get(kind)
