"""Evals and their runs: the schema of what is evaluated, what a run is called, and how it moves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..replies import Reply
from ..request import Request
from ..state import Collection
from . import JsonObject, crud, operation
from .lifecycle import Course, course
from .narrowing import is_object

if TYPE_CHECKING:
    from ..backend import Backend

_ANY: JsonObject = {"type": "object"}


@operation("evals.create", persist=crud.keep)
def create(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """An eval. What is said of the items becomes the schema of all that the criteria see."""
    made = crud.create(request, account, reply)
    given: Any = (request.body or {}).get("data_source_config")
    if is_object(given):
        made["data_source_config"] = _source(given)
    return made


def _source(given: Mapping[str, Any]) -> JsonObject:
    sampled = given.get("type") != "custom" or given.get("include_sample_schema")
    properties: JsonObject = {"item": given.get("item_schema") or _ANY}
    if sampled:
        properties["sample"] = _ANY
    kept = {name: value for name, value in given.items() if name not in {"item_schema", "include_sample_schema"}}
    return {**kept, "schema": {"type": "object", "properties": properties, "required": list(properties)}}


@operation("evals.runs.create", persist=crud.keep)
def create_run(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """A run that is queued."""
    made = crud.create(request, account, reply)
    source: Any = (request.body or {}).get("data_source") or {}
    made["model"] = source.get("model") or ""
    made["report_url"] = f"https://platform.openai.com/evaluations/{made.get('eval_id')}?run_id={made['id']}"
    return made


def _counted(account: Backend, collection: Collection, body: JsonObject, before: str) -> None:
    """Count the output items that a test has put there. There are no others, since no grader says anything here."""
    items = account.state.collection(f"{collection.resource}.output_items", *collection.parents, body["id"])
    statuses = [item["status"] for item in items.page(limit=None).items]
    if statuses:
        counts = {name: statuses.count(status) for name, status in _OUTCOMES.items()}
        body["result_counts"] = {**counts, "total": len(statuses)}


_OUTCOMES = {"errored": "error", "failed": "fail", "passed": "pass"}
"""As what an output item is counted, by its status."""


def _failed(account: Backend, collection: Collection, body: JsonObject, before: str) -> None:
    """A run without a cause of its own has failed as that in the API's example."""
    _counted(account, collection, body, before)
    body["error"] = body.get("error") or _INTERNAL


_INTERNAL = {"code": "internal_error", "message": "The eval run failed due to an internal error."}


course(
    Course(
        "evals.runs",
        ("queued", "in_progress", "completed"),
        arrive={"completed": _counted, "failed": _failed},
        others=("failed", "canceled"),
    )
)
