"""Speech and transcripts as streams: a finished answer -> the events by which the API streams it.

Transcripts come as pieces of text, those with speakers as whole segments; both end with the text as a whole and what it
cost. What the events look like was read off recorded streams; those of speech follow the API's description.

Operations on audio use this module.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fakeopenai.tokens import split

from . import Pieces, spans

__all__ = ["speech", "transcript"]

_WHOLE = ("text", "languages", "logprobs", "usage")


def transcript(body: Mapping[str, Any], *, pieces: Pieces | None = None) -> Iterator[dict[str, Any]]:
    """The events by which the API streams a transcript.

    Args:
        body: the whole transcript in wire form: as JSON, or with speakers.
        pieces: cuts the text into deltas, by default into token-like ones. Logprobs cut it themselves.

    Example:
        >>> [event["type"] for event in transcript({"text": "Hi"})]
        ['transcript.text.delta', 'transcript.text.done']
    """
    segments = body.get("segments")
    if segments is not None:
        for segment in segments:
            yield {**segment, "type": "transcript.text.segment"}
    else:
        yield from _deltas(body["text"], body.get("logprobs"), pieces or split)
    done = {"type": "transcript.text.done"}
    yield {**done, **{name: body[name] for name in _WHOLE if body.get(name) is not None}}


def _deltas(text: str, logprobs: Any, pieces: Pieces) -> Iterator[dict[str, Any]]:
    if not logprobs:
        for piece in pieces(text):
            yield {"type": "transcript.text.delta", "delta": piece}
        return
    tokens = [str(entry.get("token") or "").encode("utf-8", "surrogatepass") for entry in logprobs]
    for piece, which in spans(text, tokens, pieces):
        yield {"type": "transcript.text.delta", "delta": piece, "logprobs": logprobs[which]}


def speech(parts: list[str], usage: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    """The events by which the API streams speech: its parts in base64, then what it cost."""
    for part in parts:
        yield {"type": "speech.audio.delta", "audio": part}
    yield {"type": "speech.audio.done", "usage": usage}
