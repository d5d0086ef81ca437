"""The table of actions as API operations; each answers with the alert as it then is."""

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Final

from flask_babel import gettext as _
from pydantic import Field
from sqlalchemy.orm import Session

from hub.access import current_actor
from hub.accounts.services import find_user
from hub.api import ApiModel, Code, Instant, operation
from hub.clock import now
from hub.errors import FieldError, Invalid
from smartcity.alerts.actions import ACTIONS, AlertAction, Said
from smartcity.alerts.api import AlertWithSteps, alert_in_reach, alert_with_steps
from smartcity.alerts.services import CAPABILITY
from smartcity.domain.severity import Severity

Note = Annotated[str, Field(max_length=1000)]


class NoteBody(ApiModel):
    """A remark that goes into the alert's history."""

    note: Note = ""

    def request(self, _session: Session) -> Said:
        """Return what the caller says as the actions take it."""
        return Said(note=self.note)


class SeenBody(NoteBody):
    """``severity``: what the caller was looking at; 409 when it is worse by now."""

    severity: Severity | None = None

    def request(self, _session: Session) -> Said:
        """Return what the caller says as the actions take it."""
        return Said(note=self.note, seen=self.severity)


class AssignBody(NoteBody):
    """``assignee`` is the username of somebody who may handle alerts there."""

    assignee: Code

    def request(self, session: Session) -> Said:
        """Return what the caller says as the actions take it.

        An unknown name and one without the right are answered alike: nobody can try out names.
        """
        person = find_user(session, self.assignee)
        return Said(note=self.note, assignee_id=person.id if person is not None else 0)


class ShelveBody(ApiModel):
    """Until when, or for how many minutes; 24 hours at most. ``note`` says why.

    ``severity``: what the caller was looking at; 409 when it is worse by now.
    """

    until: Instant | None = None
    minutes: Annotated[int, Field(ge=1, le=24 * 60)] | None = None
    note: Annotated[str, Field(min_length=1, max_length=1000)]
    severity: Severity | None = None

    def request(self, _session: Session) -> Said:
        """Return what the caller says as the actions take it.

        Raises:
            Invalid: neither an instant nor minutes.
        """
        until = self.until or (now() + timedelta(minutes=self.minutes) if self.minutes else None)
        if until is None:
            raise Invalid([FieldError("until", _("Cho biết đến lúc nào, hoặc bao nhiêu phút."))])
        return Said(note=self.note, until=until, seen=self.severity)


Body = NoteBody | ShelveBody
BODIES: Final[dict[str, type[Body]]] = {
    "acknowledge": SeenBody,
    "verify": SeenBody,
    "assign": AssignBody,
    "shelve": ShelveBody,
    "close": SeenBody,
}


def _view(action: AlertAction) -> Callable[..., AlertWithSteps]:
    def view(session: Session, code: str, body: Body) -> AlertWithSteps:
        alert = alert_in_reach(session, code)
        action.perform(session, current_actor(), alert.code or "", body.request(session))
        session.flush()
        session.expire(alert, ["steps"])
        return alert_with_steps(alert)

    view.__name__, view.__doc__ = action.endpoint, action.description
    return view


for _action in ACTIONS:
    operation(
        "POST",
        f"/alerts/<code:code>/{_action.name}",
        tag="alerts",
        summary=_action.summary,
        capability=CAPABILITY,
        response=AlertWithSteps,
        body=BODIES.get(_action.name, NoteBody),
        errors=(409,),
    )(_view(_action))
