"""What the API refuses in a request for pictures, beyond types: what its model doesn't take.

Texts and ``param`` are the API's, sources as in `fakeopenai.rules`. Imports leaves.
"""

from __future__ import annotations

import re
from typing import Final

from .. import messages
from ..errors import ApiError
from .case import Case

__all__ = ["image_parameters"]

_LONGEST_PROMPT: Final = {"dall-e-2": 1000, "dall-e-3": 4000, "gpt-image": 32000}
"""Characters, by the beginning of the model's name; described."""

_SIZE = re.compile(r"(\d+)x(\d+)")


def image_parameters(case: Case) -> None:
    """What one family of image models doesn't take, as far as the request shows it."""
    body = case.body
    model = body.get("model") or ""
    prompt = body.get("prompt")
    for family, longest in _LONGEST_PROMPT.items():
        if model.startswith(family) and type(prompt) is str and len(prompt) > longest:
            raise messages.string_too_long("prompt", len(prompt), longest)
    if model.startswith("dall-e-3") and (body.get("n") or 1) != 1:  # reported
        raise ApiError(400, "You must provide n=1 for this model.")
    if not model.startswith(("gpt-image", "chatgpt-image")):
        return
    for name in ("response_format", "style"):  # measured; ``response_format`` recorded
        if body.get(name) is not None:
            raise messages.unknown_parameter(name)
    size = body.get("size")
    if type(size) is str and size != "auto":
        found = _SIZE.fullmatch(size)
        if found is None or not int(found[1]) or not int(found[2]):  # measured
            raise _wrong_size(size, "Expected WIDTHxHEIGHT, for example '1824x1024'.")
        if int(found[1]) % 16 or int(found[2]) % 16:  # recorded
            raise _wrong_size(size, "Width and height must both be divisible by 16.")


def _wrong_size(size: str, expected: str) -> ApiError:
    return ApiError(
        400,
        f"Invalid size '{size}'. {expected}",
        type="image_generation_user_error",
        param="size",
        code="invalid_value",
    )
