"""Containers: the files in them, with their contents, and how they expire."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..replies import Reply
from ..request import Request
from . import JsonObject, crud, operation
from .lifecycle import Course, course
from .narrowing import as_object
from .refusing import exactly_one

if TYPE_CHECKING:
    from ..backend import Backend

_FOLDER = "/mnt/data/"

course(Course("containers", ("running",), others=("expired", "deleted")))


def _sent(request: Request, account: Backend) -> tuple[str, bytes]:
    """Name and content of what is put into a container: an upload, or a file of the account."""
    for _, (name, sent, _) in request.files:
        return name or "file", sent
    key: Any = (request.body or {}).get("file_id")
    files = account.state.collection("files")
    known = as_object(files.get(key) if isinstance(key, str) else None)
    content: Any = files.extra(key).get("content") if known else None
    return str(known.get("filename") or key or "file"), content if isinstance(content, bytes) else b""


def _keep(request: Request, account: Backend, body: JsonObject) -> None:
    content = _sent(request, account)[1]
    account.state.collection("containers.files", body["container_id"]).put(body, extra={"content": content})


@operation("containers.files.create", persist=_keep)
def create_file(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """A file in a container. Its name in there is made unique, as the API does."""
    exactly_one(request, account, "file", "file_id")
    made = crud.create(request, account, reply)
    name, content = _sent(request, account)
    return {**made, "path": f"{_FOLDER}{account.ids.hex(32)}-{name}", "bytes": len(content), "source": "user"}
