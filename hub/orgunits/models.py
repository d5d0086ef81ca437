"""Tiers, and what became of units. Tiers are data: no column anywhere says "district"."""

from datetime import date

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base

LEVELS = ("province", "district", "commune", "office")


class UnitSuccession(Base):
    """One unit of the old set and the unit that took it over, by decree on a date."""

    __tablename__ = "hub_unit_succession"
    __table_args__ = (UniqueConstraint("old_unit_id", "new_unit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    old_unit_id: Mapped[int] = mapped_column(ForeignKey("hub_org_unit.id"))
    new_unit_id: Mapped[int] = mapped_column(ForeignKey("hub_org_unit.id"))
    kind: Mapped[str] = mapped_column(String(20))  # merge, rename, keep, abolish
    effective_on: Mapped[date]
