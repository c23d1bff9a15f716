"""Vector stores: the files in them, alone and in batches, how many there are of each status, what is found in them.

A file of a store has the id of the file that it was made from. That of a batch bears the batch's id as hidden data.
What `search` finds is decided by the words that query and content share: enough for a test to see its own document
come first, and no imitation of embeddings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..assemble import assemble
from ..replies import Reply
from ..request import Request
from ..state import Collection
from . import JsonObject, crud, operation
from .lifecycle import Course, course, move, step
from .narrowing import as_object, is_object
from .paging import empty_page, page_of
from .refusing import exactly_one
from .resources import named

if TYPE_CHECKING:
    from ..backend import Backend

__all__ = ["attach"]

FILES = "vector_stores.files"
_COUNTS = ("in_progress", "completed", "cancelled", "failed")
_WORD = re.compile(r"\w+")
_FOUND = 10


# ------------------------------------------------------------------------------------------------ stores


def _keep_store(request: Request, account: Backend, body: JsonObject) -> None:
    account.state.collection("vector_stores").put({**body, "file_counts": dict.fromkeys(body["file_counts"], 0)})
    _attach_all(request, account, body["id"], _files_of(request))
    stored = account.state.collection("vector_stores").get(body["id"])
    body.update(stored or {})


@operation("vector_stores.create", persist=_keep_store)
def create(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """A store; with files, they are in progress."""
    made = crud.create(request, account, reply)
    sent: Mapping[str, Any] = request.body or {}
    files: Any = sent.get("file_ids")
    if sent.get("description") is not None:  # which the SDK's type of a store lacks
        made["description"] = sent["description"]
    if files:
        made["status"] = "in_progress"
        made["file_counts"] = {"in_progress": len(files), "total": len(files)}
    return made


def _look_store(account: Backend, collection: Collection, body: JsonObject) -> None:
    """Move the files that are in progress on, and the store with them."""
    if not body["file_counts"]["in_progress"]:
        return
    files = account.state.collection(FILES, body["id"])
    for each in files.page(limit=None, order="asc", where=_in_progress).items:
        step(account, files, each)
    body.update(collection.get(body["id"]) or {})


def _in_progress(body: Mapping[str, Any]) -> bool:
    return bool(body["status"] == "in_progress")


def _finish_store(account: Backend, collection: Collection, body: JsonObject, before: str) -> None:
    """Take all files that are in progress to their end, since the store is said to be there."""
    _settle(account, body["id"], account.state.collection(FILES, body["id"]).page(limit=None).items, "completed")
    body.update({**(collection.get(body["id"]) or {}), "status": body["status"]})


def _settle(account: Backend, store_id: str, files: list[JsonObject], status: str) -> None:
    """Move those of some files that are in progress to a status."""
    collection = account.state.collection(FILES, store_id)
    for each in files:
        if _in_progress(each):
            collection.put(move(account, collection, each, status))


# Its status follows from its files, hence there is no sequence.
course(Course("vector_stores", ("completed",), arrive={"completed": _finish_store}, look=_look_store))


def _count(account: Backend, store_id: str, before: str | None, after: str | None, size: int = 0) -> None:
    """Note in a store that a file has come, moved or gone."""
    stores = account.state.collection("vector_stores")
    with account.state.lock:
        store = stores.get(store_id)
        if store is None:
            return
        counts = store["file_counts"]
        for status, change in ((before, -1), (after, 1)):
            if status is not None:
                counts[status] += change
                counts["total"] += change
        store["usage_bytes"] += size
        if store["status"] != "expired":
            store["status"] = "in_progress" if counts["in_progress"] else "completed"
        store["last_active_at"] = int(account.clock.now())
        stores.put(store)


# ------------------------------------------------------------------------------------------------ files


def attach(account: Backend, store_id: str, file_id: str, sent: Mapping[str, Any], batch_id: str = "") -> JsonObject:
    """Put a file into a store, in progress.

    Args:
        account: who holds both.
        store_id: the store.
        file_id: the file.
        sent: what else was said of it: ``attributes``, ``chunking_strategy``.
        batch_id: the batch that it comes with, if any.
    """
    partial: JsonObject = {
        "id": file_id,
        "created_at": int(account.clock.now()),
        "vector_store_id": store_id,
        "status": "in_progress",
    }
    if sent.get("attributes"):
        partial["attributes"] = sent["attributes"]
    strategy = as_object(sent.get("chunking_strategy"))
    if strategy.get("type") == "static":
        partial["chunking_strategy"] = strategy
    body: JsonObject = assemble(named(FILES).kept.type, partial)
    _put_file(account, store_id, body, batch_id)
    return body


def _put_file(account: Backend, store_id: str, body: JsonObject, batch_id: str = "") -> None:
    files = account.state.collection(FILES, store_id)
    before = files.get(body["id"])
    files.put(body, extra={"batch_id": batch_id})
    if before is None:
        _count(account, store_id, None, body["status"], body["usage_bytes"])
    else:
        _count(account, store_id, before["status"], body["status"], body["usage_bytes"] - before["usage_bytes"])


def _attach_all(request: Request, account: Backend, store_id: str, files: list[Any], batch_id: str = "") -> None:
    sent: Mapping[str, Any] = request.body or {}
    instant = account.setting("lifecycle", request.operation) == "instant"
    for each in files:
        body = attach(account, store_id, _id_of(each), {**sent, **as_object(each)}, batch_id)
        if instant:
            step(account, account.state.collection(FILES, store_id), body)


def _keep_file(request: Request, account: Backend, body: JsonObject) -> None:
    store_id = request.path_params["vector_store_id"]
    _put_file(account, store_id, body)
    if account.setting("lifecycle", request.operation) == "instant":
        step(account, account.state.collection(FILES, store_id), body)


@operation("vector_stores.files.create", persist=_keep_file)
def create_file(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """A file in a store, in progress at first, whatever its size."""
    return {**crud.create(request, account, reply), "status": "in_progress"}


def _drop_file(request: Request, account: Backend, body: JsonObject) -> None:
    store_id, file_id = request.path_params["vector_store_id"], request.path_params["file_id"]
    gone = account.state.collection(FILES, store_id).get(file_id)
    crud.drop(request, account, body)
    if gone is not None:
        _count(account, store_id, gone["status"], None, -gone["usage_bytes"])


operation("vector_stores.files.delete", persist=_drop_file)(crud.delete)


def _arrived(account: Backend, collection: Collection, body: JsonObject, before: str) -> None:
    """What changes when a file leaves a status: its size is known at the end, and the store counts it elsewhere."""
    size = body["usage_bytes"]
    if body["status"] == "completed":
        file = account.state.collection("files").get(body["id"])
        body["usage_bytes"] = file["bytes"] if file else size
    if body["id"] in collection:
        _count(account, body["vector_store_id"], before, body["status"], body["usage_bytes"] - size)


course(Course(FILES, ("in_progress", "completed"), arrive=dict.fromkeys(_COUNTS, _arrived)))


def _contents(account: Backend, file_id: str) -> str:
    """The text of a file, as far as the account knows it."""
    found = account.state.collection("files").extra(file_id).get("content")
    return found.decode("utf-8", "replace") if isinstance(found, bytes) else ""


@operation("vector_stores.files.content")
def content(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """The text of a file, as one part."""
    place = crud.find(request, account, reply)
    assert place.key is not None
    text = _contents(account, place.key)
    return {
        "object": "vector_store.file_content.page",
        "data": [{"type": "text", "text": text}] if text else [],
        "has_more": False,
        "next_page": None,
    }


@operation("vector_stores.search")
def search(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """The files that share words with the query, those that share most of its words first."""
    place = crud.find(request, account, reply)
    body: Mapping[str, Any] = request.body or {}
    query: Any = body.get("query") or ""
    queries: list[str] = [query] if isinstance(query, str) else list(query)
    answer = {
        "object": "vector_store.search_results.page",
        "search_query": queries,
        "has_more": False,
        "next_page": None,
    }
    if reply is not None:
        return {**answer, "data": []}
    wanted = {word for each in queries for word in _WORD.findall(each.lower())}
    files = account.state.collection(FILES, str(place.key)).page(limit=None, order="asc").items
    hits = [hit for each in files if each["status"] == "completed" for hit in _hits(account, each, wanted)]
    threshold = as_object(body.get("ranking_options")).get("score_threshold") or 0
    hits = [hit for hit in hits if hit["score"] >= threshold and _meets(hit["attributes"] or {}, body.get("filters"))]
    hits.sort(key=lambda hit: -hit["score"])
    return {**answer, "data": hits[: body.get("max_num_results") or _FOUND]}


def _hits(account: Backend, file: Mapping[str, Any], wanted: set[str]) -> Iterator[JsonObject]:
    text = _contents(account, file["id"])
    shared = wanted & set(_WORD.findall(text.lower()))
    if shared:
        known = account.state.collection("files").get(file["id"]) or {}
        yield {
            "file_id": file["id"],
            "filename": known.get("filename", ""),
            "score": round(len(shared) / len(wanted), 4),
            "attributes": file.get("attributes") or {},
            "content": [{"type": "text", "text": text}],
        }


def _meets(attributes: Mapping[str, Any], condition: Any) -> bool:
    """Whether a file's attributes meet a filter: a comparison, or several joined by ``and`` or ``or``."""
    if not is_object(condition):
        return True
    kind, value = condition.get("type"), condition.get("value")
    if kind in {"and", "or"}:
        return (all if kind == "and" else any)(_meets(attributes, each) for each in condition.get("filters") or ())
    held = attributes.get(condition.get("key", ""))
    if kind in {"in", "nin"}:
        return (held in (value or ())) is (kind == "in")
    if kind in {"eq", "ne"}:
        return (held == value) is (kind == "eq")
    if held is None or isinstance(held, str) is not isinstance(value, str):
        return False
    compared: Any = held
    orders = {"gt": compared > value, "gte": compared >= value, "lt": compared < value, "lte": compared <= value}
    return bool(orders.get(str(kind)))


