"""The shared hub's own ticks: mail leaves, old sessions and answers go."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import delete

from hub.accounts.models import UserSession
from hub.api.models import IdempotencyRecord
from hub.clock import now
from hub.db import transaction
from hub.delivery import deliver_due
from hub.health.beats import WORKER, beat
from hub.mail import mailer_from_url
from hub.ticks import Tick

KEEP_SESSIONS = timedelta(days=30)
KEEP_ANSWERS = timedelta(days=1)


def deliver_mail(app: Flask) -> int:
    """Send the letters that are due."""
    settings = app.extensions["hub.settings"]
    return deliver_due(mailer_from_url(settings.smtp_url), settings)


def purge_old_rows(_app: Flask) -> None:
    """Delete ended sessions and remembered API answers that nobody needs any more."""
    with transaction() as session:
        session.execute(delete(UserSession).where(UserSession.expires_at < now() - KEEP_SESSIONS))
        session.execute(
            delete(IdempotencyRecord).where(IdempotencyRecord.created_at < now() - KEEP_ANSWERS)
        )


def beat_as_worker(_app: Flask) -> None:
    """Show that the leading worker does its work."""
    with transaction() as session:
        beat(session, WORKER)


TICKS = (
    Tick("beat", 5.0, beat_as_worker),
    Tick("deliver_mail", 1.0, deliver_mail),
    Tick("purge_old_rows", 3600.0, purge_old_rows),
)
