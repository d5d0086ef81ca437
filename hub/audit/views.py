"""The audit page: filters in the address, pages by cursor, CSV. Nothing here changes anything."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from typing import Any

from flask import Blueprint, Flask, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from hub.access import current_actor, requires
from hub.audit.models import AuditEntry
from hub.audit.queries import AuditFilter, audit_page, every_entry, unit_names
from hub.clock import local, now
from hub.cursors import read_cursor, write_cursor
from hub.db import read_session
from hub.ui.navigation import NavItem, add_nav

ACTIONS: dict[str, object] = {
    "hub:account:signed_in": _l("Đăng nhập"),
    "hub:account:signed_out": _l("Đăng xuất"),
    "hub:account:signed_out_everywhere": _l("Đăng xuất mọi thiết bị"),
    "hub:account:session_ended": _l("Đăng xuất một thiết bị"),
    "hub:account:refused": _l("Đăng nhập bị từ chối"),
    "hub:account:created": _l("Tạo tài khoản"),
    "hub:account:edited": _l("Sửa tài khoản"),
    "hub:account:activated": _l("Mở lại tài khoản"),
    "hub:account:deactivated": _l("Khóa tài khoản"),
    "hub:account:password_changed": _l("Đổi mật khẩu"),
    "hub:account:password_reset": _l("Đặt lại mật khẩu"),
    "hub:role:granted": _l("Trao vai trò"),
    "hub:role:revoked": _l("Bỏ vai trò"),
    "hub:token:created": _l("Tạo mã truy cập"),
    "hub:token:revoked": _l("Thu hồi mã truy cập"),
    "hub:unit:edited": _l("Sửa đơn vị"),
    "hub:units:imported": _l("Nhập danh mục đơn vị"),
    "hub:units:reformed": _l("Sắp xếp đơn vị"),
    "hub:letter:retried": _l("Gửi lại thư"),
    "hub:audit:exported": _l("Xuất nhật ký"),
}
HEADER = ("at", "actor", "action", "subject", "unit_id", "remote_addr", "detail")
# A cell that begins so is a formula to some spreadsheet, the full-width forms included.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def action_label(action: str) -> object:
    """Return the word for an action."""
    return ACTIONS.get(action, action)


def safe_cell(value: object) -> str:
    """Return the text of a cell; what a spreadsheet would run gets an apostrophe in front."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def csv_lines(entries: Iterable[AuditEntry]) -> Iterator[str]:
    """Yield the lines of the file, a byte order mark first so that Excel reads UTF-8."""
    yield "\ufeff" + _line(HEADER)
    for entry in entries:
        detail = json.dumps(entry.detail, ensure_ascii=False, sort_keys=True)
        at = local(entry.at).isoformat(timespec="seconds")
        cells = (at, entry.actor_name, entry.action, entry.subject, entry.unit_id)
        yield _line([safe_cell(cell) for cell in (*cells, entry.remote_addr, detail)])


def _line(cells: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue()


FILTERS = ("person", "action", "subject", "unit", "since", "until")
MAX_EXPORT = 100_000
bp = Blueprint("audit", __name__, template_folder="templates")


def register(app: Flask) -> None:
    """Serve the page and contribute to the navigation."""
    app.register_blueprint(bp)
    app.jinja_env.filters["action_label"] = action_label
    add_nav(
        app,
        [
            NavItem(
                "admin",
                30,
                _l("Nhật ký"),
                icon="history",
                endpoint="audit.index",
                capability="audit.view",
            )
        ],
    )


def _asked() -> AuditFilter:
    text = {name: request.args.get(name, "").strip() for name in ("person", "action", "subject")}
    return AuditFilter(
        **text,
        unit=request.args.get("unit", "").strip(),
        since=_day("since"),
        until=_day("until"),
    )


def _day(name: str) -> date | None:
    try:
        day = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    # The year after the last one cannot be written as a date.
    return day if date(1970, 1, 1) <= day < date(9999, 1, 1) else None


@bp.get("/audit")
@requires("audit.view")
def index() -> str:
    """Show one page of the audit."""
    session, wanted = read_session(), _asked()
    place = read_cursor(request.args.get("cursor", ""), 1)
    before = place[0] if place else None
    entries, next_id = audit_page(session, current_actor(), wanted, before)
    # Only our own names: url_for reads others, such as _scheme, as orders.
    kept: dict[str, Any] = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    next_url = url_for("audit.index", **kept, cursor=write_cursor([next_id])) if next_id else None
    return render_template(
        "audit/index.html",
        entries=entries,
        units=unit_names(session, entries),
        wanted=wanted,
        actions=ACTIONS,
        next_url=next_url,
        first_url=url_for("audit.index", **kept) if before else None,
        export_url=url_for("audit.export", **kept),
        is_filtered=bool(kept),
    )


@bp.get("/audit.csv")
@requires("audit.view")
def export() -> ResponseReturnValue:
    """Give what fits the filters as CSV, at most 100,000 entries, the newest first."""
    # Read before the answer starts, since a streamed answer outlives the request's session.
    entries = islice(every_entry(read_session(), current_actor(), _asked()), MAX_EXPORT)
    lines = list(csv_lines(entries))
    name = f"nhat-ky-{local(now()):%Y%m%d-%H%M}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response("".join(lines), mimetype="text/csv", headers=headers)
