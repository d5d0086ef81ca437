"""The table of the benchmarks tells the truth and replaces only its own section."""

from pathlib import Path

from tests.bench.row import median_row
from tests.bench.table import BEGIN, END, table, write_section


def test_the_median_is_shown_and_the_target_judged_by_its_direction() -> None:
    rate = median_row(
        "ingest", "sqlite", [9.0, 12_000.0, 11_000.0], "msg/s", target=10_000, better="higher"
    )
    delay = median_row("alert p99", "sqlite", [70.0], "ms", target=60)

    assert (rate.value, rate.reaches_target, delay.reaches_target) == (11_000.0, True, False)
    assert "| 11,000 msg/s |" in table([rate, delay])
    assert len({len(line) for line in table([rate, delay]).splitlines()}) == 1


def test_only_the_generated_section_is_replaced(tmp_path: Path) -> None:
    document = tmp_path / "benchmarks.md"
    document.write_text(f"# Ours\n\n{BEGIN}\nold\n{END}\n\nBy hand.\n", encoding="utf-8")

    write_section(document, "new \\1")

    assert (
        document.read_text(encoding="utf-8") == f"# Ours\n\n{BEGIN}\nnew \\1\n{END}\n\nBy hand.\n"
    )
