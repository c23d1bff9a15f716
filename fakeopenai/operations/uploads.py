"""Uploads: a large file that comes in parts and is one file of the account once it is completed.

The parts' contents are kept beside them. The API's own words for what doesn't fit are not known; those here are ours.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..assemble import assemble
from ..errors import ApiError
from ..replies import Reply
from ..request import Request
from . import JsonObject, crud, operation
from .files import keep_content, lasting, refuse_unfit
from .resources import named

if TYPE_CHECKING:
    from ..backend import Backend

_HOUR = 3_600
_PARTS = "uploads.parts"


@operation("uploads.create", persist=crud.keep)
def create(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """An upload that waits for its parts, for an hour. How long the file lasts is kept for when there is one."""
    made = crud.create(request, account, reply)
    return {**made, "status": "pending", "expires_at": made["created_at"] + _HOUR}


def _pending(request: Request, account: Backend, reply: Reply | None, verb: str) -> JsonObject:
    """The upload that the path names, as long as something can be done with it."""
    body = crud.lookup(request, account, reply)[1]
    if reply is None and body.get("status") not in {"pending", ""}:
        raise ApiError(400, f"Cannot {verb} upload '{body['id']}' with status '{body['status']}'.")
    return body


def _keep_part(request: Request, account: Backend, body: JsonObject) -> None:
    account.state.collection(_PARTS, body["upload_id"]).put(body, extra={"content": _data(request)})


def _data(request: Request) -> bytes:
    for _, (_, content, _) in request.files:
        return bytes(content)
    return b""


@operation("uploads.parts.create", persist=_keep_part)
def add_part(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """A part of an upload."""
    upload_id = request.path_params["upload_id"]
    upload = account.state.collection("uploads").get(upload_id)
    if upload is not None and upload["status"] != "pending":
        raise ApiError(400, f"Cannot add parts to upload '{upload_id}' with status '{upload['status']}'.")
    return crud.create(request, account, reply)


def _content(request: Request, account: Backend, upload: Mapping[str, Any], *, checked: bool) -> bytes:
    """The parts put together, in the order that the request gives."""
    sent: Mapping[str, Any] = request.body or {}
    parts = account.state.collection(_PARTS, upload["id"])
    whole = b""
    for index, key in enumerate(sent.get("part_ids") or ()):
        if checked and key not in parts:
            raise ApiError(
                400, f"No upload part found with id '{key}'.", param=f"part_ids[{index}]", code="invalid_value"
            )
        whole += parts.extra(key).get("content", b"")
    if not checked:
        return whole
    if len(whole) != upload["bytes"]:
        raise ApiError(
            400, f"The parts have {len(whole)} bytes, but upload '{upload['id']}' was created for {upload['bytes']}."
        )
    digest = sent.get("md5")
    if digest and digest != hashlib.md5(whole, usedforsecurity=False).hexdigest():
        raise ApiError(400, f"The md5 of the parts is not '{digest}'.", param="md5", code="invalid_value")
    return whole


def _complete(request: Request, account: Backend, body: JsonObject) -> None:
    """Keep the file with its content, and the upload without the file's own."""
    if body.get("file"):
        keep_content(account, body["file"], _content(request, account, body, checked=False))
    crud.keep(request, account, body)


@operation("uploads.complete", persist=_complete)
def complete(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """An upload that is one file now."""
    upload = _pending(request, account, reply, "complete")
    known = upload["id"] in account.state.collection("uploads")
    content = _content(request, account, upload, checked=known and reply is None)
    purpose, filename = upload["purpose"], upload["filename"]
    if account.strict and known:
        refuse_unfit(purpose, filename, content)
    files = named("files")
    made: JsonObject = {
        "id": files.new_id(account.ids),
        "created_at": int(account.clock.now()),
        "filename": filename,
        "bytes": len(content),
    }
    if purpose:  # one that was made up has none
        made["purpose"] = purpose
    file: JsonObject = assemble(files.kept.type, lasting(purpose, made))
    return {**upload, "status": "completed", "file": file}


@operation("uploads.cancel", persist=crud.keep)
def cancel(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """An upload to which nothing can be added any more."""
    return {**_pending(request, account, reply, "cancel"), "status": "cancelled"}
