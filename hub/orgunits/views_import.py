"""Importing a file of units in two steps that need no script: preview, then apply.

The file travels in the page itself, signed together with what the preview promised; when the
units have changed meanwhile the promise no longer fits and the preview is shown again.
"""

import base64
import binascii
import hashlib
import hmac
import zlib
from contextlib import closing
from datetime import date

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from hub.access import current_actor, requires
from hub.clock import local, now
from hub.db import read_session, transaction
from hub.orgunits.forms import ImportForm
from hub.orgunits.importing import ImportPlan, apply_import, plan_import
from hub.orgunits.unit_file import MAX_BYTES, read_unit_file

bp = Blueprint("orgunits_import", __name__, template_folder="templates")


@bp.get("/units/import")
@requires("unit.manage")
def upload() -> str:
    """Ask for the file."""
    form = ImportForm(valid_from=local(now()).date())
    return render_template("orgunits/import.html", form=form)


@bp.post("/units/import")
@requires("unit.manage")
def preview() -> ResponseReturnValue:
    """Show what the file would do, or every line that is wrong; change nothing."""
    form = ImportForm(request.form)
    content = _uploaded()
    valid = form.validate()
    if not content:
        form.file.errors = [_("Chọn một tệp CSV.")]
    if not valid or not content:
        return render_template("orgunits/import.html", form=form), 422
    return _show(content, _plan(read_session(), content, form.valid_from.data))


@bp.post("/units/import/apply")
@requires("unit.manage")
def apply() -> ResponseReturnValue:
    """Apply the file that was previewed, all of it or nothing."""
    content, day = _unpack(request.form.get("content", "")), _day(request.form.get("on", ""))
    if content is None or day is None:
        flash(_("Không đọc lại được tệp. Tải lên lần nữa."), "error")
        return redirect(url_for("orgunits_import.upload"))
    with transaction() as session:
        plan = _plan(session, content, day)
        signature = request.form.get("signature", "")
        promised = hmac.compare_digest(_sign(content, plan).encode(), signature.encode())
        if promised and plan.is_ready:
            apply_import(session, plan)
    if not promised or not plan.is_ready:
        flash(_("Danh mục đã thay đổi từ lúc xem trước. Xem lại rồi áp dụng."), "error")
        return _show(content, plan, 409)
    flash(
        _("Đã thêm %(new)s, sửa %(changed)s đơn vị.", new=len(plan.new), changed=len(plan.changed)),
        "success",
    )
    return redirect(url_for("orgunits.index"))


def _uploaded() -> bytes:
    """Return what was uploaded, one byte more than may be at most."""
    file = request.files.get("file")
    if file is None:
        return b""
    with closing(file.stream):
        return bytes(file.read(MAX_BYTES + 1))


def _plan(session: Session, content: bytes, valid_from: date) -> ImportPlan:
    scope = current_actor().scope_for("unit.manage")
    return plan_import(session, read_unit_file(content), valid_from, scope)


def _show(content: bytes, plan: ImportPlan, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "orgunits/preview.html",
        plan=plan,
        content=base64.b64encode(zlib.compress(content)).decode(),
        signature=_sign(content, plan),
    )
    return page, 422 if plan.faults else status


def _sign(content: bytes, plan: ImportPlan) -> str:
    key = str(current_app.config["SECRET_KEY"]).encode()
    said = f"{current_actor().user_id}:{plan.fingerprint()}:".encode() + content
    return hmac.new(key, b"units-import:" + said, hashlib.sha256).hexdigest()


def _unpack(packed: str) -> bytes | None:
    """Return the file again; a bomb of zeros stops at the size an upload may have."""
    try:
        unpacked = zlib.decompressobj().decompress(base64.b64decode(packed), MAX_BYTES + 1)
    except (zlib.error, binascii.Error, ValueError):
        return None
    return unpacked or None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
