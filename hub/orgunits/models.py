"""Units and what became of them. Tiers are data: no column anywhere says "district"."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.db import Base

LEVELS = ("province", "district", "commune", "office")


class OrgUnit(Base):
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


class UnitSuccession(Base):
    """One unit of the old set and the unit that took it over, by decree on a date."""

    __tablename__ = "hub_unit_succession"
    __table_args__ = (UniqueConstraint("old_unit_id", "new_unit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    old_unit_id: Mapped[int] = mapped_column(ForeignKey("hub_org_unit.id"))
    new_unit_id: Mapped[int] = mapped_column(ForeignKey("hub_org_unit.id"))
    kind: Mapped[str] = mapped_column(String(20))  # merge, rename, keep, abolish
    effective_on: Mapped[date]
