"""Reading the steps of runs: what a search has found is shown without its text, unless that is asked for.

Steps are made in `run_turns`; lists and retrieving are the generic engine's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..replies import Reply
from ..request import Request
from . import JsonObject, crud, operation
from .narrowing import as_object, is_list, objects_in

if TYPE_CHECKING:
    from ..backend import Backend

__all__ = ["shown"]

_CONTENT = "step_details.tool_calls[*].file_search.results[*].content"


def shown(step: Mapping[str, Any], request: Request) -> JsonObject:
    """A step as a request gets to see it."""
    included: Any = request.query.get("include")
    if is_list(included) and _CONTENT in included:
        return dict(step)
    details: Mapping[str, Any] = step["step_details"]
    if not any(call.get("file_search") for call in objects_in(details.get("tool_calls"))):
        return dict(step)
    calls = [_without_text(call) for call in objects_in(details["tool_calls"])]
    return {**step, "step_details": {**details, "tool_calls": calls}}


def _without_text(call: Mapping[str, Any]) -> JsonObject:
    search = as_object(call.get("file_search"))
    found = [{name: value for name, value in one.items() if name != "content"} for one in objects_in(search["results"])]
    return {**call, "file_search": {**search, "results": found}} if search else dict(call)


@operation("beta.threads.runs.steps.retrieve", whole=True)
def retrieve(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """A step."""
    return shown(crud.retrieve(request, account, reply), request)


@operation("beta.threads.runs.steps.list", whole=True)
def list_(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """The steps of a run."""
    page = crud.list_(request, account, reply)
    return {**page, "data": [shown(step, request) for step in page["data"]]}
