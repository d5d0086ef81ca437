"""``Idempotency-Key``: an unsafe call sent twice acts once and is answered alike.

The answer is stored in the transaction of the act itself, so there is never one without the
other. Two calls with one key at the same time meet at a unique constraint: one acts, the other
is given its answer.
"""

import hashlib
import json

from flask import Response, request
from flask_babel import gettext as _
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access.actor import current_actor
from hub.api.models import IdempotencyRecord
from hub.api.versions import tag_answer
from hub.clock import now
from hub.errors import FieldError, Invalid

HEADER = "Idempotency-Key"
MAX_KEY = 120
NO_CONTENT = 204


def key_of_request() -> str | None:
    """Return the key this request was sent with."""
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not 1 <= len(key) <= MAX_KEY or not key.isprintable() or not key.isascii():
        message = _("Idempotency-Key cần từ 1 đến 120 ký tự ASCII in được.")
        raise Invalid([FieldError(HEADER, message)])
    return key


def fingerprint() -> str:
    """Return a hash of what was asked, to notice a key used for something else."""
    parts = (request.method.encode(), request.path.encode(), request.get_data())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def earlier_answer(session: Session, key: str) -> Response | None:
    """Return the answer given to this key before.

    Raises:
        Invalid: the key was used for another request.
    """
    record = session.scalar(
        select(IdempotencyRecord).where(
            IdempotencyRecord.user_id == current_actor().user_id, IdempotencyRecord.key == key
        )
    )
    if record is None:
        return None
    if record.request_hash != fingerprint():
        message = _("Idempotency-Key này đã dùng cho một yêu cầu khác.")
        raise Invalid([FieldError(HEADER, message)])
    if record.status == NO_CONTENT:
        response = Response(status=NO_CONTENT)
    else:
        response = Response(record.body, record.status, mimetype="application/json")
        if isinstance(version := json.loads(record.body).get("version"), int):
            tag_answer(response, version)
    response.headers["Idempotent-Replayed"] = "true"
    return response


def keep_answer(session: Session, answer: BaseModel, status: int = 201) -> None:
    """Store the answer beside the act; does nothing when no key was sent."""
    key = key_of_request()
    if key is None:
        return
    session.add(
        IdempotencyRecord(
            user_id=current_actor().user_id,
            key=key,
            request_hash=fingerprint(),
            status=status,
            body=answer.model_dump_json(by_alias=True),
            created_at=now(),
        )
    )
    session.flush()
