"""What moderation finds in what goes into a model and comes out of it, where a request asks for that: nothing bad.

A test that wants something flagged scripts it. Used by operations that generate and by `moderations`; imports nothing
of ours.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any

__all__ = ["CATEGORIES", "moderated", "score"]

CATEGORIES = (
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


def score(category: str) -> float:
    """How sure moderation is of a category where there is nothing of it: hardly, and the same in every run."""
    return (1 + zlib.crc32(category.encode()) % 100) / 1e6


def _results(model: str) -> dict[str, Any]:
    result = {
        "type": "moderation_result",
        "model": model,
        "flagged": False,
        "categories": dict.fromkeys(CATEGORIES, False),
        "category_scores": {name: score(name) for name in CATEGORIES},
        "category_applied_input_types": {name: ["text"] for name in CATEGORIES},
    }
    return {"type": "moderation_results", "model": model, "results": [result]}
