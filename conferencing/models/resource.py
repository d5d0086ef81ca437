"""What a conference occupies: virtual rooms and sites (held whole), bridges (held by port)."""

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.access.models import OrgUnit
from hub.db import Base
from hub.versions import Versioned


class Bridge(Versioned, Base):
    """A multipoint control unit (MCU) with a number of ports."""

    __tablename__ = "conferencing_bridge"
    __table_args__ = (CheckConstraint("ports > 0", name="ports_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    ports: Mapped[int]
    unit_id: Mapped[int] = mapped_column(ForeignKey("hub_org_unit.id"))
    is_active: Mapped[bool] = mapped_column(default=True)

    unit: Mapped[OrgUnit] = relationship()


class Resource(Versioned, Base):
    """Anything one conference holds exclusively; the parent row of a room or a site."""

    __tablename__ = "conferencing_resource"
    __mapper_args__ = {
        "polymorphic_on": "kind",
        "polymorphic_identity": "resource",
    }

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    name_fold: Mapped[str] = mapped_column(String(160), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("hub_org_unit.id"), index=True)
    is_active: Mapped[bool] = mapped_column(default=True)
    unit: Mapped[OrgUnit] = relationship()


class Room(Resource):
    """A virtual room on a bridge; ``capacity`` is the number of sites it can join."""

    __tablename__ = "conferencing_room"
    __mapper_args__ = {"polymorphic_identity": "room"}

    id: Mapped[int] = mapped_column(ForeignKey("conferencing_resource.id"), primary_key=True)
    bridge_id: Mapped[int] = mapped_column(ForeignKey("conferencing_bridge.id"))
    capacity: Mapped[int]
    dial_in: Mapped[str] = mapped_column(String(120), default="")
    join_url: Mapped[str] = mapped_column(String(300), default="")
    buffer_minutes: Mapped[int] = mapped_column(default=0)

    bridge: Mapped[Bridge] = relationship(lazy="joined")


class Site(Resource):
    """A conference site (điểm cầu): premises of a unit with seats, a line and a technician."""

    __tablename__ = "conferencing_site"
    __mapper_args__ = {"polymorphic_identity": "site"}

    id: Mapped[int] = mapped_column(ForeignKey("conferencing_resource.id"), primary_key=True)
    seats: Mapped[int] = mapped_column(default=20)
    email: Mapped[str] = mapped_column(String(200), default="")
    technician_name: Mapped[str] = mapped_column(String(120), default="")
    technician_phone: Mapped[str] = mapped_column(String(30), default="")
    carrier: Mapped[str] = mapped_column(String(40), default="")
    line_kbps: Mapped[int | None]
    readiness: Mapped[str] = mapped_column(String(20), default="in_service")
    note: Mapped[str] = mapped_column(String(300), default="")
