"""What every page of this half reads from a request: filters, positions, where to go back to."""

from collections.abc import Mapping
from typing import Final

from flask import request, url_for
from sqlalchemy.orm import Session

from hub.access.actor import Scope
from hub.access.models import OrgUnit
from hub.db import read_session
from hub.errors import FieldError
from hub.http import own_path
from hub.orgunits.queries import current_units, path_ids, unit_by_code
from hub.text import clean

FEWEST_HEADS: Final = 2


def text_arg(name: str, longest: int = 80) -> str:
    """Return a cleaned piece of text of the query string."""
    return clean(request.args.get(name, ""))[:longest]


def page_arg() -> int:
    """Return the number of the page asked for, from 1."""
    raw = request.args.get("page", "1")
    return min(max(int(raw), 1), 10_000) if raw.isdecimal() and len(raw) < 6 else 1


def unit_arg(session: Session, scope: Scope) -> OrgUnit | None:
    """Return the unit asked for by ``unit=<code>``, if it lies in the scope."""
    code = text_arg("unit", 20)
    unit = unit_by_code(session, code) if code else None
    return unit if unit is not None and scope.covers(unit) else None


def here(**changes: str | int | None) -> str:
    """Return the address of this page with some arguments changed; None removes one."""
    asked = request.args.to_dict().items()
    kept = {name: value for name, value in asked if not _is_order(name)}
    given: dict[str, str | int] = {**kept, **(request.view_args or {})}
    for name, value in changes.items():
        if value in {None, ""}:
            given.pop(name, None)
        elif value is not None:
            given[name] = value
    if "page" not in changes:
        given.pop("page", None)
    arguments: Mapping[str, str] = {name: str(value) for name, value in given.items()}
    return url_for(request.endpoint or "", **arguments)  # type: ignore[arg-type]


def _is_order(name: str) -> bool:
    """Whether ``url_for`` would read the name as an order (``_scheme``) and not as a filter."""
    return name.startswith("_") or name in {"endpoint", "self"}


def pages(shown: int, size: int) -> tuple[str | None, str | None]:
    """Return the addresses of the previous and the next page."""
    page = page_arg()
    before = here(page=page - 1) if page > 1 else None
    after = here(page=page + 1) if shown > size else None
    return before, after


def back_to(fallback: str) -> str:
    """Return where a form wants to go next: a path of ours, never another site."""
    return own_path(request.form.get("next")) or fallback


def is_partial() -> bool:
    """Whether htmx asks for a part of the page."""
    return request.headers.get("HX-Request") == "true"


def wants_json() -> bool:
    """Whether a script asks for data."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json"


def by_field(errors: tuple[FieldError, ...]) -> dict[str, str]:
    """Return one sentence per field."""
    return {error.field: error.message for error in errors}


def unit_choices(scope: Scope, *, heads_only: bool = False) -> list[tuple[str, str]]:
    """Return (code, name) of the units in the scope, indented by depth, for a select.

    ``heads_only`` leaves out units without units below them, where enough others remain.
    """
    units = [unit for unit in current_units(read_session()) if scope.covers(unit)]
    heads = {unit.parent_id for unit in units}
    if heads_only and len(heads) > FEWEST_HEADS:
        units = [unit for unit in units if unit.id in heads]
    rank = {unit.id: position for position, unit in enumerate(units)}
    units.sort(key=lambda unit: _family_key(unit, rank))
    least = min((unit.depth for unit in units), default=0)
    return [(unit.code, "\u2003" * (unit.depth - least) + unit.name) for unit in units]


def _family_key(unit: OrgUnit, rank: dict[int, int]) -> tuple[int, ...]:
    return tuple(rank.get(unit_id, 0) for unit_id in path_ids(unit.path))
