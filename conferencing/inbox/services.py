"""Answers for many sites at once: each is taken or refused with a word, and all may be put back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from conferencing.history import note_answers
from conferencing.inbox.queries import batch_of
from conferencing.invitations.answers import (
    WAITING,
    may_answer_for,
    put_answer,
    put_back,
    refuse_late,
    says_already,
    signed,
)
from conferencing.invitations.drafts import SiteReply
from conferencing.models import Conference, ConferenceSite, Site
from hub.access.actor import Actor
from hub.clock import now
from hub.errors import Conflict, NotFound
from hub.ui.formats import datetime_vi
from hub.versions import claim

Kind = Literal["saved", "unchanged", "answered", "not_found", "not_allowed"]
TAKEN_BACK: Final = "answers_taken_back"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one site's answer, in a code and in a sentence for people."""

    site_code: str
    kind: Kind
    words: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """The outcomes of one call; ``at`` is what its answers are put back by."""

    at: datetime
    outcomes: Sequence[Outcome]

    def of_kind(self, *kinds: Kind) -> list[Outcome]:
        """Return the outcomes of some kinds."""
        return [outcome for outcome in self.outcomes if outcome.kind in kinds]


@dataclass(frozen=True, slots=True)
class TakenBack:
    """How many answers were put back, and the sites that have answered anew since."""

    count: int
    left: Sequence[str]


def answer_for_sites(
    session: Session,
    actor: Actor,
    conference: Conference,
    replies: Mapping[str, SiteReply],
    *,
    replace: bool = False,
) -> Written:
    """Write the answers of sites by their codes; what cannot be taken holds up no other.

    An answer that somebody gave meanwhile stays, unless ``replace`` says otherwise.

    Raises:
        Conflict: no answer is wanted any more.
    """
    claim(session, conference)
    refuse_late(conference)
    at = now()
    rows = _rows_for_update(session, conference, replies)
    said: list[tuple[str, dict[str, Any]]] = []
    outcomes: list[Outcome] = []
    for code, given in replies.items():
        row, reply = rows.get(code), signed(given, actor.name)
        outcome = _judge(actor, code, row, reply, replace=replace)
        if row is not None and outcome.kind == "saved":
            detail = put_answer(row, reply, at)
            said.append((row.answered_by, {**detail, "user": actor.user_id}))
        outcomes.append(outcome)
    note_answers(session, conference, said, at)
    return Written(at, outcomes)


def _judge(
    actor: Actor, code: str, row: ConferenceSite | None, reply: SiteReply, *, replace: bool
) -> Outcome:
    """Say whether an answer can be taken; one outside the actor's sight does not exist."""
    if row is None or not (may_answer_for(actor, row) or actor.scope.covers(row.site.unit)):
        return Outcome(code, "not_found", _("%(site)s: không còn được mời.", site=code))
    if not may_answer_for(actor, row):
        return Outcome(
            code, "not_allowed", _("%(site)s: bạn không trả lời thay nơi này.", site=row.site.name)
        )
    if says_already(row, reply):
        return Outcome(code, "unchanged", _("%(site)s: đã ghi đúng như vậy.", site=row.site.name))
    if row.partstat != WAITING and not replace:
        return Outcome(code, "answered", _answered(row))
    return Outcome(code, "saved")


def _answered(row: ConferenceSite) -> str:
    return _(
        "%(site)s: %(who)s đã trả lời lúc %(at)s.",
        site=row.site.name,
        who=row.answered_by or _("điểm cầu"),
        at=datetime_vi(row.answered_at),
    )


def _rows_for_update(
    session: Session, conference: Conference, codes: Iterable[str]
) -> dict[str, ConferenceSite]:
    """Return the rows by the code of their site, as they are now and until this ends."""
    query = (
        select(ConferenceSite)
        .join(Site, Site.id == ConferenceSite.site_id)
        .where(ConferenceSite.conference_id == conference.id, Site.code.in_(list(codes)))
        .order_by(ConferenceSite.id)
        .with_for_update(of=ConferenceSite)
        .execution_options(populate_existing=True)
    )
    return {row.site.code: row for row in session.scalars(query)}


def take_back(session: Session, actor: Actor, conference: Conference, at: datetime) -> TakenBack:
    """Put back what stood there before the answers the actor wrote at one moment.

    A site that has answered anew since is left alone.

    Raises:
        NotFound: the actor wrote none at that moment.
        Conflict: no answer is wanted any more.
    """
    claim(session, conference)
    refuse_late(conference)
    changes = batch_of(session, actor, conference, at)
    if not changes:
        raise NotFound(_("Không còn trả lời nào để hoàn tác."))
    rows = _rows_for_update(session, conference, [change["site"] for change in changes])
    said: list[tuple[str, dict[str, Any]]] = []
    left: list[str] = []
    for change in changes:
        row = rows.get(change["site"])
        if row is None or row.answered_at != at or not may_answer_for(actor, row):
            left.append(row.site.name if row else change["site"])
            continue
        put_back(row, change["was"])
        said.append((actor.name, {"site": row.site.code, "partstat": row.partstat}))
    note_answers(session, conference, said, now(), TAKEN_BACK)
    return TakenBack(len(said), left)


def refuse_moved(conference: Conference, seen: int | None) -> None:
    """Raise a Conflict when time or place have changed since the page was opened."""
    if seen is not None and conference.sequence != seen:
        raise Conflict(_("Hội nghị vừa đổi giờ hoặc phòng, chưa ghi gì. Xem lại rồi gửi."))
