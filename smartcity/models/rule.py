"""Rules are data: thresholds with hysteresis and duration, silence, detections."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base
from hub.versions import Versioned


class Rule(Versioned, Base):
    """What raises an alert.

    kind ``threshold``: ``prop`` of devices of ``device_kind`` (or one ``device_id``) passes
    ``raise_at`` in ``direction`` for ``hold_s`` seconds; clears beyond ``clear_at``.
    kind ``alarm_mark``: the same against the station's own BĐ mark number ``mark`` (1 to 3).
    kind ``absence``: nothing received for ``silence_s`` seconds.
    kind ``detection``: ``label`` seen with at least ``min_score``.
    ``unit_id`` limits the rule to a subtree. Times in seconds, levels in the unit of the series.
    """

    __tablename__ = "smartcity_rule"
    uncounted: ClassVar = frozenset({"updated_at"})

    __table_args__ = (
        CheckConstraint("severity IN ('critical','high','medium','low')", name="severity_known"),
        CheckConstraint(
            "kind IN ('threshold','alarm_mark','absence','detection')", name="kind_known"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    kind: Mapped[str] = mapped_column(String(20))
    severity: Mapped[str] = mapped_column(String(10))
    unit_id: Mapped[int] = mapped_column(ForeignKey("hub_org_unit.id"))
    device_kind: Mapped[str] = mapped_column(String(20), default="")
    device_id: Mapped[int | None] = mapped_column(
        ForeignKey("smartcity_device.id", ondelete="CASCADE")
    )
    prop: Mapped[str] = mapped_column(String(60), default="")
    direction: Mapped[str] = mapped_column(String(5), default="above")  # above, below
    raise_at: Mapped[float | None]
    clear_at: Mapped[float | None]
    mark: Mapped[int | None]
    hysteresis: Mapped[float] = mapped_column(default=0.0)
    hold_s: Mapped[int] = mapped_column(default=0)
    silence_s: Mapped[int | None]
    label: Mapped[str] = mapped_column(String(80), default="")
    min_score: Mapped[float | None]
    is_active: Mapped[bool] = mapped_column(default=True)
    basis: Mapped[str] = mapped_column(String(200), default="")
    updated_at: Mapped[datetime]
