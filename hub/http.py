"""From errors to answers: everything that knows HTTP codes.

Pages get an HTML error page; the API gets RFC 9457 ``application/problem+json``.
"""

import contextlib
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from flask import Flask, Response, current_app, g, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from werkzeug.exceptions import BadRequest, HTTPException, RequestEntityTooLarge

from config import Settings
from hub.contributions import Contributions
from hub.db import db
from hub.errors import (
    Conflict,
    FieldError,
    HubError,
    Invalid,
    NotAllowed,
    NotFound,
    Stale,
    Unavailable,
)

logger = logging.getLogger(__name__)

# The longest text there is, an agenda, and the fields that hold a line for each of many.
LONGEST_FIELD = 20_000
LONGEST_LIST = 200_000
LONG_FIELDS = Contributions[str]("long_fields")
PROBLEM = "application/problem+json"
# Addresses ("/feeds/") whose next part is a secret: it must not end in a log.
SECRET_PATHS = Contributions[str]("secret_paths")
SHORTEST_SECRET = 8
STATUS: dict[type[HubError], int] = {
    NotFound: 404,
    NotAllowed: 403,
    Conflict: 409,
    Stale: 412,
    Invalid: 422,
    Unavailable: 503,
}


def register(app: Flask) -> None:
    """Install the error handlers of the application."""
    app.before_request(_refuse_unusable)
    app.register_error_handler(HubError, _hub_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OperationalError, _database_error)
    app.register_error_handler(Exception, _unexpected)


def _refuse_unusable() -> None:
    """Refuse a NUL in the address, which PostgreSQL does not take, and fields without bounds."""
    if request.path.startswith("/api/"):
        return  # The API checks every value by its model and names the field.
    asked = (part for pair in request.args.items(multi=True) for part in pair)
    if "\0" in request.path or any("\0" in part for part in asked):
        raise BadRequest
    # Before any form reads it: what takes time by its length must not be given length.
    if any(len(value) > _longest(name) for name, value in request.form.items(multi=True)):
        raise RequestEntityTooLarge


def _longest(name: str) -> int:
    return LONGEST_LIST if name in LONG_FIELDS.all() else LONGEST_FIELD


def own_path(target: str | None) -> str | None:
    """Return the path and query of a target on this site, None for another host or scheme.

    What is returned is put together anew from what was checked. Two slashes at the beginning name
    a host wherever they come from, and a backslash counts as a slash, as browsers read it; control
    characters are refused.
    """
    if not target or not target.isprintable() or "\\" in target:
        return None
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    if parts.scheme or parts.netloc or not parts.path.startswith("/") or parts.path[1:2] == "/":
        return None
    return urlunsplit(("", "", parts.path, parts.query, parts.fragment))


def wants_problem() -> bool:
    """Whether this request is the API's (or asks for JSON) rather than a page's."""
    if request.path.startswith("/api/"):
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json", PROBLEM])
    return best in {"application/json", PROBLEM}


