"""The page on which people see how the whole is, and give refused letters a new try."""

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hub.accounts import current_actor, requires
from hub.clock import now
from hub.db import read_session, transaction
from hub.errors import NotFound
from hub.health.letters import letter_counts, letters_to_watch, try_again
from hub.health.readings import take_readings
from hub.ui.navigation import NavItem

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
