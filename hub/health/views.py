"""The page on which people see how the whole is, and give refused letters a new try."""

from collections import Counter
from collections.abc import Sequence

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.access import current_actor, requires
from hub.audit import record_audit
from hub.clock import now
from hub.db import read_session, transaction
from hub.errors import Conflict, NotFound
from hub.health.readings import take_readings
from hub.outbox import PENDING, OutboxLetter
from hub.ui.navigation import NavItem

SHOWN = 50


def letter_counts(session: Session) -> Counter[str]:
    """Return how many letters are in each state."""
    query = select(OutboxLetter.state, func.count().label("letters")).group_by(OutboxLetter.state)
    return Counter({row.state: row.letters for row in session.execute(query)})


def letters_to_watch(session: Session) -> Sequence[OutboxLetter]:
    """Return refused letters, then waiting ones, the oldest first."""
    query = (
        select(OutboxLetter)
        .where(OutboxLetter.state.in_(("failed", *PENDING)))
        .order_by((OutboxLetter.state != "failed"), OutboxLetter.id)
        .limit(SHOWN)
    )
    return session.scalars(query).all()


def try_again(session: Session, letter_id: int) -> OutboxLetter:
    """Put a refused letter back in the queue with all its tries.

    Raises:
        NotFound: there is no such letter.
        Conflict: it was not refused, or a later change withdrew it.
    """
    letter = session.get(OutboxLetter, letter_id, with_for_update=True)
    if letter is None:
        raise NotFound("")
    if letter.state not in {"failed", "retry"}:
        raise Conflict(_("Thư này không ở trạng thái bị từ chối."))
    letter.state, letter.attempts, letter.not_before = "retry", 0, now()
    record_audit(session, "hub:letter:retried", str(letter.id))
    return letter


WORDS: dict[str, object] = {
    "database": _l("Cơ sở dữ liệu"),
    "schema": _l("Cấu trúc dữ liệu"),
    "worker": _l("Bộ hẹn giờ và gửi thư"),
    "outbox": _l("Hàng thư đi"),
    "journal": _l("Nhật ký trực tiếp"),
    "ingest": _l("Thu nhận bản tin"),
}
NAV = NavItem(
    "admin",
    40,
    _l("Tình trạng hệ thống"),
    icon="heartbeat",
    endpoint="health_page.index",
    capability="health.view",
    short=_l("Hệ thống"),
)
# What to do when a part is not well; those of the halves begin with their kind ("ingest-0").
ADVICE: dict[str, object] = {
    "database": _l("Kiểm tra máy chủ cơ sở dữ liệu và HUB_DATABASE_URL."),
    "schema": _l("Chạy hub db upgrade."),
    "worker": _l("Chạy hub worker; nhắc lịch và thư đang dừng."),
    "outbox": _l("Kiểm tra máy chủ thư và HUB_SMTP_URL."),
    "ingest": _l("Chạy hub ingest; kiểm tra broker MQTT và HUB_MQTT_URL."),
}
bp = Blueprint("health_page", __name__, template_folder="templates")


@bp.get("/health")
@requires("health.view")
def index() -> str:
    """Show each check and the letters that need a look."""
    readings = take_readings(current_app)
    session = read_session()
    # Letters belong to no unit; what is in them is for those who may see every unit.
    sees_letters = current_actor().scope_for("health.view").is_whole
    return render_template(
        "health/index.html",
        readings=sorted(readings, key=lambda reading: reading.is_well),
        words=WORDS,
        advice=ADVICE,
        is_well=all(reading.is_well for reading in readings),
        letters=letters_to_watch(session) if sees_letters else [],
        counts=letter_counts(session),
        taken_at=now(),
    )


@bp.post("/health/letters/<int:letter_id>/retry")
@requires("mail.view")
def retry(letter_id: int) -> ResponseReturnValue:
    """Give a refused letter a new try."""
    if not current_actor().scope_for("mail.view").is_whole:
        raise NotFound("")
    with transaction() as session:
        letter = try_again(session, letter_id)
    flash(_("Sẽ gửi lại thư “%(subject)s” ngay.", subject=letter.subject), "success")
    return redirect(url_for("health_page.index"))
