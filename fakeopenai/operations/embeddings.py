"""Embeddings: a unit vector for each input, the same for the same input in every run.

A shorter vector is the beginning of a longer one, scaled to unit length again, as the API's own are. Nothing is meant
by the directions: different inputs are about orthogonal, however alike they are.
"""

from __future__ import annotations

import array
import base64
import hashlib
import json
import math
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..replies import Reply
from ..request import Request
from ..tokens import count_prompt
from . import JsonObject, operation
from .narrowing import is_list

if TYPE_CHECKING:
    from ..backend import Backend

_DIMENSIONS = {"text-embedding-3-large": 3072}
_OTHERS = 1536
_ANSWERS_AS = {"text-embedding-ada-002": "text-embedding-ada-002-v2"}  # recorded


@operation("embeddings.create", whole=True)
def create(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """A vector for each input, as numbers or as base64."""
    body: Mapping[str, Any] = request.body or {}
    model = body.get("model") or ""
    dimensions = body.get("dimensions") or _DIMENSIONS.get(model, _OTHERS)
    given: Any = body.get("input")
    several = is_list(given) and not (given and isinstance(given[0], int))
    as_text = body.get("encoding_format") == "base64"
    data: list[JsonObject] = []
    if reply is None or reply.kind != "partial" or "data" not in reply.value:
        data = [
            {"object": "embedding", "index": index, "embedding": _encoded(_vector(one, dimensions), as_text=as_text)}
            for index, one in enumerate(given if several else [given])
        ]
    tokens = count_prompt(given, account.count_tokens)
    return {
        "object": "list",
        "data": data,
        "model": _ANSWERS_AS.get(model, model),
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
    }


def _vector(given: Any, dimensions: int) -> array.array[float]:
    """The unit vector of a text, or of tokens."""
    key = given if isinstance(given, str) else json.dumps(given)
    raw = array.array("i")
    raw.frombytes(hashlib.shake_256(key.encode("utf-8", "surrogatepass")).digest(dimensions * raw.itemsize))
    if sys.byteorder == "big":
        raw.byteswap()
    length = math.hypot(*raw) or 1.0
    return array.array("f", [each / length for each in raw])


def _encoded(vector: array.array[float], *, as_text: bool) -> list[float] | str:
    if not as_text:
        return vector.tolist()
    if sys.byteorder == "big":
        vector.byteswap()
    return base64.b64encode(vector.tobytes()).decode()
