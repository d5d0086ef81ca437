"""What every right is decided from: units, people, and the roles people hold at units.

They lie below the subjects ``accounts`` and ``orgunits``, which change them, because whoever asks
"may they?" reads all three.
"""

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.db import Base
from hub.versions import Versioned


class OrgUnit(Versioned, Base):
    """A province, district, commune or office, as it was from ``valid_from`` on.

    Codes were reused with a new meaning in 2025, so the key is (code, level, valid_from).
    ``path`` lists the ids from the root ("/1/7/55/") and makes a subtree one prefix search.
    """

    __tablename__ = "hub_org_unit"
    __table_args__ = (
        UniqueConstraint("code", "level", "valid_from"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="valid_range"),
        Index("ix_hub_org_unit_path", "path", postgresql_ops={"path": "varchar_pattern_ops"}),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), index=True)
    level: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(120))
    name_fold: Mapped[str] = mapped_column(String(120), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("hub_org_unit.id"))
    path: Mapped[str] = mapped_column(String(200), default="/")
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    decree: Mapped[str] = mapped_column(String(120), default="")

    parent: Mapped["OrgUnit | None"] = relationship(remote_side=[id])

    @property
    def depth(self) -> int:
        """Number of units above this one."""
        return self.path.count("/") - 2


class User(Versioned, Base):
    """A person with an account. ``username`` is folded to lower case."""

    uncounted: ClassVar = frozenset({"last_login_at", "password_hash", "locale", "theme", "roles"})

    __tablename__ = "hub_user"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(60), unique=True)
    full_name: Mapped[str] = mapped_column(String(120))
    name_fold: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(30), default="")
    title: Mapped[str] = mapped_column(String(120), default="")
    password_hash: Mapped[str] = mapped_column(String(200))
    locale: Mapped[str] = mapped_column(String(5), default="vi")
    theme: Mapped[str] = mapped_column(String(10), default="light")
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    last_login_at: Mapped[datetime | None]

    roles: Mapped[list["UserRole"]] = relationship(
        back_populates="user", cascade="all, delete-orphan", lazy="selectin"
    )


class UserRole(Base):
    """A role held at a unit; it covers the unit's whole subtree."""

    __tablename__ = "hub_user_role"
    __table_args__ = (UniqueConstraint("user_id", "role", "unit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("hub_user.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(String(20))
    unit_id: Mapped[int] = mapped_column(ForeignKey("hub_org_unit.id"), index=True)

    user: Mapped[User] = relationship(back_populates="roles")
    unit: Mapped[OrgUnit] = relationship(lazy="joined")
