"""The schematic map as SVG paths, projected once per process from the map's own file.

Cells are computed from points, not administrative boundaries: the page says "bản đồ sơ đồ".
"""

import json
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

MAP_FILE: Final = Path(__file__).parent / "assets" / "map" / "units_2020.json"
WIDTH: Final = 1000
MARGIN: Final = 8
# Two towns are too small for a label: it stands in the sea beside them (map units).
LABEL_SHIFT: Final = {"450": (104, 44), "458": (88, -6)}

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Shape:
    """One closed or open path; ``x`` and ``y`` are where its label stands."""

    code: str
    name: str
    parent: str
    path: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything the map draws, in units of a box ``width`` wide."""

    width: int
    height: int
    cells: tuple[Shape, ...]
    areas: tuple[Shape, ...]
    rivers: tuple[Shape, ...]
    outline: str
    note: str
    attribution: str


class Projection:
    """Longitude and latitude to map units; true to shape in the middle of the province."""

    def __init__(self, points: list[Point]) -> None:
        west, east = min(p[0] for p in points), max(p[0] for p in points)
        south, north = min(p[1] for p in points), max(p[1] for p in points)
        self.west, self.north = west, north
        self.narrow = math.cos(math.radians((south + north) / 2))
        self.scale = (WIDTH - 2 * MARGIN) / ((east - west) * self.narrow)
        self.height = round((north - south) * self.scale) + 2 * MARGIN

    def place(self, lon: float, lat: float) -> Point:
        """Return the place in map units."""
        x = MARGIN + (lon - self.west) * self.narrow * self.scale
        y = MARGIN + (self.north - lat) * self.scale
        return round(x, 1), round(y, 1)

    def path(self, points: list[Point], closed: bool) -> str:
        """Return the SVG path of a ring or line."""
        placed = " ".join(f"{x:g},{y:g}" for x, y in (self.place(p[0], p[1]) for p in points))
        return f"M{placed}{'Z' if closed else ''}"


@lru_cache(maxsize=1)
def _source() -> tuple[dict[str, Any], Projection]:
    found: dict[str, Any] = json.loads(MAP_FILE.read_text(encoding="utf-8"))
    return found, Projection([p for ring in _rings(found["province"]) for p in ring])


def place(lon: float, lat: float) -> Point:
    """Return where a station stands on the map."""
    return _source()[1].place(lon, lat)


Box = tuple[float, float, float, float]
# Of a label of 13 px: width of a letter, height of a line, in its own pixels.
LETTER: Final = 7.2
LINE: Final = 18.0
# Where a station's words may stand: which side, and the base line below the square's middle.
SIDES: Final = (
    ("right", -6),
    ("left", 14),
    ("right", 18),
    ("left", -6),
    ("right", 5),
    ("left", 5),
    ("right", -20),
    ("right", 30),
    ("left", 28),
    ("left", -20),
)


@dataclass(frozen=True, slots=True)
class StationLabel:
    """A station's square and where its words stand beside it (``dy`` in label pixels)."""

    x: float
    y: float
    side: str
    dy: int


def station_labels(
    stations: list[tuple[float, float, int]], area_codes: set[str], scale: float
) -> list[StationLabel]:
    """Place the words of stations, given as (lon, lat, letters), off the areas' own labels."""
    taken = [_area_box(s, scale) for s in drawing().areas if s.code in area_codes]
    squares = [place(lon, lat) for lon, lat, _letters in stations]
    taken += [_box(x, y, 12, 12, 6, scale) for x, y in squares]
    placed = []
    for (x, y), (_lon, _lat, letters) in zip(squares, stations, strict=True):
        width = letters * LETTER
        boxes = [(side, dy, _word_box(x, y, side, dy, width, scale)) for side, dy in SIDES]
        side, dy, box = min(boxes, key=lambda found: _crowding(found[2], taken))
        taken.append(box)
        placed.append(StationLabel(x, y, side, dy))
    return placed


def _area_box(area: Shape, scale: float) -> Box:
    return _box(area.x, area.y, len(area.name.split(" ", 1)[-1]) * LETTER, 40, 26, scale)


def _box(x: float, y: float, width: float, height: float, above: float, scale: float) -> Box:
    left, top = x - width / 2 * scale, y - above * scale
    return left, top, left + width * scale, top + height * scale


def _word_box(x: float, y: float, side: str, dy: int, width: float, scale: float) -> Box:
    left = x + 9 * scale if side == "right" else x - (9 + width) * scale
    top = y + (dy - 13) * scale
    return left, top, left + width * scale, top + LINE * scale


def _crowding(box: Box, taken: list[Box]) -> float:
    """How much of the box lies on others or beyond the edge of the map."""
    beyond = max(0.0, -box[0]) + max(0.0, box[2] - WIDTH)
    return beyond * (box[3] - box[1]) + sum(_overlap(box, other) for other in taken)


def _overlap(one: Box, other: Box) -> float:
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return width * height if width > 0 and height > 0 else 0.0


@lru_cache(maxsize=1)
def drawing() -> Drawing:
    """Return the map of the units of 2020."""
    source, projection = _source()
    return Drawing(
        width=WIDTH,
        height=projection.height,
        cells=tuple(_shape(f, projection) for f in source["communes"]["features"]),
        areas=tuple(_shape(f, projection) for f in source["districts"]["features"]),
        rivers=tuple(_shape(f, projection) for f in source["rivers"]["features"]),
        outline=_path(source["province"], projection),
        note=source["note"],
        attribution=source["attribution"],
    )


def _shape(feature: dict[str, Any], projection: Projection) -> Shape:
    about = feature["properties"]
    code = str(about.get("code", ""))
    x, y = projection.place(*about["at"]) if "at" in about else (0.0, 0.0)
    shift_x, shift_y = LABEL_SHIFT.get(code, (0, 0))
    path = _path(feature, projection)
    return Shape(code, about["name"], str(about.get("parent", "")), path, x + shift_x, y + shift_y)


def _path(feature: dict[str, Any], projection: Projection) -> str:
    closed = "Polygon" in feature["geometry"]["type"]
    return "".join(projection.path(ring, closed) for ring in _rings(feature))


def _rings(feature: dict[str, Any]) -> list[list[Point]]:
    kind, coordinates = feature["geometry"]["type"], feature["geometry"]["coordinates"]
    if kind == "LineString":
        return [coordinates]
    if kind == "Polygon":
        return list(coordinates)
    return [ring for polygon in coordinates for ring in polygon]
