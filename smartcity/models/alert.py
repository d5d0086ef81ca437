"""Alerts and their steps. State names follow ISA-18.2; severity is a thing of its own."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.access.models import OrgUnit
from hub.db import Base
from smartcity.models.device import Device
from smartcity.models.rule import Rule


class Alert(Base):
    """One open or closed alert of a rule at a device.

    ``state``: UNACK, ACKED, RTNUN (returned to normal, not acknowledged), SHLVD, CLOSED.
    ``open_key`` is "rule:device" while open and NULL once closed: unique, so the database
    itself merges repeats. ``repeat_count`` counts the merged ones, the first included.
    """

    __tablename__ = "smartcity_alert"
    __table_args__ = (Index("ix_smartcity_alert_state_severity", "state", "severity"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str | None] = mapped_column(String(20), unique=True)
    open_key: Mapped[str | None] = mapped_column(String(60), unique=True)
    rule_id: Mapped[int | None] = mapped_column(
        ForeignKey("smartcity_rule.id", ondelete="SET NULL")
    )
    device_id: Mapped[int] = mapped_column(ForeignKey("smartcity_device.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("hub_org_unit.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    severity: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(200))
    title_fold: Mapped[str] = mapped_column(String(200))
    prop: Mapped[str] = mapped_column(String(60), default="")
    value: Mapped[float | None]
    value_unit: Mapped[str] = mapped_column(String(20), default="")
    threshold: Mapped[float | None]
    mark: Mapped[int | None]
    raised_at: Mapped[datetime] = mapped_column(index=True)
    # When it last called for a person (raised, woken, escalated), by our own clock.
    asks_since: Mapped[datetime | None]
    observed_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    returned_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str] = mapped_column(String(120), default="")
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("hub_user.id", ondelete="SET NULL"))
    assignee_name: Mapped[str] = mapped_column(String(120), default="")
    shelved_until: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    repeat_count: Mapped[int] = mapped_column(default=1)
    conference_code: Mapped[str] = mapped_column(String(20), default="")
    conference_uid: Mapped[str] = mapped_column(String(120), default="")
    is_drill: Mapped[bool] = mapped_column(default=False)

    device: Mapped[Device] = relationship(lazy="joined")
    unit: Mapped[OrgUnit] = relationship(lazy="joined")
    rule: Mapped[Rule | None] = relationship()
    steps: Mapped[list["AlertStep"]] = relationship(
        back_populates="alert", order_by="AlertStep.id", cascade="all, delete-orphan"
    )


class AlertStep(Base):
    """One stamped step: raised, repeated, acknowledged, verified, assigned, noted, closed…"""

    __tablename__ = "smartcity_alert_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    alert_id: Mapped[int] = mapped_column(
        ForeignKey("smartcity_alert.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime]
    verb: Mapped[str] = mapped_column(String(20))
    actor_name: Mapped[str] = mapped_column(String(120), default="")
    note: Mapped[str] = mapped_column(String(1000), default="")
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)

    alert: Mapped[Alert] = relationship(back_populates="steps")
