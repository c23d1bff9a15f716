"""Conversations and their items. What is said in one by way of responses is appended in `response_state`.

Sources: API reference, section Conversations; recorded exchanges.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..replies import Reply
from ..request import Request
from ..snapshot import plain
from . import JsonObject, operation
from .paging import page_of
from .resources import named
from .response_state import append, as_kept, page_of_partial

if TYPE_CHECKING:
    from ..backend import Backend

__all__ = ["create"]

_CONVERSATIONS: Final = "conversations"
_ITEMS: Final = "conversations.items"


def _find(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """The conversation that the path names; one that is made up, and kept from now on, where that is wanted."""
    key = request.path_params["conversation_id"]
    stored = account.state.collection(_CONVERSATIONS)
    found = stored.get(key)
    if found is not None:
        return found
    deleted = stored.was_deleted(key)
    if deleted or (not _lenient(request, account) and reply is None):
        raise named(_CONVERSATIONS).not_found(key, "" if deleted else "conversation_id")
    return _new(account, key, {})


def _lenient(request: Request, account: Backend) -> bool:
    """Whether what nobody has made may be made up."""
    return account.setting("missing", request.operation) == "synthesize"


def _new(account: Backend, key: str, metadata: JsonObject) -> JsonObject:
    return {"id": key, "object": "conversation", "created_at": int(account.clock.now()), "metadata": metadata}


# ------------------------------------------------------------------------------------------------ conversations


def _keep_new(request: Request, account: Backend, body: JsonObject) -> None:
    """Store a new conversation, with what has been said in it already."""
    said: Any = (request.body or {}).get("items") or ()
    with account.state.lock:
        account.state.collection(_CONVERSATIONS).put(body, extra={"tokens": 0})
        append(account, body["id"], [as_kept(plain(item), account) for item in said])


def _keep(request: Request, account: Backend, body: JsonObject) -> None:
    """Store a conversation as it is now; one that was made up is not kept."""
    stored = account.state.collection(_CONVERSATIONS)
    with account.state.lock:
        if request.path_params["conversation_id"] in stored:
            stored.put(body, key=request.path_params["conversation_id"])


@operation("conversations.create", persist=_keep_new)
def create(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """A new conversation."""
    metadata = (request.body or {}).get("metadata")
    return _new(account, account.ids.make("conv_"), plain(metadata or {}))


@operation("conversations.retrieve")
def retrieve(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """A conversation."""
    return _find(request, account, reply)


@operation("conversations.update", persist=_keep)
def update(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """Other metadata for a conversation."""
    metadata = (request.body or {}).get("metadata")
    return {**_find(request, account, reply), "metadata": plain(metadata or {})}


@operation("conversations.delete")
def delete(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """Forget a conversation, and what was said in it."""
    with account.state.lock:
        key = _find(request, account, reply)["id"]
        stored = account.state.collection(_CONVERSATIONS)
        if not stored.delete(key):
            stored.put({"id": key})  # one that was made up: from now on it is gone, as any other
            stored.delete(key)
        account.state.drop(_CONVERSATIONS, key)
    return {"id": key, "object": "conversation.deleted", "deleted": True}


# ------------------------------------------------------------------------------------------------ items


@operation("conversations.items.create")
def create_items(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """Append items to a conversation."""
    with account.state.lock:
        found = _find(request, account, reply)
        items = [as_kept(plain(item), account) for item in (request.body or {}).get("items") or ()]
        if found["id"] in account.state.collection(_CONVERSATIONS):
            append(account, found["id"], items)
    ends = {"first_id": items[0]["id"] if items else None, "last_id": items[-1]["id"] if items else None}
    return {"object": "list", "data": items, "has_more": False, **ends}


@operation("conversations.items.retrieve")
def retrieve_item(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """One item of a conversation."""
    key = request.path_params["item_id"]
    items = account.state.collection(_ITEMS, _find(request, account, reply)["id"])
    found = items.get(key)
    if found is not None:
        return found
    if items.was_deleted(key) or (not _lenient(request, account) and reply is None):
        raise named(_ITEMS).not_found(key)
    return {"id": key}


@operation("conversations.items.list")
def list_items(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """The items of a conversation, newest first unless asked otherwise."""
    found = _find(request, account, reply)
    if reply is not None and reply.kind == "partial":
        return page_of_partial(request, reply.value)
    lenient = _lenient(request, account)
    return page_of(request, named(_ITEMS), account.state.collection(_ITEMS, found["id"]), lenient=lenient)


@operation("conversations.items.delete")
def delete_item(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """Take one item out of a conversation."""
    key = request.path_params["item_id"]
    with account.state.lock:
        found = _find(request, account, reply)
        items = account.state.collection(_ITEMS, found["id"])
        if not items.delete(key) and not _lenient(request, account) and reply is None:
            raise named(_ITEMS).not_found(key)
        if found["id"] in account.state.collection(_CONVERSATIONS):
            account.state.collection(_CONVERSATIONS).set_extra(found["id"], tokens=None)
    return found
