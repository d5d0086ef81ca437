"""The times offered when the one asked for is taken, as links that fill the form."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from conferencing.models import Conference, Occurrence
from conferencing.time_words import write_day, write_time
from hub.clock import local
from hub.errors import Conflict
from hub.ui.formats import date_vi, time_vi


@dataclass(frozen=True, slots=True)
class Offer:
    """Another time and its price in words."""

    label: str
    url: str


def offers_of(clash: Conflict, conference: Conference, occurrence: Occurrence) -> list[Offer]:
    """Return the offers that are another time in the same room with some of the sites."""
    found: list[Mapping[str, Any]] = clash.details.get("alternatives", [])
    offers = [_offer(item, conference, occurrence) for item in found]
    now_at = (occurrence.starts_at, occurrence.ends_at)
    return [offer for offer, item in zip(offers, found, strict=True) if _times(item) != now_at]


def _times(item: Mapping[str, Any]) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(item["starts_at"]), datetime.fromisoformat(item["ends_at"])


def _offer(item: Mapping[str, Any], conference: Conference, occurrence: Occurrence) -> Offer:
    starts, ends = _times(item)
    url = url_for(
        "conferencing.move_form",
        code=conference.code,
        occurrence_id=occurrence.id,
        day=write_day(local(starts).date()),
        starts=write_time(local(starts).time()),
        ends=write_time(local(ends).time()),
    )
    label = f"{time_vi(starts)}–{time_vi(ends)} {date_vi(starts, 'long')}"
    missing: list[Any] = item.get("missing") or []
    if missing:
        label += " · " + _("thiếu %(count)s điểm cầu", count=len(missing))
    return Offer(label, url)
