"""``python -m tests.bench [--write] [MODULE ...]``: measures, prints a table, may record it."""

import importlib
import logging
import pkgutil
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import cast

import click

import tests.bench
from hub import clock
from tests.bench.row import Row
from tests.bench.table import conditions, table, write_section

logger = logging.getLogger(__name__)

DOCUMENT = Path(__file__).parents[2] / "docs" / "benchmarks.md"
INFRASTRUCTURE = frozenset({"__main__", "row", "table"})

Measure = Callable[[], list[Row]]


def measures(wanted: tuple[str, ...]) -> dict[str, Measure]:
    """Finds the benchmarks by the name of their module.

    Raises:
        click.UsageError: a wanted one does not exist.
    """
    found: dict[str, Measure] = {}
    for module in pkgutil.iter_modules(tests.bench.__path__):
        if module.name in INFRASTRUCTURE or (wanted and module.name not in wanted):
            continue
        imported = importlib.import_module(f"tests.bench.{module.name}")
        if hasattr(imported, "measure"):
            found[module.name] = cast(Measure, imported.measure)
    unknown = set(wanted) - set(found)
    if unknown:
        raise click.UsageError(f"no benchmark named {', '.join(sorted(unknown))}")
    return found


def run(found: dict[str, Measure]) -> tuple[list[Row], list[str]]:
    """Measures one after the other; gives the rows and the names of those that broke."""
    rows: list[Row] = []
    broken: list[str] = []
    for name, measure in found.items():
        click.echo(f"measuring {name} ...", err=True)
        try:
            rows += measure()
        except Exception:
            # One broken benchmark must not cost the figures of an hour.
            logger.exception("benchmark %s broke", name)
            broken.append(name)
    return rows, broken


@click.command()
@click.option("--write", is_flag=True, help="Record the table in docs/benchmarks.md.")
@click.argument("wanted", nargs=-1)
def main(write: bool, wanted: tuple[str, ...]) -> None:
    """Measure all benchmarks, or the WANTED ones."""
    logging.basicConfig(level=logging.WARNING)
    rows, broken = run(measures(wanted))
    if rows:
        click.echo(table(rows))
    if rows and write:
        today: date = clock.local(clock.now()).date()
        command = " ".join(["python -m tests.bench", *wanted])
        write_section(DOCUMENT, f"{conditions(command, today)}\n\n{table(rows)}")
        click.echo(f"recorded in {DOCUMENT}", err=True)
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
