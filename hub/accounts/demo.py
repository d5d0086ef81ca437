"""The people of the demo. All of them, and their password, are printed when the demo starts."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from hub.accounts.services import add_user, find_user, grant_role
from hub.orgunits.queries import unit_by_code

PASSWORD = "nhipcau-2020"  # noqa: S105 - of the demo alone, shown to whoever starts it
PROVINCE = "44"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account of the demo: who, with which roles, at which unit."""

    username: str
    full_name: str
    title: str
    roles: tuple[str, ...]
    unit_code: str = PROVINCE
    phone: str = ""


ACCOUNTS = (
    DemoAccount(
        "thuky",
        "Trần Thị Minh Hằng",
        "Thư ký, Văn phòng UBND tỉnh",
        ("secretary",),
        phone="0900 000 301",
    ),
    DemoAccount("tructhe", "Đặng Quốc Bảo", "Trực ban, Trung tâm giám sát", ("operator",)),
    DemoAccount("lanhdao", "Trần Đình Khoa", "Lãnh đạo UBND tỉnh", ("leader",)),
    DemoAccount("kythuat", "Phan Văn Dũng", "Kỹ thuật viên, Trung tâm CNTT", ("technician",)),
    DemoAccount("quantri", "Hoàng Thị Thanh Nga", "Quản trị hệ thống", ("admin",)),
    DemoAccount("lethuy", "Lê Thị Thu Hà", "Văn thư huyện Lệ Thủy", ("viewer", "secretary"), "457"),
    DemoAccount("donghoi", "Nguyễn Thị Kim Oanh", "Văn thư thành phố Đồng Hới", ("viewer",), "450"),
)


def seed(session: Session) -> None:
    """Add the accounts that are missing; units must be loaded first."""
    for account in ACCOUNTS:
        unit = unit_by_code(session, account.unit_code)
        if unit is None or find_user(session, account.username):
            continue
        user = add_user(
            session,
            username=account.username,
            full_name=account.full_name,
            password=PASSWORD,
            email=f"{account.username}@quangbinh.example",
            title=account.title,
            phone=account.phone,
        )
        for role in account.roles:
            grant_role(session, user, role, unit)
