"""A conference, its dated occurrences, who is invited and what they answered."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from conferencing.models.resource import Room, Site
from hub.access.models import OrgUnit
from hub.db import Base
from hub.versions import PartOfVersioned, Versioned


class Conference(Versioned, Base):
    """The series as asked; one occurrence when it does not recur.

    ``uid`` never changes; ``sequence`` rises with every change of time, place or recurrence
    (RFC 5545 3.8.7.4). ``status`` is the iCalendar STATUS. ``revision`` counts every change.
    ``source_ref`` ("alert:12") says where an emergency conference came from, ``follows`` which
    series it goes on from since that one was changed in its middle.
    """

    __tablename__ = "conferencing_conference"
    # A room that is named anew raises the revision of what is held in it, for the calendars' sake.
    uncounted: ClassVar = frozenset({"revision", "updated_at", "ical_fragment", "changes"})
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="time_order"),
        CheckConstraint("status IN ('TENTATIVE','CONFIRMED','CANCELLED')", name="status_known"),
        # Feeds ask on every poll whether anything changed; an index alone answers.
        Index("ix_conferencing_conference_revision", "revision"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    uid: Mapped[str] = mapped_column(String(120), unique=True)
    sequence: Mapped[int] = mapped_column(default=0)
    revision: Mapped[int] = mapped_column(default=0)
    status: Mapped[str] = mapped_column(String(12), default="CONFIRMED")
    title: Mapped[str] = mapped_column(String(200))
    title_fold: Mapped[str] = mapped_column(String(200), index=True)
    type: Mapped[str] = mapped_column(String(20))
    priority: Mapped[int] = mapped_column(default=3)
    chair: Mapped[str] = mapped_column(String(160), default="")
    agenda: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    room_id: Mapped[int] = mapped_column(ForeignKey("conferencing_room.id"), index=True)
    host_unit_id: Mapped[int] = mapped_column(ForeignKey("hub_org_unit.id"), index=True)
    organizer_id: Mapped[int | None] = mapped_column(ForeignKey("hub_user.id", ondelete="SET NULL"))
    organizer_name: Mapped[str] = mapped_column(String(120))
    organizer_email: Mapped[str] = mapped_column(String(200))
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    rrule: Mapped[str] = mapped_column(String(300), default="")
    source_ref: Mapped[str] = mapped_column(String(60), default="", index=True)
    follows_id: Mapped[int | None] = mapped_column(
        ForeignKey("conferencing_conference.id"), index=True
    )
    is_drill: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    # The feed fragment of this revision, as bytes, so that a feed only joins them.
    ical_fragment: Mapped[bytes | None] = mapped_column(LargeBinary)

    room: Mapped[Room] = relationship()
    host_unit: Mapped[OrgUnit] = relationship()
    follows: Mapped["Conference | None"] = relationship(
        remote_side="Conference.id", back_populates="continued_by"
    )
    continued_by: Mapped["Conference | None"] = relationship(
        back_populates="follows", uselist=False
    )
    occurrences: Mapped[list["Occurrence"]] = relationship(
        back_populates="conference", order_by="Occurrence.starts_at", cascade="all, delete-orphan"
    )
    sites: Mapped[list["ConferenceSite"]] = relationship(
        back_populates="conference", cascade="all, delete-orphan"
    )
    attendees: Mapped[list["Attendee"]] = relationship(
        back_populates="conference", order_by="Attendee.id", cascade="all, delete-orphan"
    )
    changes: Mapped[list["ConferenceChange"]] = relationship(
        back_populates="conference", order_by="ConferenceChange.id"
    )


class Occurrence(PartOfVersioned, Base):
    """One dated instance: the only thing that can clash.

    ``recurrence_id`` is the start the rule gave it and stays when the occurrence is moved.
    """

    __tablename__ = "conferencing_occurrence"
    whole: ClassVar = "conference"
    uncounted: ClassVar = frozenset({"sequence", "started_at", "ended_at"})
    __table_args__ = (
        UniqueConstraint("conference_id", "recurrence_id"),
        CheckConstraint("starts_at < ends_at", name="time_order"),
        Index("ix_conferencing_occurrence_time", "starts_at", "ends_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(
        ForeignKey("conferencing_conference.id", ondelete="CASCADE"), index=True
    )
    recurrence_id: Mapped[datetime]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(12), default="CONFIRMED")
    sequence: Mapped[int] = mapped_column(default=0)
    is_moved: Mapped[bool] = mapped_column(default=False)
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    conference: Mapped[Conference] = relationship(back_populates="occurrences")


class ConferenceSite(PartOfVersioned, Base):
    """A site taking part, its answer, and the secret of its answer link (hash only)."""

    __tablename__ = "conferencing_conference_site"
    whole: ClassVar = "conference"
    # What a site answers is its own affair.
    uncounted: ClassVar = frozenset(
        {
            "proxy_name",
            "partstat",
            "headcount",
            "technician_name",
            "technician_phone",
            "note",
            "answered_at",
            "answered_by",
        }
    )
    __table_args__ = (UniqueConstraint("conference_id", "site_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(
        ForeignKey("conferencing_conference.id", ondelete="CASCADE"), index=True
    )
    site_id: Mapped[int] = mapped_column(ForeignKey("conferencing_site.id"), index=True)
    role: Mapped[str] = mapped_column(String(10), default="join")  # chair, relay, join
    partstat: Mapped[str] = mapped_column(String(14), default="NEEDS-ACTION")
    headcount: Mapped[int | None]
    proxy_name: Mapped[str] = mapped_column(String(160), default="", server_default="")
    technician_name: Mapped[str] = mapped_column(String(120), default="")
    technician_phone: Mapped[str] = mapped_column(String(30), default="")
    note: Mapped[str] = mapped_column(String(500), default="")
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str] = mapped_column(String(120), default="")
    answer_hash: Mapped[str] = mapped_column(String(64), unique=True)

    conference: Mapped[Conference] = relationship(back_populates="sites")
    site: Mapped[Site] = relationship(lazy="joined")


class Attendee(PartOfVersioned, Base):
    """A person invited by mail (RFC 5545 ATTENDEE)."""

    __tablename__ = "conferencing_attendee"
    whole: ClassVar = "conference"
    uncounted: ClassVar = frozenset({"partstat", "proxy_name", "note", "answered_at"})
    __table_args__ = (UniqueConstraint("conference_id", "email"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(
        ForeignKey("conferencing_conference.id", ondelete="CASCADE"), index=True
    )
    email: Mapped[str] = mapped_column(String(200), index=True)
    name: Mapped[str] = mapped_column(String(160), default="")
    role: Mapped[str] = mapped_column(String(20), default="REQ-PARTICIPANT")
    partstat: Mapped[str] = mapped_column(String(14), default="NEEDS-ACTION")
    proxy_name: Mapped[str] = mapped_column(String(160), default="")
    note: Mapped[str] = mapped_column(String(500), default="")
    answered_at: Mapped[datetime | None]
    answer_hash: Mapped[str] = mapped_column(String(64), unique=True)

    conference: Mapped[Conference] = relationship(back_populates="attendees")


class ConferenceChange(Base):
    """One revision in words and values: who changed what, before and after."""

    __tablename__ = "conferencing_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(
        ForeignKey("conferencing_conference.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime]
    actor_name: Mapped[str] = mapped_column(String(120))
    verb: Mapped[str] = mapped_column(String(30))  # booked, changed, moved, cancelled, answered…
    sequence: Mapped[int]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)

    conference: Mapped[Conference] = relationship(back_populates="changes")
