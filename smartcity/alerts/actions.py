"""What people do to an alert: one table, from which the pages' and the API's addresses derive."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.clock import now
from smartcity.alerts import services
from smartcity.domain.severity import Severity
from smartcity.models import Alert


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a person says with an action; each action reads what concerns it."""

    note: str = ""
    seen: Severity | None = None
    """The severity the person was looking at; None when the caller does not say."""
    assignee_id: int = 0
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class AlertAction:
    """One action; ``name`` is the last part of its address on pages and in the API."""

    name: str
    summary: str
    """What the API's document calls it."""
    description: str
    done: object
    """What the toast says before the alert's code."""
    perform: Callable[[Session, Actor, str, Said], Alert]

    @property
    def endpoint(self) -> str:
        """The name of its view and of its operation."""
        return f"{self.name}_alert"


ACTIONS: Final = (
    AlertAction(
        "acknowledge",
        "Acknowledge an alert",
        'Say "I have seen it and hold it"; 409 names who was first.',
        _l("Đã tiếp nhận"),
        lambda session, actor, code, said: services.acknowledge_alert(
            session, actor, code, said.note, said.seen
        ),
    ),
    AlertAction(
        "verify",
        "Verify an alert",
        "Say that a camera or a telephone call confirmed it; this acknowledges it as well.",
        _l("Đã xác minh"),
        lambda session, actor, code, said: services.verify_alert(
            session, actor, code, said.note, said.seen
        ),
    ),
    AlertAction(
        "assign",
        "Assign an alert",
        "Give it to one person who may handle alerts at its unit.",
        _l("Đã phân công"),
        lambda session, actor, code, said: services.assign_alert(
            session, actor, code, said.assignee_id, said.note
        ),
    ),
    AlertAction(
        "note",
        "Add a remark to an alert",
        "Write into its history; allowed on closed alerts as well.",
        _l("Đã ghi chú"),
        lambda session, actor, code, said: services.note_alert(session, actor, code, said.note),
    ),
    AlertAction(
        "shelve",
        "Shelve an alert",
        "Put it out of sight for a while; it comes back by itself.",
        _l("Đã tạm gác"),
        lambda session, actor, code, said: services.shelve_alert(
            session, actor, code, said.until or now(), said.note, said.seen
        ),
    ),
    AlertAction(
        "unshelve",
        "Bring a shelved alert back",
        "Bring it back into sight, in the state it has reached meanwhile.",
        _l("Đã đưa trở lại"),
        lambda session, actor, code, said: services.unshelve_alert(session, actor, code, said.note),
    ),
    AlertAction(
        "close",
        "Close an alert",
        "File it; while its condition lasts it has to be acknowledged first.",
        _l("Đã đóng"),
        lambda session, actor, code, said: services.close_alert(
            session, actor, code, said.note, said.seen
        ),
    ),
)