# ------------------------------------------------------------------------------------------------ batches


def _files_of(request: Request) -> list[Any]:
    sent: Mapping[str, Any] = request.body or {}
    return list(sent.get("file_ids") or sent.get("files") or ())


def _keep_batch(request: Request, account: Backend, body: JsonObject) -> None:
    store_id = request.path_params["vector_store_id"]
    _attach_all(request, account, store_id, _files_of(request), body["id"])
    crud.keep(request, account, body)


@operation("vector_stores.file_batches.create", persist=_keep_batch)
def create_batch(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """Several files at once, in progress."""
    exactly_one(request, account, "file_ids", "files")
    files = _files_of(request)
    made = crud.create(request, account, reply)
    for each in files:
        crud.check_references({"file_id": _id_of(each)}, account)
    made["status"] = "in_progress"
    made["file_counts"] = {"in_progress": len(files), "total": len(files)}
    return made


def _id_of(given: Any) -> str:
    return str(given["file_id"] if is_object(given) else given)


def _batch_files(account: Backend, store_id: str, batch_id: str) -> list[JsonObject]:
    files = account.state.collection(FILES, store_id)
    where = _of_batch(files, batch_id)
    return files.page(limit=None, order="asc", where=where).items


def _of_batch(files: Collection, batch_id: str) -> Callable[[JsonObject], bool]:
    return lambda body: bool(files.extra(body["id"]).get("batch_id") == batch_id)


def _look_batch(account: Backend, collection: Collection, body: JsonObject) -> None:
    """Move the files of a batch on, and count them; it is done when they are."""
    if body["status"] != "in_progress":
        return
    files = account.state.collection(FILES, body["vector_store_id"])
    mine = _batch_files(account, body["vector_store_id"], body["id"])
    for each in mine:
        step(account, files, each)
    body["file_counts"] = _counts(mine)
    if not body["file_counts"]["in_progress"]:
        body["status"] = "completed"


def _counts(files: list[JsonObject]) -> JsonObject:
    counts = {status: sum(each["status"] == status for each in files) for status in _COUNTS}
    return {**counts, "total": len(files)}


def _ended(account: Backend, collection: Collection, body: JsonObject, before: str) -> None:
    """What is still in progress in a batch ends as the batch does."""
    store_id, batch_id = body["vector_store_id"], body["id"]
    _settle(account, store_id, _batch_files(account, store_id, batch_id), body["status"])
    mine = _batch_files(account, store_id, batch_id)
    if mine:
        body["file_counts"] = _counts(mine)


course(
    Course(
        "vector_stores.file_batches",
        ("completed",),
        arrive=dict.fromkeys(("completed", "cancelled", "failed"), _ended),
        look=_look_batch,
    )
)


@operation("vector_stores.file_batches.cancel", persist=crud.keep)
def cancel_batch(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """A batch that nothing more is done for; one that has come to its end stays as it is."""
    place, body = crud.lookup(request, account, reply)
    given: Mapping[str, Any] = reply.value if reply is not None and reply.kind == "partial" else {}
    counts = as_object(given.get("file_counts"))
    if counts.get("total") and not counts.get("in_progress"):  # a test says that its files are all there
        body["status"] = "completed"
    return body if body["status"] != "in_progress" else move(account, place.collection, body, "cancelled")


@operation("vector_stores.file_batches.list_files", whole=True)
def list_files(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """The files of one batch."""
    if reply is not None:
        return empty_page(request.operation)
    store_id, batch_id = request.path_params["vector_store_id"], request.path_params["batch_id"]
    lenient = crud.tolerant(request, account, reply)
    batches = named("vector_stores.file_batches")
    if not lenient and batch_id not in account.state.collection(batches.name, store_id):
        raise batches.not_found(batch_id, "batch_id")
    collection = account.state.collection(FILES, store_id)
    return page_of(request, named(FILES), collection, lenient=lenient, also=_of_batch(collection, batch_id))
