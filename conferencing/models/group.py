"""Saved selections of sites ("Giao ban 8 huyện")."""

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from conferencing.models.resource import Site
from hub.db import Base
from hub.versions import Versioned


class SiteGroup(Versioned, Base):
    """A named set of sites, owned by a unit and usable by everyone inside it."""

    __tablename__ = "conferencing_site_group"
    __table_args__ = (UniqueConstraint("unit_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    unit_id: Mapped[int] = mapped_column(ForeignKey("hub_org_unit.id"))
    members: Mapped[list["SiteGroupMember"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin"
    )


class SiteGroupMember(Base):
    """One site in a group."""

    __tablename__ = "conferencing_site_group_member"

    group_id: Mapped[int] = mapped_column(
        ForeignKey("conferencing_site_group.id", ondelete="CASCADE"), primary_key=True
    )
    site_id: Mapped[int] = mapped_column(ForeignKey("conferencing_site.id"), primary_key=True)
    site: Mapped[Site] = relationship()
