"""What is known of models by their names: the one table of it, for chat completions, responses and the rules.

Read off recorded answers of 2025 and 2026. Names decide, so that snapshots, fine-tuned models and models yet to come
find their family: a model that nobody has seen yet is taken for the newest of its kind. Which refusals follow from
these facts stands in `fakeopenai.rules.models`. Imports nothing of the package.
"""

from __future__ import annotations

import functools
import re
import zlib
from typing import NamedTuple

__all__ = ["Facts", "facts_of"]


class Facts(NamedTuple):
    """What the answers of a model have in common.

    Attributes:
        reasons: whether it thinks before it speaks: the o series, and gpt-5 and later but for their chat variants.
        effort: how hard it thinks when nobody says (``reasoning.effort``); None for models that don't reason.
        known_plain: whether it is a model of OpenAI's that is known not to reason.
        sampling: whether it may be told how to sample, other than as usual, even while it thinks.
        temperature: whether it takes one at all, be it the usual one.
        stop: whether it takes stop sequences.
        speaks: whether it is an audio model, whose usage tells text from sound and pictures.
        searches: whether it searches the web by itself; such completions have no service tier, and a UUID in their id.
        logprobs: whether the choices of a completion have that key even when nobody asked for it.
        weighs: whether it tells logprobs when asked for them.
        cache_writes: whether usage tells how much of the prompt was written to the cache.
        fingerprint: the ``system_fingerprint`` of a completion.
        context: the ``reasoning.context`` of a response: which turns' reasoning the model sees.
        summaries: whether ``reasoning`` still has the key ``generate_summary``, as the first responses had.
        top_p: the ``top_p`` of a response when nobody says.
        retention: the ``prompt_cache_retention`` of a response when nobody says. Until April 2026 all had null.
        phases: whether the messages of a response have a ``phase``: commentary, or the final answer.
    """

    reasons: bool
    effort: str | None
    known_plain: bool
    sampling: bool
    temperature: bool
    stop: bool
    speaks: bool
    searches: bool
    logprobs: bool
    weighs: bool
    cache_writes: bool
    fingerprint: str | None
    context: str | None
    summaries: bool
    top_p: float
    retention: str
    phases: bool


_VERSION = re.compile(r"gpt-(\d+)(?:\.(\d+))?")
_O_SERIES = re.compile(r"o\d")
_KNOWN_PLAIN = ("gpt-3.5", "gpt-4", "chatgpt-4o")
_NO_TEMPERATURE = re.compile(r"o1(?!-mini|-preview)|o3-mini")
_FINGERPRINTED = ("gpt-4o", "gpt-4.1", "chatgpt-4o", "gpt-audio", "o1", "o3-mini")

_CACHE_WRITES_SINCE = (5, 6)
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
        >>> facts_of("gpt-4o-mini").logprobs, facts_of("gpt-5.6-luna").cache_writes
        (True, True)
    """
    name = model.rpartition("/")[2].removeprefix("ft:")
    version = _version(name)
    computes = name.startswith("computer-use")
    reasons = computes or _O_SERIES.match(name) is not None or (version >= (5, 0) and "chat" not in name)
    searches, speaks = "search" in name, "audio" in name
    fingerprint = f"fp_{zlib.crc32(name.encode()):010x}" if name.startswith(_FINGERPRINTED) else None
    return Facts(
        reasons=reasons,
        effort=_effort(name, version) if reasons else None,
        known_plain=name.startswith(_KNOWN_PLAIN),
        sampling=computes or not reasons,
        temperature=_NO_TEMPERATURE.match(name) is None,
        stop=not reasons or name.startswith("o1"),
        speaks=speaks,
        searches=searches,
        logprobs=not (searches or speaks or reasons or version == (4, 5)),
        weighs=not (searches or speaks or (reasons and version <= (5, 0))),
        cache_writes=version >= _CACHE_WRITES_SINCE,
        fingerprint="" if searches else fingerprint,
        context=("all_turns" if version >= _ALL_TURNS_SINCE else "current_turn") if reasons else None,
        summaries=computes,
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
