"""Stored readings and camera detections; both idempotent under redelivery."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, BigId


class Observation(Base):
    """One reading: ``observed_at`` at the device, ``received_at`` at us."""

    __tablename__ = "smartcity_observation"
    __table_args__ = ({"sqlite_with_rowid": False},)

    series_id: Mapped[int] = mapped_column(ForeignKey("smartcity_series.id"), primary_key=True)
    observed_at: Mapped[datetime] = mapped_column(primary_key=True)
    received_at: Mapped[datetime]
    value: Mapped[float]
    is_drill: Mapped[bool] = mapped_column(default=False)


class Detection(Base):
    """What a camera says it saw; metadata and a link to a still, never video."""

    __tablename__ = "smartcity_detection"
    __table_args__ = (
        UniqueConstraint("device_id", "external_id"),
        Index("ix_smartcity_detection_device_time", "device_id", "observed_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("smartcity_device.id"))
    external_id: Mapped[str] = mapped_column(String(120))
    observed_at: Mapped[datetime]
    received_at: Mapped[datetime]
    label: Mapped[str] = mapped_column(String(80))
    score: Mapped[float | None]
    zone: Mapped[str] = mapped_column(String(80), default="")
    snapshot_url: Mapped[str] = mapped_column(String(500), default="")
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    attributes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    is_drill: Mapped[bool] = mapped_column(default=False)
