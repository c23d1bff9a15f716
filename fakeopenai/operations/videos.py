"""Videos: queued, made, and downloaded; made again from others; and the characters in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..errors import ApiError
from ..replies import Reply
from ..request import Answer, Request
from ..state import Collection
from . import JsonObject, crud, operation
from .lifecycle import Course, begin, course
from .narrowing import as_object
from .resources import known_fields, named

if TYPE_CHECKING:
    from ..backend import Backend

_DEFAULTS = {"model": "sora-2", "seconds": "4", "size": "720x1280"}
_HOUR = 3_600
_TYPES = {"thumbnail": "image/webp", "spritesheet": "image/jpeg"}

# The smallest file that passes for one: a header without a picture in it.
_MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2mp41"


def _keep_video(request: Request, account: Backend, body: JsonObject) -> None:
    collection = account.state.collection("videos")
    collection.put(body)
    if account.setting("lifecycle", request.operation) == "instant":
        begin(account, collection, body)


@operation("videos.create", "videos.edit", "videos.extend", "videos.remix", persist=_keep_video)
def create(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """A video that is queued; one made from another takes what isn't said from that."""
    resource = named("videos")
    sent: Mapping[str, Any] = request.body or {}
    made: JsonObject = {**_DEFAULTS, "id": resource.new_id(account.ids), "created_at": int(account.clock.now())}
    source = _source(request, account, reply)
    if source is not None:
        made.update({name: source[name] for name in _DEFAULTS if source.get(name)})
        made["remixed_from_video_id"] = source["id"]
    made.update(crud.echo(request, known_fields(request.operation.cast_to)))
    return {**made, "seconds": str(sent.get("seconds") or made["seconds"])}


def _source(request: Request, account: Backend, reply: Reply | None) -> JsonObject | None:
    if request.operation.path_params:
        place, found = crud.lookup(request, account, reply)
        _check_ready(place.collection, str(place.key), reply, 400)
        return found
    key = as_object((request.body or {}).get("video")).get("id")
    if not isinstance(key, str):
        return None
    collection = account.state.collection("videos")
    if crud.gone(key, collection, account):
        raise named("videos").not_found(key)
    _check_ready(collection, key, reply, 400)
    return collection.get(key) or {"id": key}


def _check_ready(collection: Collection, key: str, reply: Reply | None, status: int) -> None:
    """Refuse a video that isn't made yet, or never will be. One that is made up, or given its content, is.

    Reported for its content; that what is made from another needs that completed is described, the refusal inferred.
    """
    found = collection.get(key)
    if reply is None and found is not None and found["status"] != "completed" and not collection.extra(key):
        message = "Video is not ready yet, use GET /v1/videos/{video_id} to check status."
        raise ApiError(status, message)


@operation("videos.download_content")
def download(request: Request, account: Backend, reply: Reply | None) -> Answer:
    """The film, or a picture of it."""
    place = crud.find(request, account, reply)
    _check_ready(place.collection, str(place.key), reply, 404)
    variant = request.query.get("variant") or "video"
    content = place.collection.extra(str(place.key)).get("content", _MP4)
    return Answer(content=content, content_type=_TYPES.get(variant, "video/mp4"))


def _progress(account: Backend, collection: Collection, body: JsonObject, before: str) -> None:
    if body["status"] == "completed":
        body["progress"] = 100
        body["expires_at"] = int(account.clock.now()) + _HOUR
    elif body["status"] == "in_progress":
        body["progress"] = 50


course(
    Course(
        "videos",
        ("queued", "in_progress", "completed"),
        arrive={"in_progress": _progress, "completed": _progress},
    )
)


def _keep_character(request: Request, account: Backend, body: JsonObject) -> None:
    account.state.collection("videos.characters").put(body)


@operation("videos.create_character", persist=_keep_character)
def create_character(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """A character."""
    fields = known_fields(request.operation.cast_to)
    return {
        "id": named("videos.characters").new_id(account.ids),
        **crud.stamps(fields, account),
        **crud.echo(request, fields),
    }
