"""Roles, capabilities and what a token may do at most."""

import pytest

from hub.access.capabilities import (
    ADMIN_ONLY,
    ALL_CAPABILITIES,
    CAPABILITIES,
    ROLES,
    capabilities_of,
    token_limit,
)
from hub.accounts.words import ROLE_LABELS, SCOPE_LABELS


def test_every_role_has_capabilities_and_a_word() -> None:
    assert set(ROLES) == set(CAPABILITIES) == set(ROLE_LABELS)


def test_only_administrators_manage_accounts_and_read_the_audit() -> None:
    for role in set(ROLES) - {"admin"}:
        assert not CAPABILITIES[role] & ADMIN_ONLY


def test_a_token_is_never_wider_than_its_scope() -> None:
    assert token_limit("admin") == ALL_CAPABILITIES
    assert not token_limit("write") & ADMIN_ONLY
    assert all(name.endswith((".view", ".use")) for name in token_limit("read"))


@pytest.mark.parametrize("scope", SCOPE_LABELS)
def test_narrower_scopes_lie_within_wider_ones(scope: str) -> None:
    assert token_limit("read") - ADMIN_ONLY <= token_limit(scope)


def test_an_unknown_role_can_do_nothing() -> None:
    assert capabilities_of(frozenset({"root"})) == frozenset()
