"""The audit page: filters in the address, pages by cursor, CSV. Nothing here changes anything."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from flask import Blueprint, Flask, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from hub.access import current_actor, requires
from hub.access.actor import Actor
from hub.access.models import OrgUnit, User
from hub.audit.models import AuditEntry
from hub.clock import TZ, local, now
from hub.db import read_session
from hub.http import decode_cursor, encode_cursor
from hub.ui.navigation import NavItem, add_nav

PAGE = 50
BATCH = 500


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What the reader asks for; days are the province's own, both included."""

    person: str = ""
    action: str = ""
    subject: str = ""
    unit: str = ""
    since: date | None = None
    until: date | None = None


def audit_page(
    session: Session, actor: Actor, wanted: AuditFilter, before_id: int | None = None
) -> tuple[Sequence[AuditEntry], int | None]:
    """Return one page, newest first, and the id to go on from (None at the end)."""
    rows = _rows(session, actor, wanted, before_id, PAGE + 1)
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None


def every_entry(session: Session, actor: Actor, wanted: AuditFilter) -> Iterator[AuditEntry]:
    """Yield all entries, newest first, without holding them all in memory."""
    before_id: int | None = None
    while rows := _rows(session, actor, wanted, before_id, BATCH):
        yield from rows
        before_id = rows[-1].id
        session.expunge_all()


def _rows(
    session: Session, actor: Actor, wanted: AuditFilter, before_id: int | None, limit: int
) -> Sequence[AuditEntry]:
    query = select(AuditEntry).where(*_conditions(actor, wanted))
    if before_id is not None:
        query = query.where(AuditEntry.id < before_id)
    return session.scalars(query.order_by(AuditEntry.id.desc()).limit(limit)).all()


def _conditions(actor: Actor, wanted: AuditFilter) -> list[ColumnElement[bool]]:
    scope = actor.scope_for("audit.view")
    # Acts without a unit (signing in, imports) concern the whole: only who covers the root of
    # the province sees them all, anyone else sees their own.
    conditions = [or_(scope.clause(AuditEntry.unit_id), _without_unit(actor))]
    if wanted.person:
        named = select(User.id).where(User.username == wanted.person.casefold())
        fits = AuditEntry.actor_name.contains(wanted.person, autoescape=True)
        conditions.append(or_(AuditEntry.user_id.in_(named), fits))
    if wanted.action:
        conditions.append(AuditEntry.action.contains(wanted.action, autoescape=True))
    if wanted.subject:
        conditions.append(AuditEntry.subject.contains(wanted.subject, autoescape=True))
    if wanted.unit:
        units = select(OrgUnit.id).where(OrgUnit.code == wanted.unit)
        conditions.append(AuditEntry.unit_id.in_(units))
    if wanted.since:
        conditions.append(AuditEntry.at >= _midnight(wanted.since))
    if wanted.until:
        conditions.append(AuditEntry.at < _midnight(wanted.until + timedelta(days=1)))
    return conditions


def _without_unit(actor: Actor) -> ColumnElement[bool]:
    none_named = AuditEntry.unit_id.is_(None)
    sees_all = actor.scope_for("audit.view").is_whole
    return none_named if sees_all else none_named & (AuditEntry.user_id == actor.user_id)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=TZ)


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


def action_label(action: str) -> object:
    """Return the word for an action."""
    return ACTIONS.get(action, action)


HEADER = ("at", "actor", "action", "subject", "unit_id", "remote_addr", "detail")
# A cell that begins so is a formula to some spreadsheet, the full-width forms included.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


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
    before = decode_cursor(request.args.get("cursor"))
    entries, next_id = audit_page(session, current_actor(), wanted, before)
    # Only our own names: url_for reads others, such as _scheme, as orders.
    kept: dict[str, Any] = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    next_url = url_for("audit.index", **kept, cursor=encode_cursor(next_id)) if next_id else None
    return render_template(
        "audit/index.html",
        entries=entries,
        units=_unit_names(session, entries),
        wanted=wanted,
        actions=ACTIONS,
        next_url=next_url,
        first_url=url_for("audit.index", **kept) if before else None,
        export_url=url_for("audit.export", **kept),
        is_filtered=bool(kept),
    )


def _unit_names(session: Session, entries: Sequence[AuditEntry]) -> dict[int, str]:
    ids = {entry.unit_id for entry in entries if entry.unit_id}
    query = select(OrgUnit.id, OrgUnit.name).where(OrgUnit.id.in_(ids))
    return {row.id: row.name for row in session.execute(query)}


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
