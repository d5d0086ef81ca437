"""Fails when production holds a function, class or property that nothing in production enters.

vulture looks at the packages alone, so what only tests or benchmarks enter counts as dead. Names
that stand in templates count as used. What a library calls by name is listed with its reason.
"""

import re
import sys
from keyword import iskeyword
from pathlib import Path
from typing import Final

from vulture.core import Vulture  # type: ignore[import-untyped]

ROOT: Final = Path(__file__).resolve().parent.parent
PRODUCTION: Final = ("hub", "conferencing", "smartcity", "migrations", "config.py", "wsgi.py")
WORD: Final = re.compile(r"[A-Za-z_]\w+")
KINDS: Final = {"function", "class", "method", "property"}
# Registered by their decorator: routes, operations, commands, what templates may use.
DECORATORS: Final = (
    "@*.get",
    "@*.post",
    "@*.route",
    "@operation",
    "@*.command",
    "@*.group",
    "@*.app_template_*",
    "@*.app_context_processor",
    "@field_validator",
    "@model_validator",
)
CALLED_BY_NAME: Final = {
    "Meta": "WTForms reads it",
    "pre_validate": "WTForms calls it",
    "process_formdata": "WTForms calls it",
    "validate_*": "WTForms calls it by the name of the field",
    "load_dialect_impl": "SQLAlchemy calls it",
    "process_bind_param": "SQLAlchemy calls it",
    "process_result_value": "SQLAlchemy calls it",
    "list_commands": "click calls it",
    "get_command": "click calls it",
    "load_config": "gunicorn calls it",
    "jinja_loader": "Flask reads it",
    "upgrade": "Alembic calls it",
    "downgrade": "Alembic calls it",
    "__call__": "a protocol states what is called",
    "on_*": "a library calls it",
    "initialize": "hatch calls it",
    "load_bytecode": "Jinja calls it",
    "dump_bytecode": "Jinja calls it",
    "to_python": "werkzeug calls it",
    "to_url": "werkzeug calls it",
    "model_config": "pydantic reads it",
}


def template_words(root: Path) -> str:
    """Return Python that uses every word of every template."""
    words = {
        word
        for package in PRODUCTION
        for page in (root / package).rglob("*.html")
        for word in WORD.findall(page.read_text(encoding="utf-8"))
    }
    return "\n".join(f"_.{word}" for word in sorted(words) if not iskeyword(word))


def findings(root: Path) -> list[str]:
    """Name what is dead, with its place."""
    vulture = Vulture(ignore_names=list(CALLED_BY_NAME), ignore_decorators=list(DECORATORS))
    vulture.scan(template_words(root), filename="templates")
    vulture.scavenge([str(root / name) for name in PRODUCTION])
    return [
        f"{item.filename.relative_to(root)}:{item.first_lineno}: {item.typ} {item.name}"
        for item in vulture.get_unused_code(min_confidence=60)
        if item.typ in KINDS and item.filename.is_absolute()
    ]


if __name__ == "__main__":
    found = findings(ROOT)
    sys.stderr.writelines(f"nothing in production enters {line}\n" for line in found)
    sys.exit(1 if found else 0)
