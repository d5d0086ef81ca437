"""Subscriptions: a secret address per person, unit, site or room. Only its hash is kept."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base


class FeedToken(Base):
    """A revocable feed address. ``ref_id`` is the user, unit or resource it shows."""

    __tablename__ = "conferencing_feed_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    prefix: Mapped[str] = mapped_column(String(8))
    scope: Mapped[str] = mapped_column(String(10))  # person, unit, site, room
    ref_id: Mapped[int]
    ref_code: Mapped[str] = mapped_column(String(60))
    label: Mapped[str] = mapped_column(String(160))
    owner_id: Mapped[int] = mapped_column(ForeignKey("hub_user.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
