"""Devices and their series; the latest value sits on the series row."""

from datetime import datetime
from typing import ClassVar, Final, Literal, get_args

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.access.models import OrgUnit
from hub.db import Base
from hub.versions import PartOfVersioned, Versioned

DeviceKind = Literal[
    "river_gauge", "rain_gauge", "camera", "site_power", "site_line", "air_quality", "other"
]
DEVICE_KINDS: Final[tuple[DeviceKind, ...]] = get_args(DeviceKind)


class Device(Versioned, Base):
    """A sensor or camera with an identity of its own: the third level of its topic.

    ``site_code`` names the conference site whose power or line it watches (no foreign key:
    the halves share codes, not tables). ``status`` is online, offline or unknown.
    """

    __tablename__ = "smartcity_device"
    # What is heard of it is not what people wrote of it.
    uncounted: ClassVar = frozenset({"status", "status_at", "last_seen_at", "updated_at", "series"})

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    name_fold: Mapped[str] = mapped_column(String(160), index=True)
    kind: Mapped[str] = mapped_column(String(20), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("hub_org_unit.id"), index=True)
    site_code: Mapped[str] = mapped_column(String(40), default="", index=True)
    river: Mapped[str] = mapped_column(String(60), default="")
    location_text: Mapped[str] = mapped_column(String(200), default="")
    owner: Mapped[str] = mapped_column(String(120), default="")
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    is_active: Mapped[bool] = mapped_column(default=True)
    expected_interval_s: Mapped[int] = mapped_column(default=600)
    status: Mapped[str] = mapped_column(String(10), default="unknown")
    status_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    unit: Mapped[OrgUnit] = relationship(lazy="joined")
    series: Mapped[list["Series"]] = relationship(back_populates="device", order_by="Series.prop")
    marks: Mapped["AlarmMarks | None"] = relationship(back_populates="device")


class Series(Base):
    """One observed property of a device and its newest accepted value."""

    __tablename__ = "smartcity_series"
    __table_args__ = (UniqueConstraint("device_id", "prop"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(
        ForeignKey("smartcity_device.id", ondelete="CASCADE"), index=True
    )
    prop: Mapped[str] = mapped_column(String(60))
    unit: Mapped[str] = mapped_column(String(20), default="")
    latest_value: Mapped[float | None]
    latest_observed_at: Mapped[datetime | None]
    latest_received_at: Mapped[datetime | None]
    is_drill: Mapped[bool] = mapped_column(default=False)

    device: Mapped[Device] = relationship(back_populates="series")


class AlarmMarks(PartOfVersioned, Base):
    """River alarm levels of a gauging station in metres; NULL means not known, never "none"."""

    __tablename__ = "smartcity_alarm_marks"
    whole: ClassVar = "device"

    device_id: Mapped[int] = mapped_column(
        ForeignKey("smartcity_device.id", ondelete="CASCADE"), primary_key=True
    )
    bd1: Mapped[float | None]
    bd2: Mapped[float | None]
    bd3: Mapped[float | None]
    basis: Mapped[str] = mapped_column(String(300), default="")
    record_note: Mapped[str] = mapped_column(String(200), default="")

    device: Mapped[Device] = relationship(back_populates="marks")
