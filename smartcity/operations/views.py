"""The operations view, the wall and the snapshot both poll when the line is lost."""

from typing import Any, Final

from flask import Response, jsonify, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext

from hub.access import current_actor, requires
from hub.db import read_session
from hub.journal import last_seq
from smartcity.blueprint import bp
from smartcity.devices.stations import course_phrase, offset_phrase
from smartcity.domain.flood import MarkOffset, Relation
from smartcity.domain.severity import SEVERITY_ORDER
from smartcity.operations.hearing import deaf_now
from smartcity.operations.map import StationLabel, drawing, station_labels
from smartcity.operations.queries import operations_snapshot
from smartcity.operations.words import live_words

CARDS: Final = 60
WALL_CARDS: Final = 5
WALL_STATIONS: Final = 4
WALL_CONFERENCES: Final = 3


@bp.get("/operations")
@requires("operations.view")
def operations() -> str:
    """Show the desk: areas, map, open alerts, stations."""
    page = _page(request.cookies.get("theme") or "dark")
    return render_template("smartcity/operations.html", cards=CARDS, **page)


@bp.get("/operations/wall")
@requires("operations.view")
def operations_wall() -> str:
    """Show the wall: nothing to click, seen from four metres."""
    return render_template(
        "smartcity/wall.html",
        cards=WALL_CARDS,
        station_limit=WALL_STATIONS,
        conference_limit=WALL_CONFERENCES,
        **_page("dark"),
    )


@bp.get("/operations/state")
@requires("operations.view")
def operations_state() -> Response:
    """Answer the snapshot as JSON, in the form Socket.IO sends it."""
    session = read_session()
    # The seq first: what commits in between is in the snapshot and comes again, never is missed.
    seq = last_seq(session)
    data = operations_snapshot(session, current_actor())
    return jsonify({"seq": seq, "at": data["at"], "data": data})


@bp.get("/operations/hearing")
@requires("alert.view")
def hearing_now() -> Response:
    """Answer ``{"sentence"}``: which part is silent and since when, "" while we hear."""
    return jsonify({"sentence": deaf_now()})


def _page(theme: str) -> dict[str, Any]:
    actor = current_actor()
    snapshot = operations_snapshot(read_session(), actor)
    return {
        "snap": snapshot,
        "drawing": drawing(),
        "place": placed_stations,
        "ops_theme": theme,
        "may_handle": actor.can("alert.handle"),
        "may_convene": actor.can("conference.convene"),
        "words": live_words(),
        "offset_words": offset_words,
        "course_words": course_phrase,
        "rest_words": rest_words,
    }


def placed_stations(
    snapshot: dict[str, Any], scale: float
) -> list[tuple[dict[str, Any], StationLabel]]:
    """Return the stations that have a place, each with where its words stand on the map."""
    stations = [s for s in snapshot["stations"] if s["lat"] is not None and s["lon"] is not None]
    wanted = [(s["lon"], s["lat"], len(s["name"].replace("Trạm ", "")) + 7) for s in stations]
    codes = {area["code"] for area in snapshot["areas"]}
    return list(zip(stations, station_labels(wanted, codes, scale), strict=True))


def offset_words(offset: list[Any] | None) -> str:
    """Say in the bulletin's words where the water stands to its marks."""
    if offset is None:
        return offset_phrase(None)
    mark, relation, metres = offset
    return offset_phrase(MarkOffset(mark, Relation(relation), metres))


def rest_words(alerts: list[dict[str, Any]], shown: int) -> str:
    """Say what the wall has no place for: "Còn 14 cảnh báo: 3 Cao, 7 Trung bình"."""
    rest = alerts[shown:]
    if not rest:
        return ""
    words = {
        "critical": _("Khẩn cấp"),
        "high": _("Cao"),
        "medium": _("Trung bình"),
        "low": _("Thấp"),
    }
    counts = {name: sum(a["severity"] == name for a in rest) for name in SEVERITY_ORDER}
    parts = ", ".join(f"{count} {words[name]}" for name, count in counts.items() if count)
    total = ngettext("Còn %(num)s cảnh báo", "Còn %(num)s cảnh báo", len(rest))
    return f"{total}: {parts}"
