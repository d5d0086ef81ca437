"""Rules as people read them."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.accounts.actor import Scope
from smartcity.domain.severity import SEVERITY_ORDER
from smartcity.models import Rule


def rules(session: Session, scope: Scope) -> Sequence[Rule]:
    """Return the rules of a part of the province: by kind, then the gravest first."""
    found = session.scalars(select(Rule).where(scope.clause(Rule.unit_id))).all()
    return sorted(
        found, key=lambda rule: (rule.kind, SEVERITY_ORDER.index(rule.severity), rule.code)
    )


def rule_by_code(session: Session, code: str) -> Rule | None:
    """Return the rule of this code."""
    return session.scalars(select(Rule).where(Rule.code == code)).one_or_none()
