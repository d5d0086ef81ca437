"""Leaving tests out is always said aloud and never by a slip of the pen."""

import pytest

from tests.services.choice import left_out


def test_names_are_separated_by_commas_or_spaces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_TEST_WITHOUT", "postgres, browser")

    assert left_out() == {"postgres", "browser"}


def test_an_unknown_name_stops_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_TEST_WITHOUT", "postgress")

    with pytest.raises(pytest.UsageError, match="postgress"):
        left_out()
