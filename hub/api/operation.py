"""What an operation is: declared once, it is checked, served and documented from that.

A view of an unsafe operation takes ``session`` first and runs inside one transaction, which the
operation opens; with ``own_transaction`` the view opens it and calls ``keep_answer`` itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Final, TypeVar, get_origin

from flask import Blueprint, Response, request
from flask_babel import gettext as _
from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.exceptions import UnsupportedMediaType

from hub.access.policy import requires
from hub.api.idempotency import earlier_answer, keep_answer, key_of_request
from hub.api.shapes import ApiModel, NoContent
from hub.api.versions import tag_answer, version_of
from hub.db import in_transaction, read_session
from hub.drafts import as_invalid
from hub.errors import Conflict, NotFound, Stale

V = TypeVar("V", bound=Callable[..., Any])
M = TypeVar("M", bound=BaseModel)
PREFIX: Final = "/api/v1"
api = Blueprint("api", __name__, url_prefix=PREFIX, template_folder="templates")
UNSAFE: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True, slots=True)
class Operation:
    """Everything the document and the server need to know of one operation."""

    method: str
    path: str
    tag: str
    summary: str
    capability: str
    name: str
    response: type[BaseModel]
    status: int = 200
    query: type[ApiModel] | None = None
    body: type[ApiModel] | None = None
    own_transaction: bool = False
    description: str = ""
    errors: tuple[int, ...] = field(default=())

    @property
    def is_unsafe(self) -> bool:
        """Whether it changes something."""
        return self.method in UNSAFE

    @property
    def is_versioned(self) -> bool:
        """Whether it answers one kept object, with its version as ETag."""
        return "version" in self.response.model_fields

    @property
    def heeds_version(self) -> bool:
        """Whether it changes such an object, and so honours ``If-Match``."""
        return self.is_unsafe and self.is_versioned and "<" in self.path


OPERATIONS: list[Operation] = []
# What refusals of some operations say beside the members that all have, by name: JSON schemas.
PROBLEM_MEMBERS: dict[str, Mapping[str, Any]] = {}


def operation(
    method: str,
    path: str,
    *,
    tag: str,
    summary: str,
    capability: str,
    response: type[BaseModel],
    status: int = 200,
    query: type[ApiModel] | None = None,
    body: type[ApiModel] | None = None,
    own_transaction: bool = False,
    errors: tuple[int, ...] = (),
) -> Callable[[V], V]:
    """Declare a view, called with path values and the ``query``, ``body``, ``session`` it takes."""

    def declare(view: V) -> V:
        described = Operation(
            method=method,
            path=path,
            tag=tag,
            summary=summary,
            capability=capability,
            name=view.__name__,
            response=response,
            status=status,
            query=query,
            body=body,
            own_transaction=own_transaction,
            description=(view.__doc__ or "").strip(),
            errors=errors,
        )
        OPERATIONS.append(described)
        served = requires(capability)(_serve(described, view))
        api.add_url_rule(path, view.__name__, served, methods=[method])
        return view

    return declare


def _serve(described: Operation, view: Callable[..., BaseModel]) -> Callable[..., Response]:
    @wraps(view)
    def serve(**path_values: Any) -> Response:
        key = key_of_request() if described.is_unsafe else None
        if key is not None and (earlier := earlier_answer(read_session(), key)):
            return earlier
        try:
            return _answer(described, _run(described, view, path_values))
        except (IntegrityError, Conflict, NotFound, Stale) as error:
            # The same key at the same time: the other call was faster and stands in the way.
            if key is not None and (earlier := earlier_answer(read_session(), key)):
                return earlier
            if isinstance(error, IntegrityError):
                raise Conflict("") from error
            raise

    return serve


def _run(
    described: Operation, view: Callable[..., BaseModel], path_values: dict[str, Any]
) -> BaseModel:
    given = dict(path_values)
    if described.query is not None:
        given["query"] = _read(described.query, _query_values(described.query))
    if described.body is not None:
        given["body"] = _read_body(described.body)
    if not described.is_unsafe or described.own_transaction:
        return view(**given)

    def act(session: Session) -> BaseModel:
        result = view(session=session, **given)
        keep_answer(session, result, described.status)
        return result

    return in_transaction(act)


def _answer(described: Operation, result: BaseModel) -> Response:
    if isinstance(result, NoContent):
        return Response(status=204)
    body = result.model_dump_json(by_alias=True)
    response = Response(body, described.status, mimetype="application/json")
    if (version := version_of(result)) is not None:
        tag_answer(response, version)
    return response


def _query_values(model: type[ApiModel]) -> dict[str, Any]:
    many = {
        wanted.alias or name
        for name, wanted in model.model_fields.items()
        if get_origin(wanted.annotation) is list
    }
    return {
        name: request.args.getlist(name) if name in many else request.args[name]
        for name in request.args
    }


def _read(model: type[M], values: Any) -> M:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise as_invalid(error) from error


def _read_body(model: type[M]) -> M:
    if request.mimetype != "application/json":
        raise UnsupportedMediaType(_("Cần Content-Type: application/json."))
    try:
        return model.model_validate_json(request.get_data() or b"", strict=True)
    except ValidationError as error:
        raise as_invalid(error) from error
