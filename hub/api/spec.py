"""The OpenAPI 3.1 document, made from the declared operations."""

import re
from collections.abc import Iterable
from functools import cache
from typing import Any, Final, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from hub.api.operation import OPERATIONS, PREFIX, PROBLEM_MEMBERS, Operation
from hub.api.shapes import NoContent

VERSION: Final = "1.0.0"
REF: Final = "#/components/schemas/{model}"
_PARAMETER = re.compile(r"<(?:(?P<kind>[a-z]+):)?(?P<name>[a-z_]+)>")
Part = dict[str, Any]


PARAMETER_SCHEMAS: Final[dict[str, Part]] = {
    "id": {"type": "integer", "minimum": 1, "maximum": 2147483647},
    "code": {"type": "string", "pattern": "^[A-Za-z0-9._:-]{1,80}$"},
}


@cache
def document() -> Part:
    """Return the whole document as plain JSON data."""
    references, schemas = _schemas()
    paths: Part = {}
    for described in OPERATIONS:
        path = _PARAMETER.sub(r"{\g<name>}", described.path)
        paths.setdefault(path, {})[described.method.lower()] = _operation(described, references)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Nhịp Cầu",
            "version": VERSION,
            "summary": "Video conferences, sensors and alerts of a province",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": PREFIX}],
        "security": [{"bearer": []}],
        "tags": [{"name": tag} for tag in sorted({each.tag for each in OPERATIONS})],
        "paths": paths,
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Problem": _problem_schema(), **schemas},
        },
    }


References = dict[Any, Part]


def _problem_schema() -> Part:
    """Return the schema of every refusal, with the members that the halves add to theirs."""
    errors = {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["field", "message"],
            "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
        },
    }
    return {
        "type": "object",
        "description": "RFC 9457 problem details",
        "required": ["type", "title", "status"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "version": {
                "type": "integer",
                "description": "With 412: the present version of the object",
            },
            **PROBLEM_MEMBERS,
            "errors": errors,
        },
        "additionalProperties": True,
    }


def _schemas() -> tuple[References, Part]:
    wanted: list[tuple[type[BaseModel], Literal["validation", "serialization"]]] = []
    for described in OPERATIONS:
        wanted += [(model, "validation") for model in (described.body, described.query) if model]
        wanted.append((described.response, "serialization"))
    references, definitions = models_json_schema(list(dict.fromkeys(wanted)), ref_template=REF)
    return references, definitions.get("$defs", {})


def _operation(described: Operation, references: References) -> Part:
    part: Part = {
        "operationId": described.name,
        "tags": [described.tag],
        "summary": described.summary,
        "description": described.description,
        "parameters": [*_path_parameters(described.path), *_query_parameters(described)],
        "responses": _responses(described, references),
    }
    if described.body is not None:
        schema = references[(described.body, "validation")]
        part["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schema}},
        }
    if described.is_unsafe:
        part["parameters"].append(_idempotency_parameter())
    if described.heeds_version:
        part["parameters"].append(_match_parameter())
    return part


def _path_parameters(path: str) -> Iterable[Part]:
    for match in _PARAMETER.finditer(path):
        schema = PARAMETER_SCHEMAS.get(match["kind"] or "code", {"type": "string"})
        yield {"name": match["name"], "in": "path", "required": True, "schema": schema}


def _query_parameters(described: Operation) -> Iterable[Part]:
    if described.query is None:
        return
    schema = described.query.model_json_schema(ref_template=REF)
    required = set(schema.get("required", ()))
    for name, part in schema.get("properties", {}).items():
        text = part.pop("description", "")
        yield {
            "name": name,
            "in": "query",
            "required": name in required,
            "description": text,
            "schema": part,
        }


def _idempotency_parameter() -> Part:
    return {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": "Sent twice, the call acts once and is answered alike",
        "schema": {"type": "string", "minLength": 1, "maxLength": 120, "pattern": "^[!-~]+$"},
    }


def _match_parameter() -> Part:
    return {
        "name": "If-Match",
        "in": "header",
        "required": False,
        "description": "The ETag that the change was made from; without it the members sent are"
        " merged into whatever is there",
        "schema": {"type": "string", "pattern": r'^(\*|(W/)?"[0-9]+"(, ?(W/)?"[0-9]+")*)$'},
    }


def _version_header() -> Part:
    return {
        "description": "The version of what people write of the object; give it as If-Match",
        "schema": {"type": "string", "pattern": '^"[0-9]+"$'},
    }


ERROR_WORDS: Final[dict[str, str]] = {
    "401": "No token, or one that is not known",
    "403": "The token may not do this",
    "404": "Not there, or outside the caller's area",
    "409": "The present state forbids it",
    "412": "Changed since the version in If-Match; `version` and ETag are the present one",
    "415": "Not application/json",
    "422": "Something to mend; `errors` names each member",
    "503": "A service we depend on is away; try again later",
}


def _responses(described: Operation, references: References) -> Part:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    problems = {
        status: {"description": ERROR_WORDS[status], "content": content}
        for status in _error_statuses(described)
    }
    other = {"default": {"description": "A problem (RFC 9457)", "content": content}}
    if described.response is NoContent:
        return {"204": {"description": "Done"}, **problems, **other}
    schema = references[(described.response, "serialization")]
    done: Part = {"description": "Done", "content": {"application/json": {"schema": schema}}}
    if described.is_versioned:
        done["headers"] = {"ETag": _version_header()}
    return {str(described.status): done, **problems, **other}


def _error_statuses(described: Operation) -> list[str]:
    found = {"401", "403", *map(str, described.errors)}
    if "<" in described.path:
        found.add("404")
    if described.heeds_version:
        found.add("412")
    if described.body is not None:
        found.add("415")
    if described.body is not None or described.query is not None:
        found.add("422")
    return sorted(found)
