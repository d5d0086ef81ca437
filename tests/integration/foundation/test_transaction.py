"""What a transaction promises: all or nothing, again after a lost race, no wait in passing."""

from time import monotonic

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from hub.audit import record_audit
from hub.audit.models import AuditEntry
from hub.db import (
    db,
    dialect_name,
    in_transaction,
    read_session,
    transaction,
    write_if_free,
)
from hub.errors import LostRace


def count() -> int:
    session = read_session()
    session.rollback()
    return session.scalar(select(func.count()).select_from(AuditEntry)) or 0


def fail_half_way() -> None:
    with transaction() as session:
        record_audit(session, "hub:test:done", "x")
        session.flush()
        raise ZeroDivisionError


def test_an_error_leaves_nothing(app: Flask) -> None:
    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    with transaction() as session:
        record_audit(session, "hub:test:done", "y")

    assert count() == 1


def test_a_lost_race_is_run_again_from_the_start(app: Flask) -> None:
    seen: list[int] = []

    def race(session: Session) -> int:
        record_audit(session, "hub:test:done", "x")
        seen.append(session.scalar(select(func.count()).select_from(AuditEntry)) or 0)
        if len(seen) < 3:
            raise LostRace("")
        return len(seen)

    assert in_transaction(race) == 3
    assert (seen, count()) == ([1, 1, 1], 1)


def test_a_race_lost_again_and_again_is_told(app: Flask) -> None:
    def lose(_session: Session) -> None:
        raise LostRace("")

    with pytest.raises(LostRace):
        in_transaction(lose)


def test_a_write_in_passing_never_waits_for_another_writer(app: Flask) -> None:
    def note(session: Session) -> None:
        record_audit(session, "hub:test:done", "in passing")
        if dialect_name(session) == "postgresql":
            session.execute(text("LOCK TABLE hub_audit_entry IN EXCLUSIVE MODE"))

    with db.engine.connect().execution_options(hub_write=True) as other:
        lock = "SELECT 1" if db.engine.dialect.name == "sqlite" else "LOCK TABLE hub_audit_entry"
        other.execute(text(lock))
        began = monotonic()
        assert not write_if_free(note)
        assert monotonic() - began < 5, "it waited for the lock"
    assert write_if_free(note)
    assert count() == 1


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