def problem(
    status: int, title: str, detail: str = "", extra: Mapping[str, Any] | None = None
) -> Response:
    """Build an RFC 9457 answer; ``extra`` members stand beside the standard ones."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    response = jsonify({**(extra or {}), **body})
    response.status_code = status
    response.mimetype = PROBLEM
    return response


def field_errors(errors: tuple[FieldError, ...]) -> list[dict[str, str]]:
    """Return field errors as the API states them."""
    return [{"field": error.field, "message": error.message} for error in errors]


def default_message(status: int) -> str:
    """Return a sentence for a status when the raiser gave none."""
    return {
        400: _("Yêu cầu không đọc được."),
        401: _("Cần đăng nhập."),
        403: _("Tài khoản của bạn không được làm việc này ở đây."),
        404: _("Không tìm thấy, hoặc nằm ngoài khu vực của bạn."),
        405: _("Trang này không nhận kiểu yêu cầu đó."),
        409: _("Việc này không còn hợp với tình trạng hiện tại."),
        412: _("Đã có thay đổi sau bản bạn đang sửa. Đọc lại bản hiện có rồi gửi lại."),
        413: _("Nội dung gửi lên quá lớn, hoặc một ô dài quá 20.000 ký tự."),
        422: _("Có chỗ cần sửa trước khi lưu."),
        429: _("Thử quá nhiều lần. Vui lòng đợi một phút rồi thử lại."),
        500: _("Hệ thống gặp lỗi. Đã ghi lại; vui lòng thử lại."),
        503: _("Hệ thống đang bận hoặc mất kết nối cơ sở dữ liệu. Vui lòng thử lại sau ít giây."),
    }.get(status, _("Có lỗi xảy ra."))


def page_title(status: int) -> str:
    """Return the heading of an error page."""
    return {
        401: _("Cần đăng nhập"),
        403: _("Không được phép"),
        404: _("Không tìm thấy"),
        409: _("Đã có thay đổi"),
        412: _("Đã có thay đổi"),
        413: _("Tệp quá lớn"),
        429: _("Thử quá nhiều lần"),
        503: _("Tạm thời không phục vụ được"),
    }.get(status, _("Chưa làm được") if status < 500 else _("Hệ thống gặp lỗi"))


def answer(status: int, message: str, extra: Mapping[str, Any] | None = None) -> Response:
    """Build the error answer in the form this client reads."""
    text = message or default_message(status)
    if wants_problem():
        return problem(status, HTTPStatus(status).phrase, text, extra)
    way_on = ("/sign-in", _("Đăng nhập")) if status == 401 else None
    title = page_title(status)
    page = render_template("ui/error.html", code=status, title=title, sentence=text, action=way_on)
    return make_response(page, status)


def _hub_error(error: HubError) -> ResponseReturnValue:
    status = next(code for kind, code in STATUS.items() if isinstance(error, kind))
    extra: dict[str, Any] = dict(error.details)
    if extra.pop("sign_in", False):
        status = 401
        if unsent := _unsent(status):
            return unsent
    if isinstance(error, Invalid):
        extra["errors"] = field_errors(error.errors)
    response = answer(status, error.message, extra)
    if isinstance(error, Stale):
        response.set_etag(str(error.version))
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="nhipcau"'
    return response


def _csrf_error(_error: CSRFError) -> ResponseReturnValue:
    if unsent := _unsent(400):
        return unsent
    return answer(400, _("Phiên làm việc của biểu mẫu đã hết hạn. Tải lại trang rồi gửi lại."))


def _unsent(status: int) -> Response | None:
    """Return the page that gives back what was typed into a form that could not be taken.

    Only to whoever pressed a button of ours: a page of another origin must not lay words into
    the mouth of somebody who is signed in. A form with a password or a file is not given back:
    without them it would be another form.
    """
    kept = [(n, value) for n, value in request.form.items(multi=True) if n != "csrf_token"]
    is_whole = not request.files and not any("password" in name for name, _value in kept)
    if wants_problem() or not kept or not is_whole or not _is_from_here():
        return None
    action = request.full_path.rstrip("?")
    page = render_template("ui/unsent.html", kept=kept, action=action, must_sign_in=status == 401)
    return make_response(page, status)


def _is_from_here() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:  # the browser itself says it, ports and schemes and all
        return site == "same-origin"
    return host_of(request.headers.get("Origin") or request.headers.get("Referer")) in own_hosts()


def own_hosts() -> set[str]:
    """Return the hosts, with their ports, under which this site is reached."""
    settings: Settings = current_app.extensions["hub.settings"]
    return {request.host, host_of(settings.base_url)} - {""}


def host_of(address: str | None) -> str:
    """Return the host and port of an address; "" of what is none."""
    try:
        return urlsplit(address or "").netloc
    except ValueError:
        return ""


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or error.code is None or error.code < 400:
        return error.get_response()
    response = answer(error.code, default_message(error.code))
    for name, value in error.get_headers():
        if name.lower() in {"retry-after", "allow", "www-authenticate"}:
            response.headers[name] = value
    return response


def _database_error(error: OperationalError) -> ResponseReturnValue:
    """Say that the database is away, without asking it for anything more."""
    reason = str(error.orig).strip().splitlines()[:1]
    logger.error("database error on %s %s: %s", request.method, safe_path(request.path), reason)
    with contextlib.suppress(SQLAlchemyError):
        db.session.remove()
    # The page knows nobody: whom it greets and what they may see stands in the database.
    g.hub_actor = None
    response = answer(503, "")
    response.headers["Retry-After"] = "5"
    return response


def _unexpected(error: Exception) -> ResponseReturnValue:
    _log("unexpected", error)
    return answer(500, "")


def _log(kind: str, error: Exception) -> None:
    logger.error("%s error on %s %s", kind, request.method, safe_path(request.path), exc_info=error)


def safe_path(path: str) -> str:
    """Return a path fit for a log, secrets left out."""
    for start in SECRET_PATHS.all():
        secret, slash, rest = path.removeprefix(start).partition("/")
        if path.startswith(start) and len(secret) >= SHORTEST_SECRET:
            return f"{start}***{slash}{rest}"
    return path
