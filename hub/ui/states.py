"""How a severity or a state looks: icon, word and tone. Shape and word carry it; colour follows."""

from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class Look:
    """Icon of the sprite, the word shown, and the tone (a CSS class `tone-…`)."""

    icon: str
    word: str | LazyString
    tone: str = "plain"
    struck: bool = False


SEVERITIES: dict[str, Look] = {
    "critical": Look(icon="sev-critical", word=_l("Khẩn cấp"), tone="critical"),
    "high": Look(icon="sev-high", word=_l("Cao"), tone="high"),
    "medium": Look(icon="sev-medium", word=_l("Trung bình"), tone="medium"),
    "low": Look(icon="sev-low", word=_l("Thấp"), tone="low"),
    "normal": Look(icon="sev-normal", word=_l("Bình thường"), tone="normal"),
    "unknown": Look(icon="sev-unknown", word=_l("Không rõ"), tone="unknown"),
}

# The rest of the conference's life is told by its steps; these are what the halves store and show.
CONFERENCE_STATES: dict[str, Look] = {
    "draft": Look(icon="pencil", word=_l("Nháp")),
    "held": Look(icon="clock", word=_l("Giữ chỗ"), tone="hold"),
    "lapsed": Look(icon="clock-x", word=_l("Hết hạn giữ chỗ"), tone="quiet"),
    "pending": Look(icon="hourglass", word=_l("Chờ duyệt"), tone="pending"),
    "approved": Look(icon="check", word=_l("Đã duyệt"), tone="low"),
    "confirmed": Look(icon="mail", word=_l("Đã mời"), tone="low"),
    "rehearsal": Look(icon="activity", word=_l("Chạy thử"), tone="low"),
    "ready": Look(icon="circle-check", word=_l("Sẵn sàng"), tone="normal"),
    "in_session": Look(icon="broadcast", word=_l("Đang họp"), tone="live"),
    "ended": Look(icon="square-check", word=_l("Kết thúc"), tone="quiet"),
    "concluded": Look(icon="file-check", word=_l("Đã kết luận"), tone="quiet"),
    "archived": Look(icon="archive", word=_l("Lưu trữ"), tone="quiet"),
    "postponed": Look(icon="player-pause", word=_l("Hoãn")),
    "cancelled": Look(icon="x", word=_l("Hủy"), struck=True),
    "displaced": Look(icon="arrow-up-right", word=_l("Nhường chỗ"), tone="high"),
}

SITE_STATES: dict[str, Look] = {
    "needs_action": Look(icon="mail", word=_l("Chưa trả lời"), tone="pending"),
    "accepted": Look(icon="check", word=_l("Xác nhận"), tone="normal"),
    "tentative": Look(icon="hourglass", word=_l("Chưa chắc"), tone="hold"),
    "declined": Look(icon="x", word=_l("Từ chối")),
    "test_passed": Look(icon="circle-check", word=_l("Thử đạt"), tone="normal"),
    "ready": Look(icon="circle-check-filled", word=_l("Sẵn sàng"), tone="normal"),
    "audio_only": Look(icon="headphones", word=_l("Chỉ âm thanh"), tone="low"),
    "test_failed": Look(icon="alert-triangle", word=_l("Thử không đạt"), tone="high"),
    "joined": Look(icon="video", word=_l("Đã vào"), tone="normal"),
    "dropped": Look(icon="plug-x", word=_l("Rớt"), tone="high"),
    "left": Look(icon="door-exit", word=_l("Rời")),
    "power_out": Look(icon="bolt-off", word=_l("Mất điện"), tone="critical"),
    "line_out": Look(icon="wifi-off", word=_l("Mất đường truyền"), tone="high"),
    "unknown": Look(icon="circle-dashed", word=_l("Không rõ"), tone="unknown"),
}

# ISA-18.2 names, as smartcity stores them.
ALERT_STATES: dict[str, Look] = {
    "unack": Look(icon="bell-ringing", word=_l("Chưa tiếp nhận"), tone="critical"),
    "acked": Look(icon="check", word=_l("Đã tiếp nhận"), tone="low"),
    "rtnun": Look(icon="arrow-back-up", word=_l("Đã hết, chưa tiếp nhận"), tone="hold"),
    "norm": Look(icon="circle-check", word=_l("Bình thường"), tone="normal"),
    "shlvd": Look(icon="bell-off", word=_l("Tạm gác"), tone="hold"),
    "closed": Look(icon="square-check", word=_l("Đã đóng"), tone="quiet"),
}

DEVICE_STATES: dict[str, Look] = {
    "online": Look(icon="circle-check", word=_l("Hoạt động"), tone="normal"),
    "offline": Look(icon="plug-x", word=_l("Mất kết nối"), tone="high"),
    "silent": Look(icon="circle-dashed", word=_l("Im lặng"), tone="unknown"),
    "quarantined": Look(icon="lock", word=_l("Chờ nhận diện"), tone="hold"),
    "retired": Look(icon="archive", word=_l("Ngừng dùng"), tone="quiet"),
    "unknown": Look(icon="circle-dashed", word=_l("Không rõ"), tone="unknown"),
}

STATES: dict[str, dict[str, Look]] = {
    "conference": CONFERENCE_STATES,
    "site": SITE_STATES,
    "alert": ALERT_STATES,
    "device": DEVICE_STATES,
}


def severity_look(level: str) -> Look:
    """Give the look of a severity; a level nobody knows is shown as unknown, never as good."""
    return SEVERITIES.get(level, SEVERITIES["unknown"])


def state_look(kind: str, state: str) -> Look:
    """Give the look of a state of a conference, site, alert or device; unknown words show as is."""
    key = state.lower().replace("-", "_")
    return STATES[kind].get(key, Look(icon="circle-dashed", word=state, tone="unknown"))
