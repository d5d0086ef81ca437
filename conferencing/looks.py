"""How the states of a conference and of an invited site look."""

from typing import Final

from flask_babel import lazy_gettext as _l

from hub.ui.states import Look

# The rest of a conference's life is told by its steps; these are what is stored and shown.
CONFERENCE_STATES: Final[dict[str, Look]] = {
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

SITE_STATES: Final[dict[str, Look]] = {
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
    "unknown": Look(icon="circle-dashed", word=_l("Không rõ"), tone="unknown"),
}
