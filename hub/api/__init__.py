"""The ground of the REST API: operations, their OpenAPI document, problems, idempotency.

The halves declare their operations with :func:`operation` on :data:`api`; nothing here knows them.
"""

from hub.api.answers import Page, page_of
from hub.api.idempotency import keep_answer
from hub.api.operation import api, operation
from hub.api.shapes import ApiModel, Code, Instant, NoContent, PageQuery

__all__ = [
    "ApiModel",
    "Code",
    "Instant",
    "NoContent",
    "Page",
    "PageQuery",
    "api",
    "keep_answer",
    "operation",
    "page_of",
]
