"""The audit as a CSV file that spreadsheets open without running anything in it."""

import csv
import io
import json
from collections.abc import Iterable, Iterator

from hub.audit.models import AuditEntry
from hub.clock import local

HEADER = ("at", "actor", "action", "subject", "unit_id", "remote_addr", "detail")
# A cell that begins so is a formula to some spreadsheet, the full-width forms included.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe_cell(value: object) -> str:
    """Return the text of a cell; what a spreadsheet would run gets an apostrophe in front."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def csv_lines(entries: Iterable[AuditEntry]) -> Iterator[str]:
    """Yield the lines of the file, a byte order mark first so that Excel reads UTF-8."""
    yield "\ufeff" + _line(HEADER)
    for entry in entries:
        detail = json.dumps(entry.detail, ensure_ascii=False, sort_keys=True)
        at = local(entry.at).isoformat(timespec="seconds")
        cells = (at, entry.actor_name, entry.action, entry.subject, entry.unit_id)
        yield _line([safe_cell(cell) for cell in (*cells, entry.remote_addr, detail)])


def _line(cells: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue()
