"""What moderation finds in what goes into a model and comes out of it, where a request asks for that: nothing bad.

Used by operations that generate. A test that wants something flagged scripts it. Imports nothing of ours.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any

__all__ = ["moderated"]

_CATEGORIES = (
    "harassment",
    "harassment/threatening",
    "sexual",
    "hate",
    "hate/threatening",
    "illicit",
    "illicit/violent",
    "self-harm/intent",
    "self-harm/instructions",
    "self-harm",
    "sexual/minors",
    "violence",
    "violence/graphic",
)


def moderated(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The ``moderation`` of an answer.

    Args:
        asked: the request's ``moderation``, whose ``model`` is echoed.

    Example:
        >>> moderated({"model": "omni-moderation-latest"})["output"]["results"][0]["flagged"]
        False
    """
    model = asked.get("model") or "omni-moderation-latest"
    return {side: _results(model) for side in ("input", "output")}


def _results(model: str) -> dict[str, Any]:
    result = {
        "type": "moderation_result",
        "model": model,
        "flagged": False,
        "categories": dict.fromkeys(_CATEGORIES, False),
        "category_scores": {name: (1 + zlib.crc32(name.encode()) % 100) / 1e6 for name in _CATEGORIES},
        "category_applied_input_types": {name: ["text"] for name in _CATEGORIES},
    }
    return {"type": "moderation_results", "model": model, "results": [result]}
