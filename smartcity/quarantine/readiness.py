"""Whether ingest takes in what devices send: one reading per slot, for ``/readyz``."""

from sqlalchemy.orm import Session

from config import Settings
from hub import clock
from hub.health import Reading
from smartcity.quarantine.queries import SlotHealth, ingest_health


def ingest_readings(session: Session, settings: Settings) -> list[Reading]:
    """Reads the heartbeat of every slot; none at all is a failure too."""
    slots = ingest_health(session, clock.now())
    return [_reading(slot) for slot in slots] or [Reading("ingest", False, "has never run")]


def _reading(slot: SlotHealth) -> Reading:
    age = (clock.now() - slot.heartbeat_at).total_seconds()
    return Reading(
        f"ingest-{slot.slot}",
        slot.broker_state == "connected" and not slot.is_late,
        f"broker {slot.broker_state}, heartbeat {age:.0f} s ago",
        {
            "hub_ingest_heartbeat_age_seconds": age,
            "hub_ingest_messages": float(slot.message_count),
        },
    )
