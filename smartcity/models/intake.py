"""What could not be taken in as it came: unknown devices, unreadable messages; and the slots."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, BigId


class QuarantinedDevice(Base):
    """A device id we do not know, or know under another unit; counted until approved."""

    __tablename__ = "smartcity_quarantined_device"
    __table_args__ = (UniqueConstraint("unit_code", "device_code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_code: Mapped[str] = mapped_column(String(40))
    device_code: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(String(60))
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    message_count: Mapped[int] = mapped_column(default=0)
    decided: Mapped[str] = mapped_column(String(10), default="")  # "", approved, rejected
    decided_by: Mapped[str] = mapped_column(String(120), default="")
    decided_at: Mapped[datetime | None]


class QuarantinedMessage(Base):
    """The newest messages of a quarantined device, kept to be replayed after approval."""

    __tablename__ = "smartcity_quarantined_message"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    quarantined_device_id: Mapped[int] = mapped_column(
        ForeignKey("smartcity_quarantined_device.id", ondelete="CASCADE"), index=True
    )
    topic: Mapped[str] = mapped_column(String(300))
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    received_at: Mapped[datetime]


class DeadLetter(Base):
    """A message we could not read or store, with the reason; replayable."""

    __tablename__ = "smartcity_dead_letter"
    __table_args__ = (Index("ix_smartcity_dead_letter_state", "state", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    topic: Mapped[str] = mapped_column(String(300))
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    payload_size: Mapped[int]
    reason: Mapped[str] = mapped_column(String(300))
    unit_code: Mapped[str] = mapped_column(String(40), default="")
    device_code: Mapped[str] = mapped_column(String(80), default="")
    received_at: Mapped[datetime] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(String(10), default="open")  # open, replayed, dropped
    replayed_at: Mapped[datetime | None]


class IngestSlot(Base):
    """The heartbeat of one ingest process; health and the live view read it."""

    __tablename__ = "smartcity_ingest_slot"

    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    heartbeat_at: Mapped[datetime]
    broker_state: Mapped[str] = mapped_column(String(20), default="connecting")
    broker_kind: Mapped[str] = mapped_column(String(20), default="")
    message_count: Mapped[int] = mapped_column(BigId, default=0)
    last_message_at: Mapped[datetime | None]
    pid: Mapped[int] = mapped_column(default=0)
