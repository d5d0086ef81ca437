"""Demo data: one bridge, four rooms, 160 sites, and an ordinary fortnight of conferences."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from conferencing.availability.queries import check_availability
from conferencing.booking.plan import Plan, check_request
from conferencing.booking.requests import AttendeeRequest, BookingRequest
from conferencing.booking.services import question_of, write_plan
from conferencing.holds import services as holds
from conferencing.models import (
    Bridge,
    Conference,
    ConferenceChange,
    Room,
    Site,
    SiteGroup,
    SiteGroupMember,
)
from conferencing.revisions import refresh_fragment
from hub.access.actor import Actor, Scope, actor_of
from hub.access.capabilities import CAPABILITIES
from hub.access.models import OrgUnit
from hub.accounts.services import find_user
from hub.clock import local, now
from hub.orgunits.queries import current_units
from hub.text import fold

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


SEED: Final = 2020
BRIDGE: Final = "MCU-01"
ROOMS: Final = (
    ("PH-01", "Phòng họp số 1", 200),
    ("PH-02", "Phòng họp số 2", 60),
    ("PH-03", "Phòng họp số 3", 40),
    ("PH-04", "Phòng họp số 4", 200),
)
# Two mountain communes behind a satellite line, as they were in 2020.
THIN_LINES: Final = {"19147": 64, "19192": 64}
RIVERSIDE: Final = ("19249", "19252", "19255", "19258", "19261", "19264")
SURNAMES: Final = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Võ", "Đặng", "Đinh", "Cao")
MIDDLE: Final = ("Văn", "Thị", "Hữu", "Quốc", "Minh", "Thanh", "Đức", "Ngọc")
GIVEN: Final = (
    "Hùng", "Hương", "Dũng", "Lan", "Tuấn", "Thủy", "Sơn", "Nga", "Bình", "Hạnh", "Quang", "Yến",
)  # fmt: skip
ATTENDEES: Final = (
    AttendeeRequest("vanphong@quangbinh.example", "Văn phòng UBND tỉnh"),
    AttendeeRequest("so.tttt@quangbinh.example", "Sở Thông tin và Truyền thông"),
    AttendeeRequest("so.nnptnt@quangbinh.example", "Sở Nông nghiệp và PTNT", "OPT-PARTICIPANT"),
)
SHIFT: Final = timedelta(minutes=30)
EVENING: Final = 19


def seed(session: Session) -> None:
    """Load what is missing; units must be loaded first. Mails nobody."""
    units = current_units(session)
    province = next((unit for unit in units if unit.parent_id is None), None)
    if province is None:
        return
    if session.scalar(select(Site.id).limit(1)) is None:
        _seed_rooms(session, province)
        sites = _seed_sites(session, units)
        _seed_groups(session, province, sites)
    if session.scalar(select(Conference.id).limit(1)) is None:
        _Season(session, _secretary(session, province)).hold_all()


def _seed_rooms(session: Session, province: OrgUnit) -> None:
    bridge = Bridge(code=BRIDGE, name="MCU trung tâm", ports=200, unit=province)
    session.add(bridge)
    for code, name, capacity in ROOMS:
        session.add(
            Room(
                code=code,
                name=name,
                name_fold=fold(name),
                unit=province,
                bridge=bridge,
                capacity=capacity,
                dial_in=f"{code.lower()}@mcu.quangbinh.example",
                join_url=f"https://hop.quangbinh.example/{code.lower()}",
            )
        )
    session.flush()


def _seed_sites(session: Session, units: list[OrgUnit]) -> list[Site]:
    random = Random(SEED)  # noqa: S311 - invented names, no secret
    sites = [_site(unit, number, random) for number, unit in enumerate(units, start=1)]
    session.add_all(sites)
    session.flush()
    return sites


def _site(unit: OrgUnit, number: int, random: Random) -> Site:
    name = unit.name if unit.level == "commune" else f"UBND {unit.name[0].lower()}{unit.name[1:]}"
    person = " ".join((random.choice(SURNAMES), random.choice(MIDDLE), random.choice(GIVEN)))
    seats = {"province": 120, "district": 60}.get(unit.level, random.choice((20, 25, 30, 40)))
    line = {"province": 100_000, "district": 20_000}.get(unit.level, random.choice((4_000, 8_000)))
    return Site(
        code=f"DC-{unit.code}",
        name=name,
        name_fold=fold(name),
        unit=unit,
        seats=seats,
        email=f"diemcau.{unit.code}@quangbinh.example",
        technician_name=person,
        technician_phone=f"0900 000 {number:03d}",
        carrier=random.choice(("VNPT", "VNPT", "Viettel")),
        line_kbps=THIN_LINES.get(unit.code, line),
        note="Đường truyền vệ tinh, chỉ đủ tiếng" if unit.code in THIN_LINES else "",
    )


def _seed_groups(session: Session, province: OrgUnit, sites: list[Site]) -> None:
    upper = [site for site in sites if site.unit.level in ("province", "district")]
    riverside = [site for site in sites if site.unit.code in RIVERSIDE]
    for name, members in (("Giao ban 8 huyện", upper), (STORM, [*upper, *riverside])):
        group = SiteGroup(name=name, unit_id=province.id)
        group.members = [SiteGroupMember(site_id=site.id, site=site) for site in members]
        session.add(group)
    session.flush()


def _secretary(session: Session, province: OrgUnit) -> Actor:
    user = find_user(session, "thuky")
    if user is not None:
        return actor_of(user)
    scope = Scope((province.path,))
    held = CAPABILITIES["secretary"]
    return Actor(
        user_id=None,
        name="Văn phòng UBND tỉnh",
        username="thuky",
        roles=frozenset({"secretary"}),
        capabilities=held,
        scope=scope,
        scopes=dict.fromkeys(held, scope),
        home_unit_id=province.id,
        home_unit_name=province.name,
    )


class _Season:
    """Writes the conferences, each where room and sites are free, with plausible answers."""

    def __init__(self, session: Session, actor: Actor) -> None:
        self.session = session
        self.actor = actor
        self.random = Random(SEED)  # noqa: S311 - answers of a demo
        query = select(Site).options(joinedload(Site.unit)).order_by(Site.id)
        self.sites = list(session.scalars(query))
        groups = session.scalars(select(SiteGroup))
        self.groups = {g.name: [member.site for member in g.members] for g in groups}

    def hold_all(self) -> None:
        # Today's keep their hours; whatever of the week is in their way gives half an hour.
        for demo in sorted(CONFERENCES, key=lambda demo: not demo.from_today):
            self._hold(demo)
        self.session.flush()

    def _hold(self, demo: DemoConference) -> None:
        plan = self._free_plan(demo)
        if plan is None:
            return
        conference = write_plan(self.session, self.actor, plan)
        booked_at = min(now(), conference.starts_at) - timedelta(days=4)
        conference.created_at = conference.updated_at = booked_at
        self._answer(conference)
        if demo.is_cancelled:
            conference.status, conference.sequence, conference.revision = "CANCELLED", 1, 1
            for occurrence in conference.occurrences:
                occurrence.status = "CANCELLED"
        _note_clock(conference)
        refresh_fragment(conference)
        holds.take(self.session, conference, conference.occurrences)
        self._note(conference, booked_at)

    def _free_plan(self, demo: DemoConference) -> Plan | None:
        sites = self._who(demo.who)
        for start in _starts(demo):
            for code in _rooms_for(len(sites)):
                request = self._request(demo, code, sites, start)
                plan = check_request(self.session, self.actor, request, may_be_past=True)
                if check_availability(self.session, question_of(plan)).is_free:
                    return plan
        return None

    def _who(self, who: str) -> list[Site]:
        if who == EVERYBODY:
            return self.sites
        if who == HEADQUARTERS:
            return [site for site in self.sites if site.unit.level != "commune"]
        if who in self.groups:
            return self.groups[who]
        district = next(s.unit for s in self.sites if s.unit.code == who)
        return [site for site in self.sites if site.unit.path.startswith(district.path)]

    def _request(
        self, demo: DemoConference, room_code: str, sites: list[Site], start: datetime
    ) -> BookingRequest:
        left_out = demo.without_week
        return BookingRequest(
            title=demo.title,
            type=demo.kind,
            priority=demo.priority,
            room_code=room_code,
            starts_at=start,
            ends_at=start + timedelta(minutes=demo.minutes),
            site_codes=tuple(site.code for site in sites),
            attendees=ATTENDEES if demo.who in (EVERYBODY, HEADQUARTERS, STORM) else (),
            rrule=demo.rrule,
            exdates=() if left_out is None else (start + timedelta(weeks=left_out),),
            agenda=demo.agenda,
            reason=demo.reason,
            chair=demo.chair,
            host_unit_id=min(sites, key=lambda site: site.unit.depth).unit_id,
        )

    def _answer(self, conference: Conference) -> None:
        hours = (conference.starts_at - now()).total_seconds() / 3600
        willing = 0.95 if hours < 0 else 0.8 if hours < 30 else 0.45
        for row in conference.sites:
            chance = self.random.random()
            if chance > willing:
                continue
            row.partstat = "DECLINED" if chance < 0.02 else "ACCEPTED"
            row.headcount = None if row.partstat == "DECLINED" else self.random.randint(3, 24)
            row.answered_at = conference.created_at + timedelta(hours=self.random.randint(1, 60))
            row.answered_by = row.technician_name
        for person in conference.attendees:
            if self.random.random() < willing:
                person.partstat, person.answered_at = "ACCEPTED", conference.created_at

    def _note(self, conference: Conference, at: datetime) -> None:
        verbs = ["booked", *(["cancelled"] if conference.status == "CANCELLED" else [])]
        for number, verb in enumerate(verbs):
            self.session.add(
                ConferenceChange(
                    conference_id=conference.id,
                    at=at + timedelta(days=number),
                    actor_name=self.actor.name,
                    verb=verb,
                    sequence=number,
                    detail={"sites": len(conference.sites)},
                )
            )


def _rooms_for(count: int) -> list[str]:
    """Return the rooms that are large enough, the smallest first."""
    fitting = [room for room in ROOMS if room[2] >= count]
    return [code for code, _name, _capacity in sorted(fitting, key=lambda room: room[2])]


def _starts(demo: DemoConference) -> Iterator[datetime]:
    """Yield the planned start, then later ones of that day until evening, then the next days'."""
    planned = _start(demo)
    for day in range(5):
        start = planned + timedelta(days=day)
        while (start + timedelta(minutes=demo.minutes)).hour < EVENING:
            yield start
            start += SHIFT


def _start(demo: DemoConference) -> datetime:
    today = local(now()).replace(hour=0, minute=0, second=0, microsecond=0)
    base = today if demo.from_today else today - timedelta(days=today.weekday())
    hours, minutes = demo.at.split(":")
    return base + timedelta(days=demo.day, hours=int(hours), minutes=int(minutes))


def _note_clock(conference: Conference) -> None:
    for occurrence in conference.occurrences:
        if occurrence.status == "CANCELLED":
            continue
        if occurrence.starts_at <= now():
            occurrence.started_at = occurrence.starts_at
        if occurrence.ends_at <= now():
            occurrence.ended_at = occurrence.ends_at
