"""Threads and their messages, as people write them. What the model writes into a thread is in `run_turns`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..assemble import ABSENT
from ..errors import ApiError
from ..replies import Reply
from ..request import Request
from . import JsonObject, crud, operation
from .assistants import resources_of
from .narrowing import as_object, objects_in

if TYPE_CHECKING:
    from ..backend import Backend

__all__ = ["ACTIVE", "MESSAGES", "RUNS", "THREADS", "active_run", "add_messages", "new_thread"]

THREADS = "beta.threads"
MESSAGES = "beta.threads.messages"
RUNS = "beta.threads.runs"

ACTIVE = frozenset({"queued", "in_progress", "requires_action", "cancelling"})
"""The statuses in which a run locks its thread."""


def active_run(account: Backend, thread_id: str) -> str | None:
    """The id of the run that locks a thread; None if there is none."""
    now = account.clock.now()
    found = account.state.collection(RUNS, thread_id).page(
        limit=1, where=lambda run: run["status"] in ACTIVE and not (run["expires_at"] and run["expires_at"] <= now)
    )
    return found.items[0]["id"] if found.items else None


def _blocks(content: Any) -> list[JsonObject]:
    """The content of a message as the API keeps it: texts with annotations, pictures as they are."""
    if isinstance(content, str):
        return [_text(content)]
    return [_text(part["text"]) if isinstance(part.get("text"), str) else dict(part) for part in objects_in(content)]


def _text(value: str) -> JsonObject:
    return {"type": "text", "text": {"value": value, "annotations": []}}


def add_messages(account: Backend, thread_id: str, sent: Any) -> None:
    """Put messages that came with another request at the end of a thread."""
    for message in objects_in(sent):
        told = {name: message[name] for name in ("attachments", "metadata") if message.get(name)}
        partial = {"thread_id": thread_id, "role": message["role"], "content": _blocks(message["content"]), **told}
        crud.put_new(account, MESSAGES, partial, thread_id)


def new_thread(account: Backend, sent: Mapping[str, Any]) -> JsonObject:
    """The computed layer of a thread that a request creates, besides its id and its time."""
    made: JsonObject = {"tool_resources": resources_of(sent.get("tool_resources"), (), account)}
    if sent.get("metadata"):
        made["metadata"] = sent["metadata"]
    return made


def _keep_thread(request: Request, account: Backend, body: JsonObject) -> None:
    crud.keep(request, account, body)
    add_messages(account, body["id"], (request.body or {}).get("messages"))


@operation("beta.threads.create", persist=_keep_thread)
def create(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """A thread, with the messages that it begins with."""
    body: Mapping[str, Any] = request.body or {}
    for value in as_object(body.get("tool_resources")).values():
        crud.check_references(as_object(value), account)
    for message in objects_in(body.get("messages")):
        _check_attachments(message, account)
    return {**crud.create(request, account, reply), **new_thread(account, body)}


def _check_attachments(message: Mapping[str, Any], account: Backend) -> None:
    """Refuse a message that brings files which are gone."""
    for attachment in objects_in(message.get("attachments")):
        crud.check_references(attachment, account)


@operation("beta.threads.messages.create", persist=crud.keep)
def create_message(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """A message; refused while a run is at work on the thread."""
    made = crud.create(request, account, reply)
    body: Mapping[str, Any] = request.body or {}
    thread_id = request.path_params["thread_id"]
    run_id = active_run(account, thread_id)
    if run_id is not None:
        raise ApiError(400, f"Can't add messages to {thread_id} while a run {run_id} is active.")
    _check_attachments(body, account)
    return {**made, "content": _blocks(body.get("content"))}


def _keep_message(request: Request, account: Backend, body: JsonObject) -> None:
    """Keep what has changed. The answer isn't the whole message: see `update_message`."""
    thread_id, message_id = request.path_params["thread_id"], request.path_params["message_id"]
    collection = account.state.collection(MESSAGES, thread_id)
    legacy = {name: value for name, value in body.items() if name != "file_ids"}
    collection.put({"attachments": [], **(collection.get(message_id) or {}), **legacy}, key=message_id)


@operation("beta.threads.messages.update", persist=_keep_message)
def update_message(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """A message, changed. Recorded: this answer alone has the older ``file_ids`` in place of attachments."""
    body = crud.update(request, account, reply)
    files = [each.get("file_id") for each in objects_in(body.get("attachments"))]
    return {**body, "attachments": ABSENT, "file_ids": list(dict.fromkeys(files))}
