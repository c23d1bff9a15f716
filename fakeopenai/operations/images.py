"""Images: pictures made from a prompt, or from other pictures.

GPT image models answer with base64, what the picture looks like and what it cost; the retired DALL·E models with
addresses. Names decide, so that models yet to come are taken for GPT image models.

Sources: recorded exchanges; the API's price list for the tokens of a picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..replies import Reply
from ..request import Request
from ..streaming.images import pictures
from . import JsonObject, operation
from .narrowing import is_list, is_object
from .samples import PICTURES

if TYPE_CHECKING:
    from ..backend import Backend

_URL = "https://oaidalleapiprodscus.blob.core.windows.net/private/"
_GPT_ONLY = ("background", "output_format", "output_compression", "moderation", "partial_images", "stream", "svg")
_LEGACY_SIZES = ("256x256", "512x512")  # too small for GPT image models
_NO_SIZES = (None, "auto", *_LEGACY_SIZES)
_LEGACY_QUALITIES = (None, "auto", "standard", "hd")

# Tokens of a square picture of a megapixel; they grow with the area.
_COSTS = {"low": 272, "medium": 1056, "high": 4160, "xhigh": 8320, "max": 16_640}
_SQUARE = 1024 * 1024
_SEEN = 194  # tokens of a picture that a model is shown


def _events(
    request: Request, account: Backend, body: JsonObject, reply: Reply | None
) -> Iterator[tuple[str | None, Any]]:
    prefix = "image_edit" if request.operation.method == "edit" else "image_generation"
    for event in pictures(body, prefix, (request.body or {}).get("partial_images") or 0):
        yield event["type"], event


@operation("images.generate", "images.edit", "images.create_variation", events=_events)
def create(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """``n`` pictures, of one pixel each."""
    body: Mapping[str, Any] = request.body or {}
    given = reply.value.get("data") if reply is not None and reply.kind == "partial" else None
    count = len(given) if is_list(given) else body.get("n") or 1
    made: JsonObject = {"created": int(account.clock.now())}
    if _is_legacy(request):
        return {**made, "data": [_legacy_picture(body, account) for _ in range(count)]}
    form = body.get("output_format") or "png"
    quality = body.get("quality")
    if quality not in _COSTS:
        quality = _usual_quality(str(body.get("model") or ""))
    size = body.get("size")
    if size in _NO_SIZES:
        size = "1024x1024"
    made.update(
        background=_or_auto(body.get("background")) or "opaque",
        data=[{"b64_json": PICTURES.get(form, PICTURES["png"])} for _ in range(count)],
        output_format=form,
        quality=quality,
        size=size,
        usage=_usage(request, account, _cost(quality, size) * count),
    )
    return made


def _is_legacy(request: Request) -> bool:
    """Whether a DALL·E model is asked.

    Where no model is named, it makes pictures unless something asks for more than it can do, and edits them only if
    something asks for what no other can.
    """
    body: Mapping[str, Any] = request.body or {}
    model = body.get("model")
    if request.operation.method == "create_variation":
        return True
    if model:
        return str(model).startswith("dall-e")
    if request.operation.method == "edit":
        return body.get("response_format") is not None or body.get("size") in _LEGACY_SIZES
    asks = any(body.get(name) is not None for name in _GPT_ONLY) or is_list(body.get("images"))
    return not asks and body.get("quality") in _LEGACY_QUALITIES


def _legacy_picture(body: Mapping[str, Any], account: Backend) -> JsonObject:
    made: JsonObject = {}
    if body.get("model") == "dall-e-3":
        made["revised_prompt"] = body.get("prompt") or ""
    if body.get("response_format") == "b64_json":
        made["b64_json"] = PICTURES["png"]
    else:
        made["url"] = f"{_URL}img-{account.ids.hex(24)}.png"
    return made


def _or_auto(value: Any) -> Any:
    return None if value == "auto" else value


def _usual_quality(model: str) -> str:
    """The quality that a model chooses; recorded."""
    return "high" if model in {"", "gpt-image-1"} else "medium"


def _cost(quality: str, size: str) -> int:
    width, _, height = str(size).partition("x")
    area = int(width) * int(height) if width.isdecimal() and height.isdecimal() else _SQUARE
    return max(_COSTS.get(quality, _COSTS["medium"]) * area // _SQUARE, 1)


def _usage(request: Request, account: Backend, cost: int) -> JsonObject:
    body: Mapping[str, Any] = request.body or {}
    read = account.count_tokens(body.get("prompt") or "")
    named: Any = body.get("images")
    shown = len(request.files) + len([one for one in named if is_object(one)] if is_list(named) else ())
    return {
        "input_tokens": read + shown * _SEEN,
        "input_tokens_details": {"image_tokens": shown * _SEEN, "text_tokens": read},
        "output_tokens": cost,
        "output_tokens_details": {"image_tokens": cost, "text_tokens": 0},
        "total_tokens": read + shown * _SEEN + cost,
    }
