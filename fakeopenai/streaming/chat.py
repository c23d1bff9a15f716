"""Chat completions as streams: a finished completion -> its chunks, and chunks -> the completion that they tell of.

What the chunks look like was read off recorded streams. Peculiarities of the API that are kept on purpose:

- A lone tool call (or legacy function call) starts together with the role; several start after it, one by one.
- Citations come with the finish reason.
- An answer that is spoken, or a tool call where speech was asked for, has no finish reason. The transcript comes before
  the sound, which brings role and id once more (the SDK's own accumulators make "assistantassistant" of it), and the
  expiry after the usage. Only the heartbeats in between are tidier: one at a time, and their list of choices is empty,
  not absent, since the SDK's types demand one.
- The chunks of a custom tool's call say ``"type": "custom"``. The SDK's chunk type doesn't know that: it can construct
  them, as it does with every chunk, but not validate them.

Whether choices have ``logprobs`` at all depends on the model: chunks have the key where the completion has it.

Operations on chat completions use this module.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from fakeopenai.tokens import split

from . import Obfuscate, Pieces, event, gather, interleave, obfuscator, spans

__all__ = ["chunks", "fold"]

_Json: TypeAlias = dict[str, Any]
_Step: TypeAlias = tuple[list[_Json], int]  # the choices of a chunk, and how much text they carry

# The API pads each chunk to a multiple of that many bytes. A chunk without text is taken to be _BARE bytes beyond one.
_ALIGNMENT = 16
_BARE = 6


def chunks(
    completion: Mapping[str, Any],
    body: Mapping[str, Any],
    *,
    pieces: Pieces | None = None,
    obfuscate: Obfuscate | None = None,
) -> Iterator[_Json]:
    """The chunks by which the API streams ``completion``: each made when asked for, a fresh dict (but for leaves).

    Args:
        completion: a whole chat completion in wire form.
        body: the request; what counts is its ``stream_options`` and ``modalities``.
        pieces: cuts each text into deltas, by default into token-like ones. Logprobs cut their text themselves.
        obfuscate: makes the padding of a chunk from its length; by default the same for the same completion.
    """
    options: Mapping[str, Any] = body.get("stream_options") or {}
    with_usage = bool(options.get("include_usage"))
    padding = None
    if options.get("include_obfuscation") is not False:
        padding = obfuscate or obfuscator(str(completion.get("id")))
    head: _Json = {
        "id": completion.get("id"),
        "object": "chat.completion.chunk",
        "created": completion.get("created"),
        "model": completion.get("model"),
    }
    for key in ("service_tier", "system_fingerprint"):
        if key in completion:
            head[key] = completion[key]
    if with_usage:
        head["usage"] = None
    choices: Sequence[Mapping[str, Any]] = completion.get("choices") or ()
    speech = "audio" in (body.get("modalities") or ())
    told = [_told(choice, str(completion.get("model")), pieces or split, speech) for choice in choices]

    for said, size in interleave(told, 2):  # the role, and with it the first delta
        chunk = head.copy()
        chunk["choices"] = said
        if padding is not None:
            chunk["obfuscation"] = padding(-(_BARE + size) % _ALIGNMENT)
        yield chunk

    for last in _closing(completion, choices, speech, with_usage):
        chunk = {**head, **last}
        if padding is not None:
            chunk["obfuscation"] = padding(-_BARE % _ALIGNMENT)
        yield chunk


def _told(choice: Mapping[str, Any], model: str, pieces: Pieces, speech: bool) -> Iterator[_Step]:
    """One choice, up to its finish reason."""
    message: Mapping[str, Any] = choice["message"]
    content: str | None = message.get("content")
    calls: Sequence[Mapping[str, Any]] = message.get("tool_calls") or ()
    function: Any = message.get("function_call")
    audio: Any = message.get("audio")
    logprobs: Mapping[str, Any] | None = choice.get("logprobs")
    shell: _Json = {"index": choice["index"], "delta": None, "logprobs": None, "finish_reason": None}
    if "logprobs" not in choice:
        del shell["logprobs"]

    def step(delta: _Json, size: int = 0) -> _Step:
        said = shell.copy()
        said["delta"] = delta
        return [said], size

    opening: _Json = {"role": message.get("role") or "assistant"}
    if content is not None or not audio:
        opening["content"] = None if content is None else ""
    lone = content is None and len(calls) + (function is not None) == 1
    if lone:
        opening.update({"tool_calls": [_started(0, calls[0])]} if calls else {"function_call": _unsaid(function)})
    if lone or content is not None or not calls:
        opening["refusal"] = None if message.get("refusal") is None else ""
    first = step(opening)
    if logprobs:
        first[0][0]["logprobs"] = {key: None if tokens is None else [] for key, tokens in logprobs.items()}
    yield first

    for key in ("content", "refusal"):
        text = message.get(key) or ""
        tokens: list[Any] | None = logprobs.get(key) if logprobs else None
        if tokens is None:
            for piece in pieces(text) if text else ():
                yield step({key: piece}, len(piece))
        else:
            for piece, which in spans(text, [_bytes_of(token) for token in tokens], pieces):
                said, size = step({key: piece}, len(piece))
                said[0]["logprobs"] = {"content": None, "refusal": None, key: tokens[which]}
                yield said, size

    for index, call in enumerate(calls):
        if not lone:
            yield step({"tool_calls": [_started(index, call)]})
        kind, field = _kind_of(call)
        for piece in _cut_arguments(call[kind].get(field), pieces):
            yield step({"tool_calls": [{"index": index, kind: {field: piece}}]}, len(piece))
    if function is not None:
        if not lone:
            yield step({"function_call": _unsaid(function)})
        for piece in _cut_arguments(function.get("arguments"), pieces):
            yield step({"function_call": {"arguments": piece}}, len(piece))

    if audio:
        for delta in _spoken(audio, opening["role"], model, pieces):
            yield step(delta) if delta else ([], 0)
    if _unfinished(message, speech):
        yield [], 0


def _kind_of(call: Mapping[str, Any]) -> tuple[str, str]:
    """Where a tool call keeps its name, and under which key the text that it was called with."""
    return ("custom", "input") if call.get("type") == "custom" else ("function", "arguments")


def _started(index: int, call: Mapping[str, Any]) -> _Json:
    kind, field = _kind_of(call)
    return {
        "index": index,
        "id": call.get("id"),
        "type": call.get("type") or "function",
        kind: {"name": call[kind].get("name"), field: ""},
    }


def _unsaid(function: Mapping[str, Any]) -> _Json:
    return {"name": function.get("name"), "arguments": ""}


def _cut_arguments(text: str | None, pieces: Pieces) -> Sequence[str]:
    """The deltas of a call's arguments; no arguments are one delta."""
    if not text:
        return ()
    return (text,) if text == "{}" else pieces(text)


