"""Pictures as streams: a finished answer -> the partial pictures on the way to it, then the whole.

Follows the API's description. Operations on images use this module; partial pictures look like the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["pictures"]

_LOOKS = ("size", "quality", "background", "output_format")
_FINAL_USAGE = ("total_tokens", "input_tokens", "output_tokens", "input_tokens_details")


def pictures(body: Mapping[str, Any], prefix: str, partial: int) -> Iterator[dict[str, Any]]:
    """The events by which the API streams pictures.

    Args:
        body: the whole answer in wire form.
        prefix: what the types of the events begin with: ``"image_generation"`` or ``"image_edit"``.
        partial: how many partial pictures come first, of each.

    Example:
        >>> [event["type"] for event in pictures({"created": 0, "data": [{"b64_json": ""}]}, "image_edit", 1)]
        ['image_edit.partial_image', 'image_edit.completed']
    """
    looks = {name: body[name] for name in _LOOKS if body.get(name) is not None}
    usage: Mapping[str, Any] = body.get("usage") or {}
    for picture in body.get("data") or ():
        shown = {"b64_json": picture.get("b64_json") or "", "created_at": body["created"], **looks}
        for index in range(partial):
            yield {"type": f"{prefix}.partial_image", "partial_image_index": index, **shown}
        final = {name: usage[name] for name in _FINAL_USAGE if name in usage}
        yield {"type": f"{prefix}.completed", **shown, "usage": final}
