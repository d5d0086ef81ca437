"""Writes what could not be taken in: dead letters, and the quarantine of unknown devices.

Both are bounded: a sender gone mad fills neither the disk nor the page that lists them.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from smartcity.decoders.limits import MAX_BYTES
from smartcity.ingest.plan import Refusal, Stray
from smartcity.models import DeadLetter, QuarantinedDevice, QuarantinedMessage

KEPT_PER_DEVICE: Final = 20


def write_dead_letters(session: Session, refusals: Sequence[Refusal]) -> None:
    """Keep each refused message with its reason; bodies over the limit are cut."""
    if refusals:
        session.execute(insert(DeadLetter), [_dead_letter(refusal) for refusal in refusals])


def _dead_letter(refusal: Refusal) -> dict[str, object]:
    message, topic = refusal.message, refusal.topic
    return {
        "topic": message.topic.replace("\x00", "")[:300],
        "payload": message.payload[:MAX_BYTES],
        "payload_size": len(message.payload),
        "reason": refusal.reason[:300],
        "unit_code": topic.unit_code if topic else "",
        "device_code": topic.device_code if topic else "",
        "received_at": message.received_at,
        "state": "open",
    }


def write_quarantine(session: Session, strays: Sequence[Stray]) -> None:
    """Count the messages of unknown devices and keep the newest of each."""
    groups: dict[tuple[str, str], list[Stray]] = defaultdict(list)
    for stray in strays:
        groups[(stray.topic.unit_code, stray.topic.device_code)].append(stray)
    for (unit_code, device_code), group in sorted(groups.items()):
        device_id, is_rejected = _count(session, unit_code, device_code, group)
        if not is_rejected:
            _keep_newest(session, device_id, group[-KEPT_PER_DEVICE:])


def _count(
    session: Session, unit_code: str, device_code: str, group: Sequence[Stray]
) -> tuple[int, bool]:
    found = session.execute(
        select(QuarantinedDevice.id, QuarantinedDevice.decided)
        .where(
            QuarantinedDevice.unit_code == unit_code, QuarantinedDevice.device_code == device_code
        )
        .with_for_update()
    ).first()
    last = group[-1]
    if found is None:
        row = {
            "unit_code": unit_code,
            "device_code": device_code,
            "reason": last.reason,
            "first_seen_at": group[0].message.received_at,
            "last_seen_at": last.message.received_at,
            "message_count": len(group),
            "decided": "",
        }
        statement = insert(QuarantinedDevice).values(row).returning(QuarantinedDevice.id)
        return session.execute(statement).scalar_one(), False
    session.execute(
        update(QuarantinedDevice)
        .where(QuarantinedDevice.id == found.id)
        .values(
            message_count=QuarantinedDevice.message_count + len(group),
            last_seen_at=last.message.received_at,
            reason=last.reason,
        )
    )
    return found.id, found.decided == "rejected"


def _keep_newest(session: Session, device_id: int, group: Sequence[Stray]) -> None:
    rows = [
        {
            "quarantined_device_id": device_id,
            "topic": stray.message.topic,
            "payload": stray.message.payload[:MAX_BYTES],
            "received_at": stray.message.received_at,
        }
        for stray in group
    ]
    session.execute(insert(QuarantinedMessage), rows)
    of_device = QuarantinedMessage.quarantined_device_id == device_id
    oldest_kept = (
        select(QuarantinedMessage.id)
        .where(of_device)
        .order_by(QuarantinedMessage.id.desc())
        .offset(KEPT_PER_DEVICE - 1)
        .limit(1)
        .scalar_subquery()
    )
    session.execute(
        delete(QuarantinedMessage).where(of_device, QuarantinedMessage.id < oldest_kept)
    )
