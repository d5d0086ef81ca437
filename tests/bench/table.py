"""Puts rows into a table, for the terminal and for docs/benchmarks.md alike."""

import datetime
import os
import platform
import re
from pathlib import Path

from tests.bench.row import Row, number

HEADINGS = ("what", "database", "measured", "target", "reached", "runs", "note")
BEGIN = "<!-- make bench: begin -->"
END = "<!-- make bench: end -->"
GIBIBYTE = 1024**3

_REACHED = {True: "yes", False: "no", None: ""}
_SECTION = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)


def table(rows: list[Row]) -> str:
    """Gives a Markdown table whose columns line up in a terminal too."""
    cells = [HEADINGS, *(_cells(row) for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(HEADINGS))]
    lines = [_line(row, widths) for row in cells]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])


def _cells(row: Row) -> tuple[str, ...]:
    target = "" if row.target is None else f"{number(row.target)} {row.unit}"
    return (
        row.name,
        row.database,
        f"{number(row.value)} {row.unit}",
        target,
        _REACHED[row.reaches_target],
        str(row.runs),
        row.note,
    )


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return f"| {' | '.join(padded)} |"


def conditions(command: str, today: datetime.date) -> str:
    """Says on what machine, when and how the figures were measured."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / GIBIBYTE
    return (
        f"Measured on {today.isoformat()} by `{command}`: {os.cpu_count()} cores, "
        f"{memory:.0f} GiB of memory, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}; generator, broker, database and product on the "
        "same machine. Medians of the runs."
    )


def write_section(path: Path, section: str) -> None:
    """Replaces the generated section of a document, or adds one at its end."""
    block = f"{BEGIN}\n{section}\n{END}"
    text = path.read_text(encoding="utf-8") if path.exists() else "# Benchmarks\n"
    if _SECTION.search(text):
        text = _SECTION.sub(lambda _: block, text)
    else:
        text = f"{text.rstrip()}\n\n{block}\n"
    path.write_text(text, encoding="utf-8")
