"""Every route of the application, whoever wrote it, is held to the same rules.

The tests walk ``app.url_map``: a new route is covered the moment it exists.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import AnyConverter, Rule
from werkzeug.test import TestResponse

from hub.access.capabilities import ALL_CAPABILITIES, CAPABILITIES, ROLES
from hub.access.models import User, UserRole
from hub.access.policy import Policy, policy_of
from hub.accounts.services import create_token
from hub.clock import now
from hub.orgunits.queries import unit_by_code
from tests.web.conftest import CSRF, SignIn, Write

# Whoever makes another route public adds it here, on purpose.
PUBLIC = {
    "/sign-in",
    "/static/dist/<path:name>",
    "/ui/preferences",
    "/ui/shortcuts",
    "/ui/help",
    "/answer/<secret>",
    "/answer/<secret>.ics",
    "/feeds/<token>.ics",
    "/healthz",
    "/readyz",
    "/metrics",
    "/api/v1/openapi.json",
    "/api/v1/docs",
    # These two keep what was typed when the session is over, and then ask to sign in.
    "/conferences/new",
    "/conferences/<code>/edit",
}
# "Back" shows what was typed again: the browser may keep them for its own person, and asks first.
# Signing out clears them (Clear-Site-Data); no cache between us keeps what is private.
GO_BACK = {"/conferences/new", "/conferences/<code>/edit"}
# The secret of the letter is the right to answer; there is no session whose power a foreign page
# could borrow.
NO_CSRF = {"/answer/<secret>"}
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
# Nothing in the database has this code or this number.
NO_CODE, NO_ID = "khong-co", 99_999_999


@dataclass(frozen=True, slots=True)
class Call:
    """One way to call one route."""

    method: str
    url: str
    rule: str
    policy: Policy | None

    @property
    def is_api(self) -> bool:
        """Whether programs call it."""
        return self.url.startswith("/api/")


def calls(app: Flask) -> Iterator[Call]:
    """Give every method of every route, with addresses of things that do not exist."""
    for rule in app.url_map.iter_rules():
        methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        with app.test_request_context():
            _domain, url = rule.build(_arguments(rule)) or ("", rule.rule)
        for method in sorted(methods):
            yield Call(method, url, rule.rule, policy_of(app, rule.endpoint))


def _arguments(rule: Rule) -> dict[str, object]:
    return {name: _argument(rule, name) for name in rule.arguments}


def _argument(rule: Rule, name: str) -> object:
    """Give a value that the rule takes; routing itself must not be what says no."""
    converter = rule._converters[name]
    if isinstance(converter, AnyConverter):
        return next(iter(converter.items))
    tries = (NO_CODE, NO_ID, 1.5)
    return next(value for value in tries if re.fullmatch(converter.regex, str(value)))


def make(browser: FlaskClient, call: Call, token: str, secret: str = "") -> TestResponse:
    """Call the route as our pages do, with a CSRF token, or as programs do, with a secret."""
    headers = {"X-CSRFToken": token} if call.method in UNSAFE else {}
    if call.method in UNSAFE:
        # A refusal in JSON says the same and costs no page.
        headers["Accept"] = "application/json"
    if call.is_api and secret:
        headers = {"Authorization": f"Bearer {secret}"}
    return browser.open(call.url, method=call.method, headers=headers)


def csrf_token(browser: FlaskClient) -> str:
    """Read the token off a page that every visitor may see."""
    found = CSRF.search(browser.get("/ui/help").get_data(as_text=True))
    assert found is not None, "no page with a CSRF token"
    return found[1]


@pytest.fixture
def secrets(write: Write) -> dict[str, str]:
    """An account for each role, at the province, named after it; gives a token for each."""
    made = {}
    with write() as session:
        province = unit_by_code(session, "44")
        assert province is not None
        for role in ROLES:
            user = User(
                username=f"only-{role}",
                full_name=role,
                name_fold=role,
                password_hash="!",
                created_at=now(),
            )
            user.roles.append(UserRole(role=role, unit_id=province.id))
            session.add(user)
            session.flush()
            made[role] = create_token(session, user, scope="admin")[1]
    return made


def test_every_route_declares_a_policy(app: Flask) -> None:
    missing = [f"{call.method} {call.rule}" for call in calls(app) if call.policy is None]
    assert missing == []


def test_only_the_listed_routes_are_public(app: Flask) -> None:
    public = {call.rule for call in calls(app) if call.policy and call.policy.public}
    assert public - PUBLIC == set()


def test_every_policy_names_a_capability_that_some_role_has(app: Flask) -> None:
    named = {call.policy.capability for call in calls(app) if call.policy}
    assert named - {None} <= ALL_CAPABILITIES


def test_strangers_are_asked_to_sign_in_everywhere_but_on_public_pages(app: Flask) -> None:
    stranger = app.test_client()
    token = csrf_token(stranger)
    let_in = []
    for call in calls(app):
        if call.policy is None or call.policy.public:
            continue
        answer = make(stranger, call, token)
        asked = answer.status_code == 302 and answer.location.startswith("/sign-in")
        if not (asked or answer.status_code in {401, 403}):
            let_in.append(f"{call.method} {call.url}: {answer.status_code}")
    assert let_in == []


def test_public_routes_answer_strangers_without_breaking(app: Flask) -> None:
    stranger = app.test_client()
    token = csrf_token(stranger)
    # Not ready (503) is an honest answer here: no worker and no ingest run in this test.
    wrong = [
        f"{call.method} {call.url}: {answer.status_code}"
        for call in calls(app)
        if call.policy is not None and call.policy.public
        for answer in [make(stranger, call, token)]
        if answer.status_code >= 500 and call.rule != "/readyz"
    ]
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_a_role_without_the_capability_is_refused(
    app: Flask, sign_in: SignIn, secrets: dict[str, str], role: str
) -> None:
    browser = sign_in(f"only-{role}")
    token = csrf_token(browser)
    let_in = []
    for call in calls(app):
        policy = call.policy
        if policy is None or not policy.capability or policy.capability in CAPABILITIES[role]:
            continue
        answer = make(browser, call, token, secrets[role])
        if answer.status_code != 403:
            let_in.append(f"{call.method} {call.url}: {answer.status_code}")
    assert let_in == []


@pytest.mark.parametrize("role", ROLES)
def test_a_role_with_the_capability_is_let_in_to_read(
    app: Flask, sign_in: SignIn, secrets: dict[str, str], role: str
) -> None:
    browser = sign_in(f"only-{role}")
    wrong = []
    for call in calls(app):
        policy = call.policy
        if call.method != "GET" or policy is None or policy.public:
            continue
        if policy.capability and policy.capability not in CAPABILITIES[role]:
            continue
        answer = make(browser, call, "", secrets[role])
        if answer.status_code in {401, 403} or answer.status_code >= 500:
            wrong.append(f"GET {call.url}: {answer.status_code}")
    assert wrong == []


@pytest.mark.usefixtures("secrets")
def test_unsafe_calls_without_a_csrf_token_are_refused(app: Flask, sign_in: SignIn) -> None:
    browser = sign_in("only-admin")
    let_in = []
    for call in calls(app):
        if call.method not in UNSAFE or call.rule in NO_CSRF:
            continue
        answer = browser.open(call.url, method=call.method)
        # The API reads no cookie for an unsafe call, so there a foreign page is a stranger (401).
        if answer.status_code != (401 if call.is_api else 400):
            let_in.append(f"{call.method} {call.url}: {answer.status_code}")
    assert let_in == []


@pytest.mark.usefixtures("secrets")
def test_every_page_carries_the_security_headers(app: Flask, sign_in: SignIn) -> None:
    browser = sign_in("only-admin")
    wrong = []
    for call in calls(app):
        if call.method != "GET" or call.is_api:
            continue
        headers = browser.get(call.url).headers
        policy = headers.get("Content-Security-Policy", "")
        fine = (
            "script-src 'self'" in policy
            and "'unsafe-inline'" not in policy
            and headers.get("X-Content-Type-Options") == "nosniff"
            and headers.get("X-Frame-Options") == "DENY"
        )
        if not fine:
            wrong.append(call.url)
    assert wrong == []


@pytest.mark.usefixtures("secrets")
def test_pages_of_a_person_are_never_kept_by_a_cache(app: Flask, sign_in: SignIn) -> None:
    browser = sign_in("only-admin")
    kept = [
        call.url
        for call in calls(app)
        if call.method == "GET" and call.policy is not None and call.rule not in PUBLIC - GO_BACK
        for headers in [browser.get(call.url).headers]
        if headers.get("Cache-Control") != "private, no-cache" or call.rule not in GO_BACK
        if "no-store" not in headers.get("Cache-Control", "")
        or "Cookie" not in headers.get("Vary", "")
    ]
    assert kept == []


def test_no_answer_opens_itself_to_other_origins(app: Flask) -> None:
    stranger = app.test_client()
    opened = [
        call.url
        for call in calls(app)
        if call.method == "GET"
        for answer in [stranger.get(call.url, headers={"Origin": "https://evil.example"})]
        if "Access-Control-Allow-Origin" in answer.headers
    ]
    assert opened == []
