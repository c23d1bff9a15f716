"""Legacy completions as streams: a finished completion -> its chunks, and chunks -> the completion that they tell of.

What the chunks look like was read off recorded streams: pieces of text, then an empty text with the finish reason.
Where the model was cut off, the last piece has the reason already. A prompt that is echoed comes first. No padding.

Operations on legacy completions use this module.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from fakeopenai.tokens import split

from . import Pieces, event, gather, interleave, spans

__all__ = ["chunks", "fold"]

_Json: TypeAlias = dict[str, Any]


def chunks(completion: Mapping[str, Any], body: Mapping[str, Any], *, pieces: Pieces | None = None) -> Iterator[_Json]:
    """The chunks by which the API streams ``completion``: each made when asked for, a fresh dict (but for leaves).

    Args:
        completion: a whole completion in wire form.
        body: the request; what counts is its ``stream_options``, ``echo``, ``prompt`` and ``n``.
        pieces: cuts each text into deltas, by default into token-like ones. Logprobs cut their text themselves.
    """
    options: Mapping[str, Any] = body.get("stream_options") or {}
    with_usage = bool(options.get("include_usage"))
    head: _Json = {
        "id": completion.get("id"),
        "object": "text_completion",
        "created": completion.get("created"),
        "model": completion.get("model"),
    }
    if "system_fingerprint" in completion:
        head["system_fingerprint"] = completion["system_fingerprint"]
    if with_usage:
        head["usage"] = None
    choices: Sequence[Mapping[str, Any]] = completion.get("choices") or ()
    for said in interleave([_told(choice, pieces or split, _echoed(choice, body)) for choice in choices]):
        chunk = head.copy()
        chunk["choices"] = [said]
        yield chunk
    for choice in choices:
        yield {**head, "choices": [_finish(choice)]}
    if with_usage and completion.get("usage") is not None:
        yield {**head, "choices": [], "usage": completion["usage"]}


def _echoed(choice: Mapping[str, Any], body: Mapping[str, Any]) -> str:
    """The prompt, if the text of that choice begins with it because the request says so."""
    prompt = body.get("prompt")
    if not body.get("echo") or not prompt:
        return ""
    if not isinstance(prompt, str):
        which = choice["index"] // (body.get("n") or 1)
        prompt = prompt[which] if which < len(prompt) else ""
    return prompt if isinstance(prompt, str) and choice["text"].startswith(prompt) else ""


def _told(choice: Mapping[str, Any], pieces: Pieces, prompt: str) -> Iterator[_Json]:
    """One choice, up to its finish reason."""
    text: str = choice["text"]
    logprobs: Mapping[str, Any] | None = choice.get("logprobs")
    shell: _Json = {"text": "", "index": choice["index"], "logprobs": None, "finish_reason": None}
    if logprobs is None:
        told = [(piece, slice(0)) for piece in ([prompt, *pieces(text[len(prompt) :])] if prompt else pieces(text))]
    else:
        told = spans(text, [token.encode("utf-8", "surrogatepass") for token in logprobs.get("tokens") or ()], pieces)
    last = len(told) - 1
    for at, (piece, which) in enumerate(told):
        said = shell.copy()
        said["text"] = piece
        if logprobs is not None:
            said["logprobs"] = _sliced(logprobs, which)
        if at == last and choice.get("finish_reason") == "length":
            said["finish_reason"] = "length"
        yield said


def _finish(choice: Mapping[str, Any]) -> _Json:
    logprobs = choice.get("logprobs")
    return {
        "text": "",
        "index": choice["index"],
        "logprobs": logprobs and _sliced(logprobs, slice(0)),
        "finish_reason": choice.get("finish_reason"),
    }


def _sliced(logprobs: Mapping[str, Any], which: slice) -> _Json:
    """The logprobs of some of the tokens; they are kept in parallel lists."""
    return {key: values[which] if isinstance(values, list) else values for key, values in logprobs.items()}


_ENVELOPE = ("id", "created", "model", "system_fingerprint")


def fold(chunks: Iterable[Any]) -> _Json:
    """The completion that chunks (dicts or models, from whichever server) tell of, as far as they tell."""
    whole: _Json = {"id": None, "object": "text_completion", "created": None, "model": None, "choices": None}
    choices: dict[int, _Json] = {}
    for chunk in map(event, chunks):
        whole.update((key, chunk[key]) for key in _ENVELOPE if key in chunk)
        if chunk.get("usage") is not None:
            whole["usage"] = chunk["usage"]
        for said in chunk.get("choices") or ():
            index = said.pop("index", 0)
            choice = choices.setdefault(index, {"text": "", "index": index, "logprobs": None, "finish_reason": None})
            gather(choice, said)
    whole["choices"] = [choices[index] for index in sorted(choices)]
    return whole
