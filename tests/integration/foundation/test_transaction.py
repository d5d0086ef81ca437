"""What a transaction promises: all or nothing, and after-commit work only after a commit."""

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from hub.audit import record_audit
from hub.audit.models import AuditEntry
from hub.db import after_commit, read_session, transaction


def count() -> int:
    session = read_session()
    session.rollback()
    return session.scalar(select(func.count()).select_from(AuditEntry)) or 0


def fail_half_way(ran: list[str]) -> None:
    with transaction() as session:
        record_audit(session, "hub:test:done", "x")
        session.flush()
        after_commit(session, lambda: ran.append("no"))
        raise ZeroDivisionError


def test_an_error_leaves_nothing_and_runs_nothing(app: Flask) -> None:
    ran: list[str] = []
    with pytest.raises(ZeroDivisionError):
        fail_half_way(ran)
    with transaction() as session:
        record_audit(session, "hub:test:done", "y")
        after_commit(session, lambda: ran.append("yes"))

    assert count() == 1
    assert ran == ["yes"]


def test_opening_one_over_unsaved_changes_is_refused(app: Flask) -> None:
    session = read_session()
    record_audit(session, "hub:test:done", "x")
    session.connection()

    with pytest.raises(RuntimeError), transaction():
        pass
    session.rollback()


def test_audit_entries_cannot_be_changed_or_deleted(app: Flask) -> None:
    with transaction() as session:
        record_audit(session, "hub:test:done", "x")
    with pytest.raises(DBAPIError, match="audit_append_only"), transaction() as session:
        session.scalars(select(AuditEntry)).one().subject = "rewritten"
    with pytest.raises(DBAPIError, match="audit_append_only"), transaction() as session:
        session.delete(session.scalars(select(AuditEntry)).one())

    assert count() == 1
