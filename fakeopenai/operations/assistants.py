"""Assistants: what the API makes of the tools that are sent, and what it adds to the resources of those tools.

Used by `threads` and `runs`, which take tools and resources in the same form.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..replies import Reply
from ..request import Request
from . import JsonObject, crud, operation
from .narrowing import as_object, objects_in
from .vector_stores import attach

if TYPE_CHECKING:
    from ..backend import Backend

__all__ = ["ASSISTANTS", "as_kept", "resources_of"]

ASSISTANTS = "beta.assistants"

_NO_PARAMETERS: JsonObject = {"type": "object", "properties": {}}


def as_kept(tools: Any) -> list[JsonObject]:
    """Tools as the API keeps them: a function without parameters takes an empty object."""
    kept: list[JsonObject] = []
    for tool in objects_in(tools):
        function = as_object(tool.get("function"))
        bare = function and not function.get("parameters")
        kept.append({**tool, "function": {**function, "parameters": _NO_PARAMETERS}} if bare else dict(tool))
    return kept


def resources_of(sent: Any, tools: Any, account: Backend) -> JsonObject:
    """The resources of tools: those sent, with vector stores made as asked for, and an empty one for each hosted tool.

    Args:
        sent: ``tool_resources`` of the request.
        tools: the tools that the resources are for; none for those of a thread.
        account: who is to hold new vector stores.
    """
    kept: JsonObject = {name: dict(as_object(value)) for name, value in as_object(sent).items()}
    kinds = {tool.get("type") for tool in objects_in(tools)}
    if "code_interpreter" in kinds:
        kept.setdefault("code_interpreter", {}).setdefault("file_ids", [])
    if "file_search" in kinds:
        kept.setdefault("file_search", {})
    if "file_search" in kept:
        asked = objects_in(kept["file_search"].pop("vector_stores", None))
        ids = kept["file_search"].setdefault("vector_store_ids", [])
        kept["file_search"]["vector_store_ids"] = [*ids, *(_new_store(store, account) for store in asked)]
    return kept


def _new_store(asked: Mapping[str, Any], account: Backend) -> str:
    """Make the vector store that is asked for in passing, its files in progress; its id."""
    known: JsonObject = {"metadata": asked["metadata"]} if asked.get("metadata") else {}
    store_id: str = crud.put_new(account, "vector_stores", {**known, "status": "completed"})["id"]
    for file_id in asked.get("file_ids") or ():
        attach(account, store_id, file_id, asked)
    return store_id


def _check_resources(sent: Any, account: Backend) -> None:
    """Refuse resources that name files or vector stores which are gone."""
    for value in as_object(sent).values():
        resource = as_object(value)
        crud.check_references(resource, account)
        for store in objects_in(resource.get("vector_stores")):
            crud.check_references(store, account)


@operation("beta.assistants.create", persist=crud.keep)
def create(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """An assistant."""
    body: Mapping[str, Any] = request.body or {}
    _check_resources(body.get("tool_resources"), account)
    made = crud.create(request, account, reply)
    made["tools"] = as_kept(body.get("tools"))
    made["tool_resources"] = resources_of(body.get("tool_resources"), made["tools"], account)
    return made


@operation("beta.assistants.update", persist=crud.keep, whole=True)
def update(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """An assistant, changed; a tool that is new to it brings its resources."""
    body: Mapping[str, Any] = request.body or {}
    _check_resources(body.get("tool_resources"), account)
    made = crud.update(request, account, reply)
    if "tools" in body or "tool_resources" in body:
        made["tools"] = as_kept(made.get("tools"))
        made["tool_resources"] = resources_of(made.get("tool_resources"), made.get("tools"), account)
    return made
