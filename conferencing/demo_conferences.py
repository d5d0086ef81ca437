"""The conferences of the demo: an ordinary fortnight of a province, all of it invented."""

from dataclasses import dataclass
from typing import Final

HEADQUARTERS: Final = "districts"
EVERYBODY: Final = "all"


@dataclass(frozen=True, slots=True)
class DemoConference:
    """A conference as a secretary would plan it.

    ``day`` counts from the Monday of this week, or from today when ``from_today`` is set. ``who``
    is ``all``, ``districts``, a group's name, or a district's code for it and its communes.
    """

    day: int
    at: str
    minutes: int
    title: str
    who: str
    kind: str = "regular"
    priority: int | None = None
    chair: str = ""
    agenda: str = ""
    reason: str = ""
    rrule: str = ""
    without_week: int | None = None
    from_today: bool = False
    is_cancelled: bool = False


BRIEFING_AGENDA: Final = (
    "1. Kết quả công tác tuần, kế hoạch tuần tới\n"
    "2. Tiến độ giải ngân vốn đầu tư công\n"
    "3. Công tác phòng, chống thiên tai\n"
    "4. Kết luận của chủ trì"
)
STORM_AGENDA: Final = (
    "1. Diễn biến mưa lũ, mực nước các sông\n"
    "2. Phương án sơ tán, lực lượng, phương tiện\n"
    "3. Vật tư, lương thực dự trữ\n"
    "4. Phân công trực"
)
VICE: Final = "Phó Chủ tịch UBND tỉnh Nguyễn Hữu Phước"
CHAIR: Final = "Chủ tịch UBND tỉnh Trần Đình Khoa"
STORM: Final = "Ban Chỉ huy PCTT"

CONFERENCES: Final = (
    DemoConference(-7, "07:30", 60, "Giao ban công tác tuần UBND tỉnh với các huyện",
                   HEADQUARTERS, priority=2, chair=CHAIR, agenda=BRIEFING_AGENDA,
                   rrule="FREQ=WEEKLY;COUNT=8", without_week=3),
    DemoConference(-7, "14:00", 120, "Rà soát phương án ứng phó mưa lũ năm nay", STORM,
                   "unplanned", 2, VICE, STORM_AGENDA, "Dự báo mưa lớn diện rộng"),
    DemoConference(-6, "08:00", 90, "UBND huyện Lệ Thủy giao ban với các xã, thị trấn", "457",
                   chair="Chủ tịch UBND huyện Đặng Văn Lộc"),
    DemoConference(-6, "08:00", 90, "UBND huyện Bố Trạch giao ban với các xã, thị trấn", "455"),
    DemoConference(-6, "14:00", 150, "Tập huấn phần mềm một cửa điện tử cho công chức cấp xã",
                   EVERYBODY, "training"),
    DemoConference(-5, "08:00", 180, "Hội nghị toàn tỉnh sơ kết chuyển đổi số cấp xã",
                   EVERYBODY, priority=2, chair=CHAIR,
                   agenda="1. Báo cáo sơ kết\n2. Tham luận của các huyện\n3. Kết luận"),
    DemoConference(-4, "09:00", 60, "Kiểm tra đường truyền các điểm cầu huyện Minh Hóa", "452",
                   "test"),
    DemoConference(-4, "14:00", 90, "Họp đột xuất về sạt lở quốc lộ 12A", "452", "unplanned", 2,
                   VICE, reason="Sạt lở gây chia cắt giao thông"),
    DemoConference(-3, "08:00", 120, "Giải phóng mặt bằng tuyến đường ven biển", HEADQUARTERS,
                   chair=VICE),
    DemoConference(1, "08:00", 120, "Giải ngân vốn đầu tư công quý IV", HEADQUARTERS,
                   priority=2, chair=CHAIR),
    DemoConference(1, "09:00", 90, "UBND huyện Quảng Ninh giao ban với các xã, thị trấn", "456"),
    DemoConference(2, "08:00", 90, "UBND thị xã Ba Đồn giao ban với các phường, xã", "458"),
    DemoConference(2, "14:00", 120, "Trực báo công tác phòng, chống dịch bệnh gia súc",
                   HEADQUARTERS, "unplanned", 3, VICE, reason="Dịch tả lợn châu Phi tái phát"),
    DemoConference(3, "08:00", 150, "Hội nghị trực tuyến Chính phủ với các địa phương",
                   HEADQUARTERS, priority=1, chair=CHAIR),
    DemoConference(3, "14:00", 60, "Chạy thử điểm cầu các xã huyện Tuyên Hóa", "453", "test"),
    DemoConference(0, "08:00", 90, "Giao ban trực tuyến phòng, chống thiên tai", STORM,
                   "unplanned", 2, VICE, STORM_AGENDA, "Mưa lớn trên sông Kiến Giang",
                   from_today=True),
    DemoConference(0, "10:00", 60, "Thống nhất phương án vận hành hồ chứa", HEADQUARTERS,
                   chair=VICE, from_today=True),
    DemoConference(0, "14:00", 120, "Triển khai kế hoạch tiêm chủng vụ đông", EVERYBODY,
                   chair="Phó Giám đốc Sở Y tế Lê Thị Bích Thủy", from_today=True),
    DemoConference(0, "15:30", 60, "Tổ công tác chuyển đổi số huyện Lệ Thủy", "457",
                   from_today=True),
    DemoConference(1, "14:00", 90, "Diễn tập phương án liên lạc khi mất điện diện rộng", STORM,
                   "test", from_today=True),
    DemoConference(7, "14:00", 180, "Tập huấn cán bộ kỹ thuật điểm cầu, đợt 1", EVERYBODY,
                   "training", agenda="1. Quy trình kiểm tra đường truyền\n2. Thực hành"),
    DemoConference(8, "08:00", 240, "Hội nghị tổng kết năm, triển khai nhiệm vụ năm tới",
                   EVERYBODY, priority=2, chair=CHAIR),
    DemoConference(8, "14:00", 90, "UBND huyện Lệ Thủy giao ban với các xã, thị trấn", "457"),
    DemoConference(9, "08:00", 120, "Thẩm định danh mục dự án hạ tầng số", HEADQUARTERS),
    DemoConference(9, "14:00", 90, "Tiếp xúc cử tri trực tuyến thành phố Đồng Hới", "450",
                   is_cancelled=True),
    DemoConference(10, "08:00", 120, "Sơ kết phong trào dân vận khéo", HEADQUARTERS,
                   chair="Trưởng ban Phạm Thị Hồng Vân"),
    DemoConference(11, "14:00", 60, "Kiểm tra đường truyền trước hội nghị toàn tỉnh", EVERYBODY,
                   "test"),
)  # fmt: skip
