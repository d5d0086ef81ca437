"""Dead letters and quarantine: what was refused, why, and a second chance for it."""

import json
from dataclasses import dataclass
from typing import Any, Final

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor, current_actor, requires
from hub.clock import now
from hub.db import in_transaction, read_session
from hub.errors import Conflict, NotFound
from hub.orgunits.queries import unit_by_code
from hub.ui.forms import keep_form
from smartcity import arguments
from smartcity.blueprint import bp
from smartcity.devices.forms import DeviceForm
from smartcity.form_fields import choices_of
from smartcity.models import Device, QuarantinedDevice
from smartcity.quarantine import queries, services
from smartcity.quarantine.queries import LETTER_STATES, PAGE, LetterFilter
from smartcity.quarantine.services import Replayed
from smartcity.quarantine.words import reason_word

SHOWN_BYTES: Final = 4096
ROW: Final = 16


@dataclass(frozen=True, slots=True)
class Preview:
    """``text`` is safe to escape and print; ``is_hex`` tells how it was made."""

    text: str
    is_hex: bool
    is_cut: bool


def preview(payload: bytes) -> Preview:
    """Return a readable picture of the first bytes of a payload."""
    is_cut = len(payload) > SHOWN_BYTES
    head = payload[:SHOWN_BYTES]
    text = _as_text(head, is_cut)
    if text is None:
        return Preview(_as_hex(head[: SHOWN_BYTES // 4]), True, len(payload) > SHOWN_BYTES // 4)
    return Preview(text if is_cut else _tidy(text), False, is_cut)


def _as_text(head: bytes, is_cut: bool) -> str | None:
    try:
        text = head.decode("utf-8", errors="ignore" if is_cut else "strict")
    except UnicodeDecodeError:
        return None
    return text if _can_be_shown(text) else None


def _can_be_shown(text: str) -> bool:
    return all(char.isprintable() or char in "\n\r\t" for char in text)


def _tidy(text: str) -> str:
    try:
        value = json.loads(text)
        tidy = json.dumps(value, ensure_ascii=False, indent=2)
        # Escapes can hide what no page shows: lone surrogates, NUL, a turn of direction.
        return tidy if _can_be_shown(tidy) else json.dumps(value, indent=2)
    except (ValueError, RecursionError):
        return text


def _as_hex(head: bytes) -> str:
    rows = []
    for start in range(0, len(head), ROW):
        piece = head[start : start + ROW]
        letters = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in piece)
        rows.append(f"{start:04x}  {piece.hex(' '):<{ROW * 3}} {letters}")
    return "\n".join(rows)


STATE_WORDS: Final = {"open": _l("Đang chờ"), "replayed": _l("Đã nạp lại"), "dropped": _l("Đã bỏ")}
DECISIONS: Final = {
    "": _l("Chờ quyết định"),
    "approved": _l("Đã nhận"),
    "rejected": _l("Đã từ chối"),
}


@bp.get("/dead-letters")
@requires("intake.view")
def dead_letters() -> str:
    """List messages that could not be taken in."""
    session, actor = read_session(), current_actor()
    scope = actor.scope_for("intake.view")
    wanted = _letter_filter()
    before_raw = arguments.text_arg("before", 18)
    before_id = int(before_raw) if before_raw.isdecimal() else None
    found = queries.dead_letters(session, scope, wanted, before_id=before_id, limit=PAGE + 1)
    counts = queries.dead_letter_counts(session, scope, wanted)
    return render_template(
        "smartcity/dead_letters.html",
        letters=found[:PAGE],
        wanted=wanted,
        state_tabs=_tabs(STATE_WORDS, counts, "state", wanted.state, "open"),
        reasons=_reason_filters(session, actor, wanted),
        slots=queries.ingest_health(session, now()),
        can_handle=actor.can("intake.handle"),
        next_url=arguments.here(before=found[PAGE - 1].id) if len(found) > PAGE else None,
        first_url=arguments.here(before=None) if before_id else None,
    )


def _letter_filter() -> LetterFilter:
    state = arguments.text_arg("state", 10)
    return LetterFilter(
        state=state if state in LETTER_STATES else "open",
        reason=arguments.text_arg("reason", 60),
        device_code=arguments.text_arg("device", 80),
    )


def _tabs(
    words: dict[str, Any], counts: dict[str, int], name: str, current: str, default: str
) -> list[dict[str, Any]]:
    return [
        {
            "label": word,
            "url": arguments.here(**{name: None if key == default else key, "before": None}),
            "current": key == current,
            "count": counts.get(key),
        }
        for key, word in words.items()
    ]


def _reason_filters(session: Session, actor: Actor, wanted: LetterFilter) -> list[dict[str, Any]]:
    found = queries.dead_letter_reasons(session, actor.scope_for("intake.view"), wanted.state)
    return [
        {
            "label": reason_word(kind),
            "url": arguments.here(reason=None if kind == wanted.reason else kind, before=None),
            "current": kind == wanted.reason,
            "count": count,
        }
        for kind, count in found
    ]


@bp.get("/dead-letters/<int:letter_id>")
@requires("intake.view")
def dead_letter(letter_id: int) -> str:
    """Show one dead letter whole."""
    actor = current_actor()
    scope = actor.scope_for("intake.view")
    letter = queries.dead_letter(read_session(), letter_id, scope)
    if letter is None:
        raise NotFound("")
    return render_template(
        "smartcity/dead_letter.html",
        letter=letter,
        preview=preview(letter.payload),
        can_handle=actor.can("intake.handle"),
    )


@bp.post("/dead-letters/decide")
@requires("intake.handle")
def decide_letters() -> ResponseReturnValue:
    """Replay or drop the chosen dead letters."""
    ids = [int(raw) for raw in request.form.getlist("letter") if raw.isdecimal() and len(raw) < 18]
    back = redirect(arguments.back_to(url_for("smartcity.dead_letters")))
    if not ids:
        flash(_("Chưa chọn bản tin nào."), "warning")
        return back
    is_drop = request.form.get("what") == "drop"
    try:
        if is_drop:
            _drop(ids)
        else:
            _replay(ids)
    except NotFound as gone:
        flash(gone.message, "warning")
    return back


def _drop(ids: list[int]) -> None:
    actor = current_actor()
    count = in_transaction(lambda session: services.drop_letters(session, actor, ids))
    flash(_("Đã bỏ %(count)s bản tin", count=count), "success")


def _replay(ids: list[int]) -> None:
    actor = current_actor()
    done = in_transaction(lambda session: services.replay_letters(session, actor, ids))
    _say_replayed(done)


def _say_replayed(done: Replayed) -> None:
    if done.taken:
        flash(_("Đã nạp lại %(count)s bản tin", count=done.taken), "success")
    if done.refused:
        reasons = "; ".join(reason_word(reason) for reason in done.refused)
        flash(_("Có bản tin vẫn chưa nhận được: %(reasons)s", reasons=reasons), "warning")


@bp.get("/quarantine")
@requires("intake.view")
def quarantine() -> str:
    """List devices nobody has registered."""
    session, actor = read_session(), current_actor()
    scope = actor.scope_for("intake.view")
    decided = arguments.text_arg("decided", 10)
    decided = decided if decided in DECISIONS else ""
    counts = {"": queries.quarantine_count(session, scope)}
    return render_template(
        "smartcity/quarantine.html",
        rows=queries.quarantine(session, scope, decided),
        decided=decided,
        tabs=_tabs(DECISIONS, counts, "decided", decided, ""),
        can_handle=actor.can("intake.handle"),
    )


@bp.get("/quarantine/<int:quarantined_id>")
@requires("intake.view")
def quarantined_device(quarantined_id: int) -> str:
    """Show one unknown device, what it sent, and the form to take it in."""
    session = read_session()
    row = _quarantined(session, quarantined_id)
    unit = unit_by_code(session, row.unit_code)
    form = DeviceForm(
        data={
            "code": row.device_code,
            "name": row.device_code,
            "unit": unit.code if unit else "",
            "expected_interval_s": 600,
        }
    )
    return _quarantine_page(row, form, [])


def _quarantined(session: Session, quarantined_id: int) -> QuarantinedDevice:
    row = session.get(QuarantinedDevice, quarantined_id)
    scope = current_actor().scope_for("intake.view")
    reachable = (
        {one.id for one in queries.quarantine(session, scope, row.decided)} if row else set()
    )
    if row is None or row.id not in reachable:
        raise NotFound("")
    return row


def _quarantine_page(row: QuarantinedDevice, form: DeviceForm, extra: list[tuple[str, str]]) -> str:
    session, actor = read_session(), current_actor()
    form.unit.choices = choices_of(arguments.unit_choices(actor.scope_for("device.manage")))
    kept: list[tuple[Any, Preview]] = [
        (message, preview(message.payload))
        for message in queries.quarantined_messages(session, row.id)
    ]
    return render_template(
        "smartcity/quarantined_device.html",
        row=row,
        form=form,
        extra=extra,
        kept=kept,
        can_handle=actor.can("intake.handle") and actor.can("device.manage"),
    )


@bp.post("/quarantine/<int:quarantined_id>/approve")
@requires("intake.handle")
def approve_device(quarantined_id: int) -> ResponseReturnValue:
    """Register a quarantined device and take in what it sent."""
    row = _quarantined(read_session(), quarantined_id)
    form = DeviceForm(request.form, data={"code": row.device_code})
    actor = current_actor()

    def values() -> dict[str, Any]:
        return {**form.values, "code": row.device_code}

    def approve(session: Session) -> tuple[str, Replayed]:
        device, done = services.approve_device(session, actor, quarantined_id, values())
        return device.code, done

    def admit(session: Session) -> Device:
        return services.admit_device(session, actor, quarantined_id, values())

    try:
        approved, extra = keep_form(form, approve, check=admit)
        if approved:
            code, done = approved
            flash(_("Đã nhận thiết bị %(code)s", code=code), "success")
            _say_replayed(done)
            return redirect(url_for("smartcity.device_page", code=code))
    except Conflict as conflict:
        extra = [("", conflict.message)]
    row = _quarantined(read_session(), quarantined_id)
    return make_response(_quarantine_page(row, form, extra), 422)


@bp.post("/quarantine/<int:quarantined_id>/reject")
@requires("intake.handle")
def reject_device(quarantined_id: int) -> ResponseReturnValue:
    """Refuse a quarantined device."""
    actor = current_actor()
    try:
        code = in_transaction(
            lambda session: services.reject_device(session, actor, quarantined_id).device_code
        )
        flash(_("Đã từ chối %(code)s", code=code), "success")
    except Conflict as decided:
        flash(decided.message, "warning")
    return redirect(url_for("smartcity.quarantine"))
