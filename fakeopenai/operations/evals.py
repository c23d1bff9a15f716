"""Evals and their runs: the schema of what is evaluated, what a run is called, and how it moves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..replies import Reply
from ..request import Request
from ..state import Collection
from . import JsonObject, crud, operation
from .lifecycle import Course, course
from .narrowing import as_object, is_list, is_object

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
    """How many items were there, as far as the run itself brought them, all passed."""
    items = as_object(as_object(body.get("data_source")).get("source")).get("content")
    total = len(items) if is_list(items) else 0
    body["result_counts"] = {"errored": 0, "failed": 0, "passed": total, "total": total}


course(
    Course(
        "evals.runs",
        ("queued", "in_progress", "completed"),
        arrive={"completed": _counted},
        others=("failed", "canceled"),
    )
)
