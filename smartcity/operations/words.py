"""Words the live scripts of the operations view write, through the same catalogue as the pages."""

from datetime import datetime, timedelta
from typing import Any, Final

from flask_babel import gettext as _

from hub import clock
from hub.ui.formats import number_vi
from smartcity.blueprint import bp
from smartcity.operations.hearing import deaf_words

_DECIMALS: Final = {"m": 2, "mm": 0, "%": 0}
# What watches a site knows on and off, no measure.
SWITCHES: Final = ("site_power", "site_line")
LABEL_GAP: Final = 13.0
View = dict[str, Any]


@bp.app_template_filter()
def measure(value: float | None, unit: str = "") -> str:
    """Write a value with the decimals its unit is read with: 4,88 m but 248 mm."""
    return number_vi(value, _DECIMALS.get(unit))


@bp.app_template_filter()
def instant(text: str | None) -> datetime | None:
    """Read an instant of the snapshot back."""
    return datetime.fromisoformat(text) if text else None


def duration_words(lasting: timedelta) -> str:
    """Write 40 giây, 22 phút, 3 giờ 52 phút, 13 giờ, 2 ngày."""
    seconds = max(0, int(lasting.total_seconds()))
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if minutes < 1:
        return _("%(n)s giây", n=seconds)
    if hours < 1:
        return _("%(n)s phút", n=minutes)
    if hours < 10 and minutes % 60:
        return _("%(n)s giờ %(m)s phút", n=hours, m=minutes % 60)
    return _("%(n)s giờ", n=hours) if days < 2 else _("%(n)s ngày", n=days)


@bp.app_template_filter()
def since_words(alert: View) -> str:
    """Write "từ 10:10 18/10 · 21 giờ"; the day only when it is not today."""
    at = instant(alert.get("raised_at"))
    if at is None:
        return ""
    local, today = clock.local(at), clock.local(clock.now()).date()
    time = local.strftime("%H:%M" if local.date() == today else "%H:%M %d/%m")
    return f"{_('từ %(time)s', time=time)} · {duration_words(clock.now() - at)}"


@bp.app_template_filter()
def value_words(alert: View) -> str:
    """Write what was measured; silence is its length; a switch has said all in its title."""
    kind, value = alert.get("kind"), alert.get("value")
    if kind == "absence":
        at = instant(alert.get("raised_at"))
        return duration_words(clock.now() - at) if at else ""
    if value is None or alert.get("device_kind") in SWITCHES:
        return ""
    if kind == "detection":
        return f"{number_vi(value * 100, 0)}%"
    unit = alert.get("value_unit") or ""
    return f"{measure(value, unit)} {unit}".strip()


@bp.app_template_filter()
def where_words(alert: View) -> str:
    """Write the place: the station and its river, else the unit and its area."""
    if alert.get("river"):
        return f"{alert['device']}, {_('sông %(name)s', name=alert['river'])}"
    places = [alert.get("unit") or "", alert.get("area") or ""]
    if alert.get("device_kind") not in SWITCHES:
        places.insert(0, alert.get("device") or "")
    return ", ".join(place for place in places if place)


@bp.app_template_filter()
def owner_words(alert: View) -> str:
    """Say who has taken it, else that nobody has."""
    holder = alert.get("assignee")
    if alert.get("state") == "UNACK":
        # Asked anew after it rose: who holds it has not seen that yet.
        is_theirs = holder and not alert.get("escalates_at")
        return _("%(name)s, chưa tiếp nhận", name=holder) if is_theirs else _("Chưa ai nhận")
    if holder:
        return str(holder)
    if alert.get("state") == "RTNUN":
        return _("Đã hết, chưa tiếp nhận")
    return str(alert.get("acknowledged_by") or _("Đã tiếp nhận"))


@bp.app_template_filter()
def limit_words(alert: View) -> str:
    """Write the threshold passed: "BĐ3 2,70", "ngưỡng 200"."""
    threshold = alert.get("threshold")
    switched = alert.get("device_kind") in SWITCHES
    if threshold is None or switched or alert.get("kind") not in ("threshold", "alarm_mark"):
        return str(alert.get("area") or "") if alert.get("river") else ""
    text = measure(threshold, alert.get("value_unit") or "")
    return f"BĐ{alert['mark']} {text}" if alert.get("mark") else _("ngưỡng %(value)s", value=text)


@bp.app_template_filter()
def missing_words(station: View) -> str:
    """Name the marks nobody could confirm: "chưa có BĐ1, BĐ2"."""
    known = {number for number, _metres in station["marks"]}
    names = ", ".join(f"BĐ{number}" for number in (1, 2, 3) if number not in known)
    return _("chưa có %(marks)s", marks=names) if names and known else ""


@bp.app_template_filter()
def silence_words(station: View) -> str:
    """Say for how long a station has been silent."""
    at = instant(station["observed_at"])
    return _("im lặng %(duration)s", duration=duration_words(clock.now() - at)) if at else ""


@bp.app_template_filter()
def gauge_marks(station: View, height: int) -> View:
    """Place water and marks on a staff so high; words of close marks move apart."""
    top = float(station["top_m"])

    def y(metres: float) -> float:
        share = max(0.0, min(1.0, metres / top))
        return round(height - 2 - (height - 4) * share, 1)

    marks: list[View] = []
    lowest_word = 0.0
    for number, metres in reversed(station["marks"]):
        word = max(y(metres) + 4, lowest_word)
        lowest_word = word + LABEL_GAP
        marks.append({"number": number, "y": y(metres), "label_y": round(word, 1)})
    return {"water": y(station["level"] or 0.0), "marks": marks}


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
