"""Reading a file of units: every line is checked and every fault is named by its line."""

import csv
import io
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from hub.orgunits.models import LEVELS
from hub.text import clean

COLUMNS = ("level", "code", "parent_code", "name", "lon", "lat")
REQUIRED = ("level", "code", "name")
MAX_BYTES = 512 * 1024
MAX_ROWS = 5000
MAX_NAME = 120
MAX_CODE = 20


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit as the file states it; ``line`` counts from 1. Degrees are WGS 84."""

    line: int
    level: str
    code: str
    parent_code: str
    name: str
    lon: float | None
    lat: float | None


@dataclass(frozen=True, slots=True)
class LineFault:
    """What is wrong on a line of the file; line 0 speaks of the whole file."""

    line: int
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class UnitFile:
    """What could be read, and every fault found."""

    rows: Sequence[UnitRow]
    faults: Sequence[LineFault]


def read_unit_file(content: bytes) -> UnitFile:
    """Read a CSV file of units (columns in any order, ``#`` begins a note)."""
    if len(content) > MAX_BYTES:
        limit = MAX_BYTES // 1024
        return _only_fault(_("Tệp lớn hơn %(limit)s KB.", limit=limit))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _only_fault(_("Tệp không phải UTF-8. Lưu lại dưới dạng CSV UTF-8 rồi tải lên."))
    try:
        return _read_lines(text)
    except csv.Error as error:
        return _only_fault(_("Không đọc được CSV: %(reason)s", reason=str(error)))


def _only_fault(message: str) -> UnitFile:
    return UnitFile((), (LineFault(0, "", message),))


def _read_lines(text: str) -> UnitFile:
    lines = list(_numbered(unicodedata.normalize("NFC", text)))
    if not lines:
        return _only_fault(_("Tệp không có dòng nào."))
    if len(lines) > MAX_ROWS + 1:
        return _only_fault(_("Tệp có hơn %(limit)s dòng.", limit=MAX_ROWS))
    header = [clean(name).lower() for name in lines[0][1]]
    missing = [name for name in REQUIRED if name not in header]
    if missing:
        return _only_fault(_("Thiếu cột: %(names)s.", names=", ".join(missing)))
    rows: list[UnitRow] = []
    faults: list[LineFault] = []
    for number, cells in lines[1:]:
        if len(cells) != len(header):
            faults.append(_cell_count(number, len(cells), len(header)))
            continue
        row, found = _read_row(number, dict(zip(header, map(clean, cells), strict=True)))
        rows.append(row)
        faults += found
    return UnitFile(tuple(rows), (*faults, *_faults_between(rows)))


def _numbered(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (line, cells); notes and empty lines are passed over."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    start = 1
    for cells in reader:
        if any(cell.strip() for cell in cells) and not cells[0].lstrip().startswith("#"):
            yield start, cells
        start = reader.line_num + 1


def _cell_count(line: int, found: int, wanted: int) -> LineFault:
    message = _("Có %(found)s ô, cần %(wanted)s ô.", found=found, wanted=wanted)
    return LineFault(line, "", message)


def _read_row(line: int, cells: dict[str, str]) -> tuple[UnitRow, list[LineFault]]:
    faults: list[LineFault] = []
    lon = _degrees(line, "lon", cells.get("lon", ""), 180, faults)
    lat = _degrees(line, "lat", cells.get("lat", ""), 90, faults)
    if (lon is None) != (lat is None) and not faults:
        faults.append(LineFault(line, "lat", _("Cần cả kinh độ và vĩ độ, hoặc để trống cả hai.")))
    row = UnitRow(
        line=line,
        level=cells["level"].lower(),
        code=cells["code"],
        parent_code=cells.get("parent_code", ""),
        name=cells["name"],
        lon=lon,
        lat=lat,
    )
    faults += _text_faults(row)
    return row, faults


def _degrees(
    line: int, column: str, text: str, limit: float, faults: list[LineFault]
) -> float | None:
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    # Written so that a NaN fails too.
    if -limit <= value <= limit:
        return value
    message = _("“%(text)s” không phải số độ từ -%(limit)s đến %(limit)s.", text=text, limit=limit)
    faults.append(LineFault(line, column, message))
    return None


def _text_faults(row: UnitRow) -> list[LineFault]:
    faults: list[LineFault] = []
    if row.level not in LEVELS:
        message = _(
            "Không có cấp “%(level)s”. Dùng: %(known)s.",
            level=row.level,
            known=", ".join(LEVELS),
        )
        faults.append(LineFault(row.line, "level", message))
    for column, text, limit in (("code", row.code, MAX_CODE), ("name", row.name, MAX_NAME)):
        if not text:
            faults.append(LineFault(row.line, column, _("Không được để trống.")))
        elif len(text) > limit:
            message = _("Dài hơn %(limit)s ký tự.", limit=limit)
            faults.append(LineFault(row.line, column, message))
    if not row.parent_code and row.level != "province":
        faults.append(
            LineFault(row.line, "parent_code", _("Cần mã đơn vị cấp trên (cột parent_code)."))
        )
    return faults


def _faults_between(rows: Sequence[UnitRow]) -> Iterator[LineFault]:
    first: dict[str, int] = {}
    for row in rows:
        if row.code in first:
            message = _("Mã %(code)s đã có ở dòng %(line)s.", code=row.code, line=first[row.code])
            yield LineFault(row.line, "code", message)
        else:
            first[row.code] = row.line
        if row.code and row.parent_code == row.code:
            yield LineFault(row.line, "parent_code", _("Đơn vị không thể là cấp trên của mình."))
