"""Files: their contents, which the account keeps beside them, and what the API refuses of them.

A file is there at once (``processed``). Deleting it takes it out of all vector stores; that, lists and retrieving are
the generic engine's. Sources: recorded exchanges; error bodies that public issues quote.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ..messages import DetailedError
from ..replies import Reply
from ..request import Answer, Request
from . import JsonObject, crud, operation
from .narrowing import as_object, is_object
from .verbs import DEFAULT_CONTENT

if TYPE_CHECKING:
    from ..backend import Backend

__all__ = ["keep_content", "lasting", "refuse_unfit"]

_BATCH_DAYS = 30 * 86_400
_UNREADABLE = frozenset({"assistants", "user_data", "vision"})
_UNNAMED = "upload"  # what the SDK calls content that has no name


def _sent(request: Request) -> tuple[str, bytes]:
    """Name and content of what is uploaded."""
    for _, (name, content, _) in request.files:
        return name or _UNNAMED, content
    return _UNNAMED, b""


def refuse_unfit(purpose: Any, filename: str, content: bytes) -> None:
    """Refuse what the API refuses to keep for a purpose.

    The lines of a batch are looked at when it runs; those for fine-tuning, when they come.

    Raises:
        ApiError: a batch that isn't called ``.jsonl``, or training data that isn't JSON line by line.
    """
    if purpose == "batch" and not filename.lower().endswith(".jsonl"):
        raise DetailedError(400, "Invalid file format for Batch API. Must be .jsonl")
    if purpose != "fine-tune":
        return
    for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), 1):
        if line.strip() and not _is_object(line):
            raise DetailedError(
                400,
                "Expected file to have JSONL format, where every line is a JSON dictionary. "
                f'Line {number} is not a dictionary (HINT: line starts with: "{line[:3]}...").',
            )


def _is_object(line: str) -> bool:
    try:
        return is_object(json.loads(line))
    except ValueError:
        return False


def lasting(purpose: Any, made: JsonObject) -> JsonObject:
    """A new file with the end that its purpose gives it, unless it was sent with another: batches go after a month."""
    if purpose == "batch" and made.get("expires_at") is None:
        made["expires_at"] = made["created_at"] + _BATCH_DAYS
    return made


def keep_content(account: Backend, body: JsonObject, content: bytes) -> None:
    """Store a file with its content."""
    account.state.collection("files").put(body, extra={"content": content})


def _keep(request: Request, account: Backend, body: JsonObject) -> None:
    keep_content(account, body, _sent(request)[1])


@operation("files.create", persist=_keep)
def create(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """A file, with its name and its size."""
    filename, content = _sent(request)
    purpose = as_object(request.body).get("purpose")
    if account.strict:
        refuse_unfit(purpose, filename, content)
    made = crud.create(request, account, reply)
    if purpose is not None:
        made["purpose"] = purpose  # the API takes more than the SDK's type of a file lists
    return {**lasting(purpose, made), "filename": filename, "bytes": len(content)}


@operation("files.content", "files.retrieve_content")
def content(request: Request, account: Backend, reply: Reply | None) -> Answer:
    """What is in a file. Files that are only there to be read by models can't be downloaded."""
    place, body = crud.lookup(request, account, reply)
    assert place.key is not None
    if account.strict and place.key in place.collection and body.get("purpose") in _UNREADABLE:
        raise DetailedError(400, f"Not allowed to download files of purpose: {body['purpose']}")
    return Answer(
        content=place.collection.extra(place.key).get("content", DEFAULT_CONTENT),
        content_type="application/octet-stream",
        headers={"content-disposition": f'attachment; filename="{body.get("filename") or place.key}"'},
    )
