"""Words the live scripts of the operations view write, through the same catalogue as the pages."""

from flask_babel import gettext as _

from smartcity.quarantine.hearing import deaf_words


def live_words() -> dict[str, str]:
    """Return every word a script may write; {name} is filled in by the script."""
    return {**_severity_words(), **_card_words(), **_station_words(), **_line_words()}


def _severity_words() -> dict[str, str]:
    return {
        "critical": _("Khẩn cấp"),
        "high": _("Cao"),
        "medium": _("Trung bình"),
        "low": _("Thấp"),
        "normal": _("Bình thường"),
        "unknown": _("Không rõ, số cũ"),
        "power_out": _("mất điện"),
        "line_out": _("mất đường truyền"),
        "unreachable": _("không liên lạc được"),
        "site_unknown": _("im lặng"),
        "audio_only": _("chỉ âm thanh"),
        "all_ok": _("đủ"),
        "no_sites": _("chưa có số liệu"),
    }


def _card_words() -> dict[str, str]:
    return {
        "since": _("từ {time}"),
        "since_day": _("từ {time} {day}"),
        "unowned": _("Chưa ai nhận"),
        "held_unseen": _("{name}, chưa tiếp nhận"),
        "escalates": _("Chưa ai nhận · leo thang sau {left}"),
        "escalated": _("Chưa ai nhận · quá hạn {late}"),
        "acknowledged": _("Đã tiếp nhận"),
        "returned": _("Đã hết, chưa tiếp nhận"),
        "threshold": _("ngưỡng {value}"),
        "river": _("sông {name}"),
        "times": _("×{count}"),
        "times_spoken": _("lặp lại {count} lần"),
        "new_alerts": _("{count} cảnh báo mới"),
        "open_count": _("{count}, xếp theo mức"),
        "no_alerts": _("Không có cảnh báo đang mở."),
        "no_alerts_since": _("Không có cảnh báo đang mở. Số đo mới nhất {time}."),
        "rest": _("Còn {count} cảnh báo"),
        "shelved": _("{count} cảnh báo tạm gác, còn {left}"),
        "shelved_wall": _("{count} tạm gác"),
        "raised_spoken": _("{severity}: {what}, {where}"),
        "refused": _("Chưa làm được: {reason}"),
        "refused_line": _("mất kết nối, hãy thử lại"),
        "refused_rights": _("bạn không có quyền với khu vực này"),
        "refused_state": _("cảnh báo đã đổi trạng thái"),
        "refused_server": _("máy chủ chưa nhận, hãy thử lại"),
        "done_acknowledge": _("Đã tiếp nhận {code}"),
        "done_assign": _("Đã phân công {code} cho bạn"),
        "done_shelve": _("Đã tạm gác {code}"),
        "done_close": _("Đã đóng {code}"),
        "pick_first": _("Chọn một cảnh báo trước (phím J, K)."),
        "storm": _("Nhiều cảnh báo cùng lúc: xếp theo khu vực"),
    }


def _station_words() -> dict[str, str]:
    return {
        "above": _("trên BĐ{mark} {metres} m"),
        "below": _("dưới BĐ{mark} {metres} m"),
        "at": _("bằng BĐ{mark}"),
        "old": _("số cũ, nay không rõ"),
        "no_marks": _("chưa có ngưỡng"),
        "missing": _("chưa có {marks}"),
        "rising": _("đang lên, +{cm} cm/giờ"),
        "falling": _("đang xuống, −{cm} cm/giờ"),
        "steady": _("đứng, 0 cm/giờ"),
        "drill_rising": _("đang lên"),
        "drill_falling": _("đang xuống"),
        "no_trend": _("chưa rõ xu thế"),
        "steady_short": _("đứng"),
        "silent": _("im lặng {duration}"),
        "no_reading": _("chưa có số đo"),
        "no_new": _("Không có số mới"),
        "measured": _("đo {time}"),
        "days": _("{n} ngày"),
        "hours": _("{n} giờ"),
        "hours_minutes": _("{n} giờ {m} phút"),
        "minutes": _("{n} phút"),
        "seconds": _("{n} giây"),
    }


def _line_words() -> dict[str, str]:
    return {
        "live": _("Trực tiếp"),
        "deaf": _("Không nhận được số liệu"),
        **{f"deaf_{part}": words for part, words in deaf_words().items()},
        "polling": _("Hỏi lại mỗi 10 giây"),
        "lost": _("Mất kết nối. Số liệu lúc {time}, đang thử lại."),
        "lost_polling": _("Đường trực tiếp bị ngắt, số liệu lúc {time}, hỏi lại mỗi 10 giây."),
        "signed_out": _("Phiên đăng nhập đã hết. Số liệu lúc {time}. Hãy đăng nhập lại."),
        "sound_on": _("Âm thanh bật"),
        "sound_off": _("Bật âm thanh"),
        "muted_for": _("Tắt tiếng, còn {left}"),
        "newest": _("Số đo mới nhất {time}"),
        "ready": _("{ready}/{sites} sẵn sàng"),
        "no_conferences": _("Hôm nay không còn hội nghị nào."),
        "reach_total": _("{reachable}/{total} điểm cầu"),
    }
