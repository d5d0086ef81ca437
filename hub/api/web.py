"""The API's own two pages: its document for programs and for people."""

from flask import Flask, Response, jsonify, render_template
from werkzeug.routing import BaseConverter

from hub.accounts import public
from hub.api.operation import OPERATIONS, api
from hub.api.spec import document

LARGEST_ID = 2**31 - 1


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
    tags: dict[str, list[object]] = {}
    for described in OPERATIONS:
        tags.setdefault(described.tag, []).append(described)
    return render_template("api/docs.html", tags=tags, schemas=document()["components"]["schemas"])


def add_converters(app: Flask) -> None:
    """Teach the URL map codes and ids; must come before any blueprint that uses them."""
    app.url_map.converters["code"] = CodeConverter
    app.url_map.converters["id"] = IdConverter


def register(app: Flask) -> None:
    """Serve every operation declared so far."""
    app.register_blueprint(api)
