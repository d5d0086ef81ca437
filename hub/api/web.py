"""The API's own two pages: its document for programs and for people."""

from flask import Flask, Response, current_app, jsonify, render_template
from werkzeug.routing import BaseConverter

from config import Settings
from hub.accounts import public
from hub.api.operation import api
from hub.api.reading import operations_by_tag
from hub.api.shapes import LARGEST_ID
from hub.api.spec import document


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
