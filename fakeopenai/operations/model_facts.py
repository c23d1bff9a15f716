"""What the Responses API tells of a model unasked: defaults that differ from family to family.

Read off recorded answers of 2025 and 2026. Names decide, so that snapshots, fine-tuned models and models yet to come
find their family: a model that nobody has seen yet is taken for the newest of its kind. What chat completions show of a
model is in `chat_models`. Used by `responses` and what is split from it; imports leaves only.
"""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

from .generation import is_reasoning_model

__all__ = ["Facts", "facts_of"]


class Facts(NamedTuple):
    """What the responses of a model have in common.

    Attributes:
        reasons: whether it thinks before it speaks.
        effort: the ``reasoning.effort`` when nobody says; None for models that don't reason.
        context: the ``reasoning.context``: which turns' reasoning the model sees.
        top_p: the ``top_p`` when nobody says.
        retention: the ``prompt_cache_retention`` when nobody says.
        phases: whether its messages have a ``phase``: commentary, or the final answer.
    """

    reasons: bool
    effort: str | None
    context: str | None
    top_p: float
    retention: str
    phases: bool


_VERSION = re.compile(r"gpt-(\d+)(?:\.(\d+))?")

_ALL_TURNS_SINCE = (5, 6)
_LONG_RETENTION_SINCE = (5, 4)
_LOWER_TOP_P_SINCE = (5, 2)
_PHASES_SINCE = (5, 3)
_NO_EFFORT = {(5, 1), (5, 2), (5, 3), (5, 4)}
"""The versions that don't reason unless asked to; their codex and pro variants do."""


@functools.lru_cache(maxsize=256)
def facts_of(model: str) -> Facts:
    """The facts about a model, by its name.

    Example:
        >>> facts_of("gpt-5-mini").effort, facts_of("gpt-5.1").effort, facts_of("gpt-4o").effort
        ('medium', 'none', None)
    """
    name = model.rpartition("/")[2].removeprefix("ft:")
    version = _version(name)
    reasons = is_reasoning_model(model) or name.startswith("computer-use")
    return Facts(
        reasons=reasons,
        effort=_effort(name, version) if reasons else None,
        context=("all_turns" if version >= _ALL_TURNS_SINCE else "current_turn") if reasons else None,
        top_p=0.98 if reasons and version >= _LOWER_TOP_P_SINCE else 1.0,
        retention="24h" if version >= _LONG_RETENTION_SINCE else "in_memory",
        phases=reasons and version >= _PHASES_SINCE,
    )


def _version(name: str) -> tuple[int, int]:
    found = _VERSION.match(name)
    return (int(found[1]), int(found[2] or 0)) if found else (0, 0)


def _effort(name: str, version: tuple[int, int]) -> str:
    if name.startswith("gpt-5-pro"):
        return "high"
    return "none" if version in _NO_EFFORT and "codex" not in name and "-pro" not in name else "medium"
