"""Giving what was refused a second chance: dead letters and quarantined devices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hub.access.actor import SYSTEM, Actor
from hub.audit import record_audit
from hub.clock import now
from hub.errors import Conflict, NotFound
from hub.orgunits.queries import unit_by_code
from smartcity.devices.services import register_device
from smartcity.ingest.replay import StoredMessage, replay_messages
from smartcity.models import DeadLetter, Device, QuarantinedDevice, QuarantinedMessage
from smartcity.quarantine import queries

CAPABILITY: Final = "intake.handle"
BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many messages were taken in, and why the others were not."""

    taken: int
    refused: tuple[str, ...]


def replay_letters(session: Session, actor: Actor, letter_ids: Sequence[int]) -> Replayed:
    """Send open dead letters through ingest again; those still refused stay, with the new reason.

    Raises:
        NotFound: none of them is open and in reach of the actor.
    """
    letters = _open_letters(session, actor, letter_ids)
    messages = [StoredMessage(row.topic, row.payload, row.received_at) for row in letters]
    reasons = replay_messages(session, messages)
    at = now()
    for letter, reason in zip(letters, reasons, strict=True):
        if reason is None:
            letter.state, letter.replayed_at = "replayed", at
        else:
            letter.reason = reason[:300]
    refused = tuple(sorted({reason for reason in reasons if reason is not None}))
    taken = sum(reason is None for reason in reasons)
    detail = {"ids": [letter.id for letter in letters], "taken": taken, "refused": list(refused)}
    record_audit(
        session, "smartcity:dead_letter:replayed", _("bản tin hỏng"), detail=detail, actor=actor
    )
    return Replayed(taken, refused)


def drop_letters(session: Session, actor: Actor, letter_ids: Sequence[int]) -> int:
    """Put dead letters aside for good; they stay listed as dropped until retention."""
    letters = _open_letters(session, actor, letter_ids)
    for letter in letters:
        letter.state = "dropped"
    detail = {"ids": [letter.id for letter in letters]}
    record_audit(
        session, "smartcity:dead_letter:dropped", _("bản tin hỏng"), detail=detail, actor=actor
    )
    return len(letters)


def _open_letters(
    session: Session, actor: Actor, letter_ids: Sequence[int]
) -> Sequence[DeadLetter]:
    # The command line acts for the installation and sees every unit.
    scope = actor.scope if actor is SYSTEM else actor.scope_for(CAPABILITY)
    reach = queries.unit_code_clause(scope, DeadLetter.__table__.c.unit_code)
    query = (
        select(DeadLetter)
        .where(DeadLetter.id.in_(list(letter_ids)[:BATCH]), DeadLetter.state == "open", reach)
        .order_by(DeadLetter.id)
        .with_for_update()
    )
    letters = session.scalars(query).all()
    if not letters:
        raise NotFound(_("Không còn bản tin nào đang chờ trong số đã chọn."))
    return letters


def approve_device(
    session: Session,
    actor: Actor,
    quarantined_id: int,
    values: Mapping[str, Any],
) -> tuple[Device, Replayed]:
    """Register a quarantined device and take in the messages kept for it.

    Raises:
        Conflict: somebody decided before.
        Invalid: see the field errors.
    """
    row = _undecided(session, actor, quarantined_id)
    device = _admitted(session, actor, row, values)
    kept = queries.quarantined_messages(session, row.id)
    session.flush()
    messages = [StoredMessage(one.topic, one.payload, one.received_at) for one in kept]
    reasons = replay_messages(session, messages) if messages else []
    _decide(session, actor, row, "approved")
    refused = tuple(sorted({reason for reason in reasons if reason is not None}))
    return device, Replayed(sum(reason is None for reason in reasons), refused)


def admit_device(
    session: Session, actor: Actor, quarantined_id: int, values: Mapping[str, Any]
) -> Device:
    """Register a quarantined device alone, what it sent not looked at. Raises as approving does."""
    return _admitted(session, actor, _undecided(session, actor, quarantined_id), values)


def _admitted(
    session: Session, actor: Actor, row: QuarantinedDevice, values: Mapping[str, Any]
) -> Device:
    """The new device; one that is known under another unit must be moved by its own page."""
    known = session.scalars(select(Device).where(Device.code == row.device_code)).one_or_none()
    if known is None:
        return register_device(session, actor, values)
    unit = unit_by_code(session, row.unit_code)
    if unit is None or unit.id != known.unit_id or not known.is_active:
        sentence = _(
            "Thiết bị %(code)s đã đăng ký ở %(unit)s. Sửa ở trang thiết bị hoặc từ chối.",
            code=known.code,
            unit=known.unit.name,
        )
        raise Conflict(sentence, {"device": known.code})
    return known


def reject_device(session: Session, actor: Actor, quarantined_id: int) -> QuarantinedDevice:
    """Refuse a device: its messages are forgotten, later ones are only counted.

    Raises:
        Conflict: somebody decided before.
    """
    row = _undecided(session, actor, quarantined_id)
    _decide(session, actor, row, "rejected")
    return row


def _undecided(session: Session, actor: Actor, quarantined_id: int) -> QuarantinedDevice:
    reach = queries.unit_code_clause(
        actor.scope_for(CAPABILITY), QuarantinedDevice.__table__.c.unit_code
    )
    query = select(QuarantinedDevice).where(QuarantinedDevice.id == quarantined_id, reach)
    row = session.scalars(query.with_for_update()).one_or_none()
    if row is None:
        raise NotFound("")
    if row.decided:
        raise Conflict(_("%(name)s đã quyết định trước.", name=row.decided_by))
    return row


def _decide(session: Session, actor: Actor, row: QuarantinedDevice, decision: str) -> None:
    row.decided = decision
    row.decided_by = actor.name
    row.decided_at = now()
    session.execute(
        delete(QuarantinedMessage).where(QuarantinedMessage.quarantined_device_id == row.id)
    )
    record_audit(
        session,
        f"smartcity:device:{decision}",
        row.device_code,
        detail={"unit_code": row.unit_code, "messages": row.message_count},
        actor=actor,
    )
