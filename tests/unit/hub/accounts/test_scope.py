"""A role at a unit covers its subtree, and a path never covers one that only begins alike."""

import pytest

from hub.access.actor import Scope
from hub.accounts.passwords import (
    hash_password,
    new_secret,
    password_matches,
    secret_hash,
)
from hub.audit.views import safe_cell


@pytest.mark.parametrize(
    ("path", "covered"),
    [("/1/7/", True), ("/1/7/55/", True), ("/1/", False), ("/1/77/", False), ("/1/70/7/", False)],
)
def test_a_scope_covers_the_subtree_and_nothing_beside_it(path: str, covered: bool) -> None:
    assert Scope(("/1/7/",)).covers_path(path) is covered


def test_no_roles_cover_nothing() -> None:
    assert not Scope(()).covers_path("/1/")


def test_passwords_are_salted_and_checked() -> None:
    first, second = hash_password("mot cau dai"), hash_password("mot cau dai")
    assert first != second
    assert first.startswith("$argon2id$")
    assert password_matches(first, "mot cau dai")
    assert not password_matches(first, "mot cau dai ")
    assert not password_matches(None, "mot cau dai")
    assert not password_matches("not a hash", "mot cau dai")
    assert not password_matches(first, "x" * 100_000)


def test_secrets_are_long_and_stored_as_hashes() -> None:
    secrets = {new_secret() for _ in range(100)}
    assert len(secrets) == 100
    assert all(len(secret) >= 43 and secret_hash(secret) != secret for secret in secrets)


@pytest.mark.parametrize("text", ["=1+1", "+84", "-1", "@x", "\t=1", "\r=1", "  =1", "＝1", "＠x"])
def test_formula_cells_are_defused(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Lệ Thủy", "4,88", "a=b"])
def test_plain_cells_stay_as_they_are(text: str) -> None:
    assert safe_cell(text) == text
