"""The API's document is valid OpenAPI 3.1, whole, and readable for a person."""

from typing import Any

import jsonschema_rs
import pytest
from flask.testing import FlaskClient
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from hub.api.operation import OPERATIONS

RESOURCES = {
    "units",
    "sites",
    "bridges",
    "rooms",
    "conferences",
    "occurrences",
    "availability",
    "feeds",
    "devices",
    "observations",
    "detections",
    "alerts",
    "rules",
    "dead-letters",
    "journal",
}


@pytest.fixture
def document(client: FlaskClient) -> Any:
    """The document as it is served."""
    answer = client.get("/api/v1/openapi.json")
    assert answer.mimetype == "application/json"
    return answer.get_json()


def test_the_document_is_valid_openapi_3_1(document: Any) -> None:
    OPENAPI_31_VALIDATOR.validate(document)
    for schema in document["components"]["schemas"].values():
        jsonschema_rs.meta.validate(
            {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
        )


def test_every_resource_of_the_design_is_in_it(document: Any) -> None:
    found = {path.split("/")[1] for path in document["paths"]}
    assert found >= RESOURCES


def test_every_operation_has_words_and_its_own_name(document: Any) -> None:
    operations = [one for path in document["paths"].values() for one in path.values()]
    assert len({one["operationId"] for one in operations}) == len(operations) == len(OPERATIONS)
    assert all(one["summary"] and one["description"] for one in operations)


def test_every_reference_leads_somewhere(document: Any) -> None:
    names = set(document["components"]["schemas"])
    assert {found.rpartition("/")[2] for found in references(document)} <= names


def references(part: Any) -> set[str]:
    """Return every ``$ref`` inside a part."""
    if isinstance(part, dict):
        own = {part["$ref"]} if isinstance(part.get("$ref"), str) else set()
        return own.union(*(references(value) for value in part.values()))
    if isinstance(part, list):
        return set().union(*(references(value) for value in part))
    return set()


def test_the_page_for_people_shows_every_operation(client: FlaskClient) -> None:
    answer = client.get("/api/v1/docs")
    assert answer.status_code == 200
    text = answer.text
    assert all(f"{one.method}" in text and one.summary in text for one in OPERATIONS)
    assert len(answer.data) < 300_000