def _spoken(audio: Mapping[str, Any], role: str, model: str, pieces: Pieces) -> Iterator[_Json]:
    """The deltas of an answer's sound, without its expiry; an empty one is a heartbeat."""
    transcript = pieces(audio.get("transcript") or "") or [""]
    yield {"content": None, "audio": {"id": audio.get("id"), "transcript": transcript[0]}}
    for piece in transcript[1:]:
        yield {"audio": {"transcript": piece}}
    yield {}
    portions = _portions(audio.get("data") or "", model)
    yield {"role": role, "content": None, "refusal": None, "audio": {"id": audio.get("id"), "data": portions[0]}}
    for left, portion in zip(range(len(portions) - 1, 0, -1), portions[1:], strict=True):
        if left > 1:
            yield {}
        yield {"audio": {"data": portion}}


def _portions(data: str, model: str) -> list[str]:
    """Base64 of sound as it comes: in two portions at least, if it can be, that end where 16-bit samples do."""
    sizes, rest = ((25_600,), 25_600) if model.startswith("gpt-audio-1.5") else ((6_400, 9_600, 16_000), 32_000)
    stop = min(sizes[0], len(data) // 2 // 8 * 8) or len(data)
    portions, at = [data[:stop]], stop
    while len(data) - at > rest:
        size = sizes[min(len(portions), len(sizes) - 1)]
        portions.append(data[at : at + size])
        at += size
    if at < len(data):
        portions.append(data[at:])
    return portions


def _bytes_of(token: Mapping[str, Any]) -> bytes:
    """What a token of the logprobs stands for: a part of a character has no text, only bytes."""
    found = token.get("bytes")
    return bytes(found) if found else str(token.get("token", "")).encode("utf-8", "surrogatepass")


def _unfinished(message: Mapping[str, Any], speech: bool) -> bool:
    """Whether the API leaves out the finish reason of that answer."""
    return bool(message.get("audio") or (speech and message.get("tool_calls")))


def _closing(
    completion: Mapping[str, Any], choices: Sequence[Mapping[str, Any]], speech: bool, with_usage: bool
) -> Iterator[_Json]:
    """What the chunks after all deltas say: finish reasons, usage, moderation, and when the sound expires."""
    for choice in choices:
        message = choice["message"]
        if _unfinished(message, speech):
            continue
        said: _Json = {"index": choice["index"], "delta": {}}
        if message.get("annotations"):
            said["delta"] = {"annotations": message["annotations"]}
        if "logprobs" in choice:
            said["logprobs"] = None
        said["finish_reason"] = choice.get("finish_reason")
        yield {"choices": [said]}
    if with_usage and completion.get("usage") is not None:
        yield {"choices": [], "usage": completion["usage"]}
    if completion.get("moderation") is not None:
        yield {"choices": [], "moderation": completion["moderation"]}
    for choice in choices:
        audio: Mapping[str, Any] = choice["message"].get("audio") or {}
        if audio.get("expires_at") is not None:
            yield {"choices": [{"index": choice["index"], "delta": {"audio": {"expires_at": audio["expires_at"]}}}]}


_ENVELOPE = ("id", "created", "model", "service_tier", "system_fingerprint")
_LATE = ("usage", "moderation")  # null in all chunks but one


def fold(chunks: Iterable[Any]) -> _Json:
    """The completion that chunks (dicts or models, from whichever server) tell of, as far as they tell.

    What was not streamed is not made up: usage that nobody asked for is absent, an unfinished choice has no reason.
    """
    whole: _Json = {"id": None, "object": "chat.completion", "created": None, "model": None, "choices": None}
    choices: dict[int, _Json] = {}
    calls: dict[int, dict[int, _Json]] = {}
    for chunk in map(event, chunks):
        whole.update((key, chunk[key]) for key in _ENVELOPE if key in chunk)
        whole.update((key, chunk[key]) for key in _LATE if chunk.get(key) is not None)
        for said in chunk.get("choices") or ():
            index = said.pop("index", 0)
            delta: _Json = said.pop("delta", None) or {}
            for call in delta.pop("tool_calls", None) or ():
                _gather_call(calls.setdefault(index, {}), call)
            choice = choices.get(index)
            if choice is None:
                message = {"role": None, "content": None, "refusal": None}
                choice = choices[index] = {"index": index, "message": message, "finish_reason": None}
            gather(choice["message"], delta)
            gather(choice, said)
    for index, choice in choices.items():
        message = choice["message"]
        message["role"] = message["role"] or "assistant"
        if made := calls.get(index):
            message["tool_calls"] = [made[position] for position in sorted(made)]
    whole["choices"] = [choices[index] for index in sorted(choices)]
    return whole


def _gather_call(calls: dict[int, _Json], fragment: _Json) -> None:
    """Add a fragment to the call that it belongs to."""
    index = fragment.pop("index", None)
    if index is None:  # some servers leave it out: an id then begins another call
        last = max(calls, default=-1)
        index = last + 1 if fragment.get("id") or not calls else last
    gather(calls.setdefault(index, {}), fragment)
