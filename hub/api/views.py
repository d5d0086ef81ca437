"""The API's own two pages: its document for programs and for people."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, current_app, jsonify, render_template
from werkzeug.routing import BaseConverter

from config import Settings
from hub.access import public
from hub.api.operation import OPERATIONS, PREFIX, Operation, api
from hub.api.shapes import LARGEST_ID
from hub.api.spec import Part, document


@dataclass(frozen=True, slots=True)
class Member:
    """One thing to send; ``place`` is path, query or body."""

    name: str
    place: str
    kind: str
    is_required: bool
    words: str


@dataclass(frozen=True, slots=True)
class Readable:
    """One operation for people; ``example`` is a command to try."""

    operation: Operation
    path: str
    members: tuple[Member, ...]
    example: str

    @property
    def anchor(self) -> str:
        """The fragment that leads to it."""
        return self.operation.name.replace("_", "-")

    @property
    def words(self) -> str:
        """The description without the marks that the document's Markdown has."""
        lines = (line.strip() for line in self.operation.description.splitlines())
        return "\n".join(lines).replace("``", "")


def operations_by_tag(base_url: str) -> dict[str, list[Readable]]:
    """Return every operation under its tag, tags in order."""
    found: dict[str, list[Readable]] = {}
    for described in sorted(OPERATIONS, key=lambda one: one.tag):
        found.setdefault(described.tag, []).append(_readable(described, base_url))
    return found


def _readable(described: Operation, base_url: str) -> Readable:
    paths: Mapping[str, Part] = document()["paths"]
    method = described.method.lower()
    path, part = next(
        (path, parts[method])
        for path, parts in paths.items()
        if parts.get(method, {}).get("operationId") == described.name
    )
    members = (*_parameters(part), *_body(part))
    return Readable(described, path, members, _example(described, base_url + PREFIX + path, part))


def _parameters(part: Part) -> Iterable[Member]:
    for one in part["parameters"]:
        if one["in"] != "header":
            words = one.get("description", "")
            yield Member(one["name"], one["in"], kind_of(one["schema"]), one["required"], words)


def _body(part: Part) -> Iterable[Member]:
    if "requestBody" not in part:
        return
    schema = _followed(part["requestBody"]["content"]["application/json"]["schema"])
    required = set(schema.get("required", ()))
    for name, one in schema.get("properties", {}).items():
        yield Member(name, "body", kind_of(one), name in required, one.get("description", ""))


def _followed(schema: Part) -> Part:
    reference = schema.get("$ref")
    if reference is None:
        return schema
    found: Part = document()["components"]["schemas"][reference.rpartition("/")[2]]
    return found


def kind_of(schema: Part) -> str:
    """Return a schema's kind in a few words: "list of text (at most 80)", "date-time or null"."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return " or ".join(kind_of(each) for each in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(_value(each) for each in schema["enum"])
    if "const" in schema:
        return _value(schema["const"])
    if schema.get("type") == "array":
        return f"list of {kind_of(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type", "any")) + _bounds(schema)


def _value(value: Any) -> str:
    return '""' if value == "" else str(value)


def _bounds(schema: Part) -> str:
    if "minimum" in schema and "maximum" in schema:
        return f" {schema['minimum']}…{schema['maximum']}"
    if "maxLength" in schema:
        return f" ≤ {schema['maxLength']}"
    return ""


def _example(described: Operation, url: str, part: Part) -> str:
    lines = [f"curl -H 'Authorization: Bearer nc_…' {url}"]
    if described.method != "GET":
        lines[0] = lines[0].replace("curl ", f"curl -X {described.method} ")
    if "requestBody" in part:
        needed = [member for member in _body(part) if member.is_required]
        body = ", ".join(f'"{member.name}": …' for member in needed)
        lines.append(f"  --json '{{{body}}}'")
    return " \\\n".join(lines)


class CodeConverter(BaseConverter):
    """A public code: letters without accents, digits and a few signs."""

    regex = r"[A-Za-z0-9._:-]{1,80}"


class IdConverter(BaseConverter):
    """A row id no database refuses."""

    regex = r"[1-9][0-9]{0,9}"

    def to_python(self, value: str) -> int:
        """Return the number; too large a one is simply not found."""
        return min(int(value), LARGEST_ID)


@api.get("/openapi.json")
@public
def openapi() -> Response:
    """Return the OpenAPI 3.1 document."""
    return jsonify(document())


@api.get("/docs")
@public
def docs() -> str:
    """Show the operations to a person."""
    settings: Settings = current_app.extensions["hub.settings"]
    tags = operations_by_tag(settings.base_url.rstrip("/"))
    return render_template("api/docs.html", tags=tags)


def add_converters(app: Flask) -> None:
    """Teach the URL map codes and ids; must come before any blueprint that uses them."""
    app.url_map.converters["code"] = CodeConverter
    app.url_map.converters["id"] = IdConverter


def register(app: Flask) -> None:
    """Serve every operation declared so far."""
    app.register_blueprint(api)
