"""What answers look like by family of models: which keys a chat completion has, and how its tokens are told apart.

Read off recorded answers. Names decide, so that snapshots, fine-tuned models and models yet to come find their family.
Used by `chat` and `stored_chat`; imports leaves only.
"""

from __future__ import annotations

import functools
import re
import zlib
from typing import NamedTuple

from .generation import is_reasoning_model

__all__ = ["Family", "family_of"]


class Family(NamedTuple):
    """What the completions of a model have in common.

    Attributes:
        logprobs: whether choices have the key ``logprobs`` even when nobody asked for it.
        weighs: whether the model tells logprobs when asked for them.
        reasons: whether it thinks before it speaks.
        speaks: whether it is an audio model, whose usage tells text from sound and pictures.
        searches: whether it searches the web by itself; such completions have no service tier, and a UUID in their id.
        cache_writes: whether usage tells how much of the prompt was written to the cache.
        fingerprint: the ``system_fingerprint``.
    """

    logprobs: bool
    weighs: bool
    reasons: bool
    speaks: bool
    searches: bool
    cache_writes: bool
    fingerprint: str | None


_VERSION = re.compile(r"gpt-(\d+)(?:\.(\d+))?")
_FIRST_WITH_CACHE_WRITES = (5, 6)
_FINGERPRINTED = ("gpt-4o", "gpt-4.1", "chatgpt-4o", "gpt-audio", "o1", "o3-mini")


@functools.lru_cache(maxsize=256)
def family_of(model: str) -> Family:
    """The family of a model, by its name.

    Example:
        >>> family_of("gpt-4o-mini").logprobs, family_of("gpt-5.6-luna").cache_writes
        (True, True)
    """
    name = model.rpartition("/")[2].removeprefix("ft:")
    found = _VERSION.match(name)
    version = (int(found[1]) if found else 0, int(found[2] or 0) if found else 0)
    searches, speaks, reasons = "search" in name, "audio" in name, is_reasoning_model(model)
    fingerprint = f"fp_{zlib.crc32(name.encode()):010x}" if name.startswith(_FINGERPRINTED) else None
    return Family(
        logprobs=not (searches or speaks or reasons or version == (4, 5)),
        weighs=not (searches or speaks or (reasons and version <= (5, 0))),
        reasons=reasons,
        speaks=speaks,
        searches=searches,
        cache_writes=version >= _FIRST_WITH_CACHE_WRITES,
        fingerprint="" if searches else fingerprint,
    )
