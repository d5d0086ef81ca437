"""The ground of the REST API: operations, their OpenAPI document, problems, idempotency.

The halves declare their operations with :func:`operation` on :data:`api`; nothing here knows them.
"""

from hub.api.derived import answer_of, body_of, change_of, sent_values
from hub.api.idempotency import keep_answer
from hub.api.lookups import by_code_or_id, require_visible, scope_conditions
from hub.api.operation import api, operation
from hub.api.paging import Page, after_id, after_instant, instant_place, page_of
from hub.api.shapes import (
    ApiAnswer,
    ApiModel,
    Code,
    Flag,
    Instant,
    NoContent,
    PageQuery,
    RowId,
    Text,
    Words,
)
from hub.api.versions import seen_by_caller
from hub.orgunits.queries import unit_named

__all__ = [
    "ApiAnswer",
    "ApiModel",
    "Code",
    "Flag",
    "Instant",
    "NoContent",
    "Page",
    "PageQuery",
    "RowId",
    "Text",
    "Words",
    "after_id",
    "after_instant",
    "answer_of",
    "api",
    "body_of",
    "by_code_or_id",
    "change_of",
    "instant_place",
    "keep_answer",
    "operation",
    "page_of",
    "require_visible",
    "scope_conditions",
    "seen_by_caller",
    "sent_values",
    "unit_named",
]
