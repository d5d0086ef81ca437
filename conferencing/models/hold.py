"""Holds: one row per resource and occurrence. The database refuses two that overlap.

PostgreSQL has an exclusion constraint, SQLite has triggers; both are in the migration and
both surface as :class:`hub.errors.Conflict` through ``conferencing.holds.refusals``.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base


class Hold(Base):
    """A resource taken from ``starts_at`` to ``ends_at`` (half-open, buffers folded in)."""

    __tablename__ = "conferencing_hold"
    __table_args__ = (
        UniqueConstraint("occurrence_id", "resource_id"),
        CheckConstraint("starts_at < ends_at", name="time_order"),
        CheckConstraint("state IN ('held','confirmed','released')", name="state_known"),
        Index("ix_conferencing_hold_resource_time", "resource_id", "starts_at", "ends_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    occurrence_id: Mapped[int] = mapped_column(
        ForeignKey("conferencing_occurrence.id", ondelete="CASCADE"), index=True
    )
    resource_id: Mapped[int] = mapped_column(ForeignKey("conferencing_resource.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), default="confirmed")
    expires_at: Mapped[datetime | None]


class PortUse(Base):
    """Ports of a bridge taken by one occurrence; the sum is guarded under the bridge's lock."""

    __tablename__ = "conferencing_port_use"
    __table_args__ = (
        UniqueConstraint("occurrence_id"),
        CheckConstraint("starts_at < ends_at", name="time_order"),
        CheckConstraint("ports > 0", name="ports_positive"),
        Index("ix_conferencing_port_use_bridge_time", "bridge_id", "starts_at", "ends_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    occurrence_id: Mapped[int] = mapped_column(
        ForeignKey("conferencing_occurrence.id", ondelete="CASCADE")
    )
    bridge_id: Mapped[int] = mapped_column(ForeignKey("conferencing_bridge.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    ports: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="confirmed")
