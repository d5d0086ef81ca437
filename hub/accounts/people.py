"""What administrators do with other people's accounts, never beyond their own part."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from hub.access.actor import Actor
from hub.access.capabilities import capabilities_of
from hub.access.models import OrgUnit, User, UserRole
from hub.accounts.services import (
    end_all_sessions,
    find_user,
    grant_role,
    refuse_taken_address,
    revoke_role,
    set_password,
)
from hub.audit import record_audit
from hub.errors import Conflict, NotAllowed, NotFound
from hub.text import clean, fold, sort_key
from hub.versions import Seen, claim

MANAGE = "user.manage"


@dataclass(frozen=True, slots=True)
class Person:
    """What an administrator writes about a person."""

    full_name: str
    email: str = ""
    title: str = ""
    phone: str = ""


def people(
    session: Session, actor: Actor, *, words: str = "", role: str = "", active: bool = True
) -> Sequence[User]:
    """Return accounts with a role in the actor's part, and those without any, by name."""
    scope = actor.scope_for(MANAGE)
    roles = exists().where(UserRole.user_id == User.id)
    inside = or_(roles.where(scope.clause(UserRole.unit_id)), ~roles)
    query = select(User).where(User.is_active.is_(active), inside)
    if words:
        wanted = fold(words)
        named = User.name_fold.contains(wanted, autoescape=True)
        query = query.where(named | User.username.contains(wanted, autoescape=True))
    if role:
        query = query.where(roles.where(UserRole.role == role))
    return sorted(session.scalars(query), key=lambda user: sort_key(user.full_name))


def visible_person(session: Session, actor: Actor, username: str) -> User:
    """Return an account in the actor's part.

    Raises:
        NotFound: there is none, or all of its roles lie elsewhere.
    """
    user, scope = find_user(session, username), actor.scope_for(MANAGE)
    if user is None or (user.roles and not any(scope.covers(held.unit) for held in user.roles)):
        raise NotFound("")
    return user


def managed_person(session: Session, actor: Actor, username: str) -> User:
    """Return an account that the actor may change.

    Raises:
        NotFound: as :func:`visible_person`.
        NotAllowed: the account also reaches beyond the actor's part.
    """
    user, scope = visible_person(session, actor, username), actor.scope_for(MANAGE)
    if not all(scope.covers(held.unit) for held in user.roles):
        raise NotAllowed(_("Tài khoản này có vai trò ngoài khu vực bạn quản trị."))
    return user


def edit_person(session: Session, user: User, person: Person, seen: Seen = None) -> None:
    """Write name, address, title and phone.

    Raises:
        Conflict: the address is that of another account.
        Stale: the account was changed since.
    """
    claim(session, user, seen)
    refuse_taken_address(session, person.email, user.id)
    user.full_name, user.name_fold = clean(person.full_name), fold(person.full_name)
    user.email, user.title = clean(person.email), clean(person.title)
    user.phone = clean(person.phone)
    record_audit(session, "hub:account:edited", user.username)


def give_role(session: Session, actor: Actor, user: User, role: str, unit: OrgUnit) -> None:
    """Give a role at a unit of the actor's part, never one that can do more than the actor."""
    actor.require(MANAGE, unit)
    # Asked at this unit: what the actor may do elsewhere cannot be given away here.
    wanted = capabilities_of(frozenset({role}))
    if not all(actor.can_at(capability, unit) for capability in wanted):
        raise NotAllowed(_("Không thể trao vai trò rộng hơn quyền của bạn."))
    grant_role(session, user, role, unit)
    detail = {"role": role}
    record_audit(session, "hub:role:granted", user.username, unit_id=unit.id, detail=detail)


def take_role(session: Session, actor: Actor, user: User, role_id: int) -> None:
    """Take a role away; the person is signed out so that open pages lose it too.

    Raises:
        Conflict: it is one's own right to manage accounts.
        NotFound: the user does not hold it.
    """
    held = next((held for held in user.roles if held.id == role_id), None)
    if held is None:
        raise NotFound("")
    if user.id == actor.user_id and MANAGE in capabilities_of(frozenset({held.role})):
        raise Conflict(_("Không thể tự bỏ quyền quản trị của mình."))
    detail = {"role": held.role}
    record_audit(session, "hub:role:revoked", user.username, unit_id=held.unit_id, detail=detail)
    revoke_role(session, user, role_id)


def set_active(session: Session, actor: Actor, user: User, *, active: bool) -> None:
    """Close or open an account; closing ends all its sessions at once.

    Raises:
        Conflict: it is one's own.
    """
    if user.id == actor.user_id:
        raise Conflict(_("Không thể tự khóa tài khoản của mình."))
    user.is_active = active
    if not active:
        end_all_sessions(session, user.id)
    verb = "activated" if active else "deactivated"
    record_audit(session, f"hub:account:{verb}", user.username)


def reset_password(session: Session, user: User, password: str) -> None:
    """Give a person a new password and sign them out everywhere."""
    set_password(session, user, password)
    record_audit(session, "hub:account:password_reset", user.username)
