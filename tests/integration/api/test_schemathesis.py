"""schemathesis holds the document against the server: what it promises, what it must refuse.

Run in this process on the SQLite world; the seed is fixed (``HUB_TEST_API_SEED``
gives another) and printed with every failure, so a finding can be run again.
"""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import pytest
import schemathesis
from schemathesis.engine import from_schema
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished
from werkzeug.serving import make_server

from hub.api.operation import OPERATIONS
from tests.integration.api.world import World

SEED = int(os.environ.get("HUB_TEST_API_SEED", "20201018"))
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "unsupported_method",
    "ignored_auth",
)


def settings(token: str, examples: int) -> dict[str, Any]:
    """Return schemathesis' configuration: only our checks, bounded, the same every time."""
    return {
        "seed": SEED,
        "headers": {"Authorization": f"Bearer {token}"},
        "workers": 1,
        "continue-on-failure": True,
        "generation": {"max-examples": examples, "database": "none", "no-shrink": True},
        "checks": {"enabled": False, **{name: {"enabled": True} for name in CHECKS}},
        "phases": {"stateful": {"enabled": False}, "fuzzing": {"enabled": True}},
    }


def findings(world: World, token: str, examples: int) -> list[str]:
    """Run all phases; return what was found, one line each."""
    config = schemathesis.Config.from_dict(settings(token, examples))
    found: dict[str, None] = {}
    walked: set[str] = set()
    with listening(world) as url:
        schema = schemathesis.openapi.from_url(f"{url}/api/v1/openapi.json", config=config)
        for happened in from_schema(schema).execute():
            if isinstance(happened, FatalError | NonFatalError):
                found[repr(happened)] = None
            if isinstance(happened, ScenarioFinished):
                walked.add(happened.recorder.label)
                found.update(dict.fromkeys(_failures(happened)))
    assert len(walked) == len(OPERATIONS), "the document was not walked whole"
    return list(found)


@contextmanager
def listening(world: World) -> Iterator[str]:
    """Serve the application from a thread of this process."""
    server = make_server("127.0.0.1", 0, world.app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _failures(finished: ScenarioFinished) -> list[str]:
    recorder = finished.recorder
    return [
        f"{recorder.label}: {check.name}: {check.failure_info.failure.title}"
        f"\n    {check.failure_info.failure.message[:300]}\n    {check.failure_info.code_sample}"
        for checks in recorder.checks.values()
        for check in checks
        if check.failure_info is not None
    ]


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("name", "examples"), [("quantri", 12), ("donghoi", 3)])
def test_the_server_keeps_its_document(world: World, name: str, examples: int) -> None:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    found = findings(world, world.tokens[name], examples)
    listed = "\n".join(found)
    assert not found, f"seed {SEED}, {len(found)} findings:\n{listed[:6000]}"
