"""Whether ingest takes in what devices send and the rules understand it, for ``/readyz``."""

from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from config import Settings
from hub import clock
from hub.health import HealthReading
from hub.health.beats import last_beat
from smartcity.ingest.failures import RULES
from smartcity.quarantine.queries import SlotHealth, ingest_health

BROKEN_SHOWN: Final = timedelta(hours=1)


def ingest_readings(session: Session, settings: Settings) -> list[HealthReading]:
    """Reads the heartbeat of every slot; none at all is a failure too."""
    slots = ingest_health(session, clock.now())
    return [_reading(slot) for slot in slots] or [HealthReading("ingest", False, "has never run")]


def rule_readings(session: Session, settings: Settings) -> list[HealthReading]:
    """Says for an hour that a rule broke: its readings are stored, its alerts may be missing."""
    broken = last_beat(session, RULES)
    if broken is None or clock.now() - broken[0] > BROKEN_SHOWN:
        return [HealthReading("rules", True, "none broke within the hour")]
    return [HealthReading("rules", False, f"broke at {broken[0]:%F %T} UTC: {broken[1]}")]


def _reading(slot: SlotHealth) -> HealthReading:
    age = (clock.now() - slot.heartbeat_at).total_seconds()
    return HealthReading(
        f"ingest-{slot.slot}",
        slot.broker_state == "connected" and not slot.is_late,
        f"broker {slot.broker_state}, heartbeat {age:.0f} s ago",
        {
            "hub_ingest_heartbeat_age_seconds": age,
            "hub_ingest_messages": float(slot.message_count),
        },
    )
