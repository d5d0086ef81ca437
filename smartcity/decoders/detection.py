"""Native detections: what a camera or an analyser recognised."""

from datetime import datetime

from smartcity.decoders.limits import (
    Undecodable,
    flag,
    instant,
    json_object,
    number,
    optional_instant,
    optional_text,
    text,
)
from smartcity.domain.reading import Decoded, Detection


def decode_detection(device: str, payload: bytes, received_at: datetime) -> list[Decoded]:
    """One detection; `id` is required because only it makes a resend harmless.

    Raises:
        Undecodable: not an object, no id or label, a score outside 0..1, a bad time or URL.
    """
    members = json_object(payload)
    stated = members.get("observed_at")
    return [
        Detection(
            device=device,
            external_id=text(members.get("id"), "id", 120),
            label=text(members.get("label"), "label", 80),
            observed_at=received_at if stated is None else instant(stated),
            score=_score(members.get("score")),
            zone=optional_text(members, "zone", 80),
            snapshot_url=_url(members),
            started_at=optional_instant(members, "started_at"),
            ended_at=optional_instant(members, "ended_at"),
            attributes=_attributes(members),
            drill=flag(members, "drill"),
        )
    ]


def _score(value: object) -> float | None:
    if value is None:
        return None
    score = number(value, "score")
    if not 0 <= score <= 1:
        raise Undecodable("number-out-of-range", "score")
    return score


def _url(members: dict[str, object]) -> str | None:
    url = optional_text(members, "snapshot_url", 500)
    # Shown as a link: only what a browser may follow without running anything.
    if url is not None and not url.startswith(("http://", "https://", "/")):
        raise Undecodable("bad-text", "snapshot_url")
    return url


def _attributes(members: dict[str, object]) -> dict[str, object]:
    attributes = members.get("attributes")
    if attributes is None:
        return {}
    if not isinstance(attributes, dict):
        raise Undecodable("not-an-object", "attributes")
    return attributes
