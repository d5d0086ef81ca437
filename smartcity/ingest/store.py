"""Writes what a batch brings besides readings: detections, presence, and what nobody may say.

Each is written once per device and batch, not once per message.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, insert, select, tuple_, update
from sqlalchemy.orm import Session

from hub.journal import Fact
from smartcity.decoders.limits import MAX_BYTES
from smartcity.ingest.plan import BatchPlan, Refusal, Sighting, UnknownDevice
from smartcity.ingest.registry import KnownDevice
from smartcity.models import (
    DeadLetter,
    Detection,
    Device,
    QuarantinedDevice,
    QuarantinedMessage,
)

SEEN_EVERY: Final = timedelta(seconds=10)
KEPT_PER_DEVICE: Final = 20


def write_detections(session: Session, sightings: Sequence[Sighting]) -> list[Sighting]:
    """Insert detections; returns those that were new. A resend may only add its end."""
    if not sightings:
        return []
    first: dict[tuple[int, str], Sighting] = {}
    resent: list[Sighting] = []
    known = _known_detections(session, sightings)
    for sighting in sightings:
        key = (sighting.device.device_id, sighting.detection.external_id)
        if key in known or key in first:
            resent.append(sighting)
        else:
            first[key] = sighting
    if first:
        session.execute(insert(Detection), [_detection_row(item) for item in first.values()])
    _end_detections(session, resent)
    return list(first.values())


def _known_detections(session: Session, sightings: Sequence[Sighting]) -> set[tuple[int, str]]:
    keys = {(item.device.device_id, item.detection.external_id) for item in sightings}
    columns = tuple_(Detection.device_id, Detection.external_id)
    query = select(Detection.device_id, Detection.external_id).where(columns.in_(keys))
    return {(row.device_id, row.external_id) for row in session.execute(query)}


def _detection_row(sighting: Sighting) -> dict[str, Any]:
    detection = sighting.detection
    return {
        "device_id": sighting.device.device_id,
        "external_id": detection.external_id,
        "observed_at": detection.observed_at,
        "received_at": sighting.received_at,
        "label": detection.label,
        "score": detection.score,
        "zone": detection.zone or "",
        "snapshot_url": detection.snapshot_url or "",
        "started_at": detection.started_at,
        "ended_at": detection.ended_at,
        "attributes": dict(detection.attributes),
        "is_drill": detection.drill,
    }


def _end_detections(session: Session, resent: Sequence[Sighting]) -> None:
    for sighting in resent:
        if sighting.detection.ended_at is not None:
            session.execute(
                update(Detection)
                .where(
                    Detection.device_id == sighting.device.device_id,
                    Detection.external_id == sighting.detection.external_id,
                    Detection.ended_at.is_(None),
                )
                .values(ended_at=sighting.detection.ended_at)
            )


def write_presence(session: Session, plan: BatchPlan) -> list[Fact]:
    """Update when devices were last seen and whether they are online; facts for the live view."""
    facts = []
    for code in sorted(plan.seen.keys() | plan.statuses.keys()):
        device, values = _presence(plan, code)
        if not values:
            continue
        session.execute(update(Device).where(Device.id == device.device_id).values(**values))
        if "status" in values:
            facts.append(_device_fact(device, values["status"], values["status_at"]))
    return facts


def _presence(plan: BatchPlan, code: str) -> tuple[KnownDevice, dict[str, Any]]:
    values: dict[str, Any] = {}
    if code in plan.seen:
        device, seen_at = plan.seen[code]
        status, status_at = "online", seen_at
        if device.last_seen_at is None or seen_at - device.last_seen_at >= SEEN_EVERY:
            values["last_seen_at"] = seen_at
    if code in plan.statuses:
        device, change = plan.statuses[code]
        status, status_at = ("online" if change.online else "offline"), change.observed_at
    if status != device.status:
        values.update(status=status, status_at=status_at)
    return device, values


def _device_fact(device: KnownDevice, status: str, at: datetime) -> Fact:
    data = {
        "id": device.device_id,
        "code": device.code,
        "name": device.name,
        "kind": device.kind,
        "site_code": device.site_code,
        "status": status,
        "at": at.isoformat(),
    }
    return Fact("device.changed", [device.unit_id], data)


def learn_presence(plan: BatchPlan) -> None:
    """Remember what `write_presence` has written."""
    for code in plan.seen.keys() | plan.statuses.keys():
        device, values = _presence(plan, code)
        device.last_seen_at = values.get("last_seen_at", device.last_seen_at)
        device.status = values.get("status", device.status)


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


def write_quarantine(session: Session, unknown_devices: Sequence[UnknownDevice]) -> None:
    """Count the messages of unknown devices and keep the newest of each."""
    groups: dict[tuple[str, str], list[UnknownDevice]] = defaultdict(list)
    for unknown in unknown_devices:
        groups[(unknown.topic.unit_code, unknown.topic.device_code)].append(unknown)
    for (unit_code, device_code), group in sorted(groups.items()):
        device_id, is_rejected = _count(session, unit_code, device_code, group)
        if not is_rejected:
            _keep_newest(session, device_id, group[-KEPT_PER_DEVICE:])


def _count(
    session: Session, unit_code: str, device_code: str, group: Sequence[UnknownDevice]
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


def _keep_newest(session: Session, device_id: int, group: Sequence[UnknownDevice]) -> None:
    rows = [
        {
            "quarantined_device_id": device_id,
            "topic": unknown.message.topic,
            "payload": unknown.message.payload[:MAX_BYTES],
            "received_at": unknown.message.received_at,
        }
        for unknown in group
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
