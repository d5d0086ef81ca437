"""Whether ingest takes in what devices send and the rules understand it, for ``/readyz``."""

from datetime import timedelta
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from config import Settings
from hub import clock
from hub.health import HealthReading
from hub.health.beats import last_beat
from smartcity.ingest.failures import RULES
from smartcity.models import DeadLetter, Series
from smartcity.quarantine.queries import SlotHealth, ingest_health

BROKEN_SHOWN: Final = timedelta(hours=1)
STORING_WITHIN: Final = timedelta(minutes=2)
# Reasons of dead letters that are our failure, not the sender's.
UNSTORED: Final = ("not-storable", "internal-error")


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


def storing_readings(session: Session, settings: Settings) -> list[HealthReading]:
    """Says that messages come and nothing of them can be kept, whatever the heartbeat says.

    One message that cannot be stored is its sender's fault as long as those of others are.
    """
    since = clock.now() - STORING_WITHIN
    ours = or_(*(DeadLetter.reason.startswith(reason) for reason in UNSTORED))
    lost = session.scalar(
        select(func.count(DeadLetter.id)).where(DeadLetter.received_at > since, ours)
    )
    stored = session.scalar(select(Series.id).where(Series.latest_received_at > since).limit(1))
    if not lost or stored is not None:
        return [HealthReading("storing", True, "what can be read is kept")]
    return [HealthReading("storing", False, f"{lost} messages came and none could be stored")]


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
