"""Chat completions as streams: chunk by chunk as the API sends them, and back to the whole completion."""

from __future__ import annotations

import copy
import gzip
import importlib
import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeGuard

import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.lib.streaming.chat import ChatCompletionStreamState
from openai.types.chat import ChatCompletionChunk

from fakeopenai.errors import UsageError
from fakeopenai.streaming import cut, obfuscator
from fakeopenai.streaming.chat import chunks, fold

Json = dict[str, Any]

SHARED = Path(__file__).parents[3] / "shared"
RECORDED = SHARED / "recorded" / "dev.jsonl.gz"
OPENAPI = SHARED / "openai-openapi" / "openapi.json"

USAGE = {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12}
WITH_USAGE = {"stream_options": {"include_usage": True}}
BARE = {"stream_options": {"include_obfuscation": False}}


def is_object(value: Any) -> TypeGuard[Json]:
    """Whether a JSON value is an object."""
    return isinstance(value, dict)


def is_array(value: Any) -> TypeGuard[list[Any]]:
    """Whether a JSON value is a list."""
    return isinstance(value, list)


def choice_of(message: Mapping[str, Any], index: int = 0, **others: Any) -> Json:
    """A choice of a whole completion, with all that the API always sends."""
    whole: Json = {"role": "assistant", "content": None, "refusal": None, "annotations": [], **message}
    return {"index": index, "message": whole, "logprobs": None, "finish_reason": "stop", **others}


def completion_of(*choices: Json, **others: Any) -> Json:
    """A whole completion."""
    return {
        "id": "chatcmpl-DuNFe7mVj3JT5UZTWw8oQCEMStVGj",
        "object": "chat.completion",
        "created": 1_770_674_968,
        "model": "gpt-4o-2024-08-06",
        "choices": list(choices),
        "usage": USAGE,
        "service_tier": "default",
        "system_fingerprint": "fp_ad98c18a04",
        **others,
    }


def said(completion: Json, body: Json | None = None, **options: Any) -> list[Json]:
    """The choices of the chunks, one of each chunk."""
    return [
        chunk["choices"][0]
        if chunk["choices"]
        else {key: chunk[key] for key in ("usage", "moderation") if key in chunk}
        for chunk in chunks(completion, body or {}, **options)
    ]


def deltas(completion: Json, body: Json | None = None, **options: Any) -> list[Any]:
    """The deltas of the chunks; for those without choices, what they have instead."""
    return [choice.get("delta", choice) for choice in said(completion, body, **options)]


def call(name: str, arguments: str, id: str = "call_1") -> Json:
    """A function call."""
    return {"id": id, "type": "function", "function": {"name": name, "arguments": arguments}}


# ---------------------------------------------------------------------------------------------------- chunk by chunk


def test_text_starts_with_the_role_and_ends_with_an_empty_delta() -> None:
    """Role and empty content first, then the text in pieces, then the finish reason alone."""
    choice = choice_of({"content": "Hello there!"})
    assert said(completion_of(choice)) == [
        {
            "index": 0,
            "delta": {"role": "assistant", "content": "", "refusal": None},
            "logprobs": None,
            "finish_reason": None,
        },
        {"index": 0, "delta": {"content": "Hello"}, "logprobs": None, "finish_reason": None},
        {"index": 0, "delta": {"content": " there"}, "logprobs": None, "finish_reason": None},
        {"index": 0, "delta": {"content": "!"}, "logprobs": None, "finish_reason": None},
        {"index": 0, "delta": {}, "logprobs": None, "finish_reason": "stop"},
    ]


def test_envelope_is_that_of_the_completion() -> None:
    """Every chunk has the completion's id, time, model, service tier and fingerprint, and its own object."""
    completion = completion_of(choice_of({"content": "Hi"}), system_fingerprint=None)
    for chunk in chunks(completion, BARE):
        assert chunk == {
            "id": completion["id"],
            "object": "chat.completion.chunk",
            "created": completion["created"],
            "model": completion["model"],
            "service_tier": "default",
            "system_fingerprint": None,
            "choices": chunk["choices"],
        }


def test_what_the_completion_lacks_the_chunks_lack() -> None:
    """Models that have no service tier or no logprobs key have none in chunks either."""
    completion = completion_of(choice_of({"content": "Hi"}))
    del completion["service_tier"], completion["choices"][0]["logprobs"]
    for chunk in chunks(completion, {}):
        assert "service_tier" not in chunk
        assert "logprobs" not in chunk["choices"][0]


def test_usage_comes_last_and_is_null_before() -> None:
    """With include_usage the last chunk has no choices but the usage; all others say null."""
    *others, last = chunks(completion_of(choice_of({"content": "Hi"})), WITH_USAGE)
    assert last["choices"] == []
    assert last["usage"] == USAGE
    assert [chunk["usage"] for chunk in others] == [None] * 3


@pytest.mark.parametrize("options", [None, {}, {"include_usage": False}, {"include_usage": None}])
def test_usage_is_absent_unless_asked_for(options: Json | None) -> None:
    """Without include_usage no chunk has the key."""
    streamed = list(chunks(completion_of(choice_of({"content": "Hi"})), {"stream_options": options}))
    assert len(streamed) == 3
    assert not any("usage" in chunk for chunk in streamed)


def test_moderation_has_a_chunk_after_the_usage() -> None:
    """Moderation results come at the very end, in a chunk without choices."""
    moderation = {"input": {"type": "error", "code": "x", "message": "y"}}
    completion = completion_of(choice_of({"content": "Hi"}), moderation=moderation)
    *_, usage, last = chunks(completion, WITH_USAGE)
    assert usage["usage"] == USAGE
    assert (last["choices"], last["moderation"], last["usage"]) == ([], moderation, None)


def test_refusal_is_streamed_as_refusal() -> None:
    """A refusal starts with content null and an empty refusal."""
    assert deltas(completion_of(choice_of({"refusal": "I'm sorry"}))) == [
        {"role": "assistant", "content": None, "refusal": ""},
        {"refusal": "I"},
        {"refusal": "'m"},
        {"refusal": " sorry"},
        {},
    ]


def test_lone_tool_call_starts_with_the_role() -> None:
    """One call: its id and name come with the role, then its arguments in pieces."""
    message = {"tool_calls": [call("weather", '{"city":"San Francisco"}')]}
    assert deltas(completion_of(choice_of(message, finish_reason="tool_calls"))) == [
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {"index": 0, "id": "call_1", "type": "function", "function": {"name": "weather", "arguments": ""}}
            ],
            "refusal": None,
        },
        *(
            {"tool_calls": [{"index": 0, "function": {"arguments": piece}}]}
            for piece in ('{"', "city", '":"', "San", " Francisco", '"}')
        ),
        {},
    ]


def test_parallel_tool_calls_start_one_by_one_after_the_role() -> None:
    """Several calls: the role alone, without a refusal; then each call's start and arguments."""
    message = {"tool_calls": [call("a", "{}", "call_a"), call("b", "{}", "call_b")]}
    assert deltas(completion_of(choice_of(message))) == [
        {"role": "assistant", "content": None},
        {"tool_calls": [{"index": 0, "id": "call_a", "type": "function", "function": {"name": "a", "arguments": ""}}]},
        {"tool_calls": [{"index": 0, "function": {"arguments": "{}"}}]},
        {"tool_calls": [{"index": 1, "id": "call_b", "type": "function", "function": {"name": "b", "arguments": ""}}]},
        {"tool_calls": [{"index": 1, "function": {"arguments": "{}"}}]},
        {},
    ]


def test_tool_call_after_text_starts_by_itself() -> None:
    """A call that follows text starts after the text."""
    message = {"content": "Wait", "tool_calls": [call("a", "{}")]}
    assert [list(delta) for delta in deltas(completion_of(choice_of(message)))] == [
        ["role", "content", "refusal"],
        ["content"],
        ["tool_calls"],
        ["tool_calls"],
        [],
    ]


@pytest.mark.parametrize("lone", [True, False])
def test_no_arguments_are_one_delta(lone: bool) -> None:
    """A call without arguments streams `{}` at once, however finely text is cut."""
    calls = [call("a", "{}")] if lone else [call("a", "{}"), call("b", "{}", "call_2")]
    streamed = deltas(completion_of(choice_of({"tool_calls": calls})), pieces=list)
    arguments = [delta["tool_calls"][0]["function"]["arguments"] for delta in streamed if "tool_calls" in delta]
    assert arguments == ["", "{}"] * len(calls)


def test_custom_tool_call_streams_its_input() -> None:
    """A custom tool's call has its text under custom.input."""
    message = {"tool_calls": [{"id": "call_1", "type": "custom", "custom": {"name": "shell", "input": "ls -l"}}]}
    streamed = deltas(completion_of(choice_of(message)))
    assert streamed[0]["tool_calls"] == [
        {"index": 0, "id": "call_1", "type": "custom", "custom": {"name": "shell", "input": ""}}
    ]
    assert [delta["tool_calls"][0] for delta in streamed[1:-1]] == [
        {"index": 0, "custom": {"input": piece}} for piece in ("ls", " -", "l")
    ]


def test_legacy_function_call_starts_with_the_role() -> None:
    """A function_call streams like a lone tool call."""
    message = {"function_call": {"name": "add", "arguments": '{"a":1}'}}
    assert deltas(completion_of(choice_of(message, finish_reason="function_call"))) == [
        {
            "role": "assistant",
            "content": None,
            "function_call": {"name": "add", "arguments": ""},
            "refusal": None,
        },
        *({"function_call": {"arguments": piece}} for piece in ('{"', "a", '":', "1", "}")),
        {},
    ]


def test_empty_answer_has_no_content_delta() -> None:
    """An answer cut off before any text is only the role and the reason."""
    assert deltas(completion_of(choice_of({"content": ""}, finish_reason="length"))) == [
        {"role": "assistant", "content": "", "refusal": None},
        {},
    ]


def test_citations_come_with_the_finish_reason() -> None:
    """Annotations are in the finishing delta, all at once."""
    citation = {"type": "url_citation", "url_citation": {"url": "https://a", "title": "A"}}
    last = said(completion_of(choice_of({"content": "Hi", "annotations": [citation]})))[-1]
    assert last["delta"] == {"annotations": [citation]}
    assert last["finish_reason"] == "stop"


def test_choices_are_interleaved_and_finish_in_order() -> None:
    """N > 1: role and first delta of each choice, then deltas in turn, then all finish reasons."""
    completion = completion_of(choice_of({"content": "a b c"}), choice_of({"content": "d"}, 1))
    order = [(choice["index"], choice["delta"].get("content"), choice["finish_reason"]) for choice in said(completion)]
    assert order == [
        (0, "", None),
        (0, "a", None),
        (1, "", None),
        (1, "d", None),
        (0, " b", None),
        (0, " c", None),
        (0, None, "stop"),
        (1, None, "stop"),
    ]


# --------------------------------------------------------------------------------------------------------- logprobs


def token_of(raw: bytes) -> Json:
    """The logprob of a token, which may be a part of a character."""
    token = raw.decode(errors="backslashreplace")
    return {"token": token, "logprob": -0.5, "bytes": list(raw), "top_logprobs": []}


def test_logprobs_cut_the_text() -> None:
    """With logprobs each delta is one token and carries its logprob; role and finish carry none."""
    tokens = [token_of(b"Hel"), token_of(b"lo")]
    choice = choice_of({"content": "Hello"}, logprobs={"content": tokens, "refusal": None})
    assert [(each["delta"].get("content"), each["logprobs"]) for each in said(completion_of(choice))] == [
        ("", {"content": [], "refusal": None}),
        ("Hel", {"content": tokens[:1], "refusal": None}),
        ("lo", {"content": tokens[1:], "refusal": None}),
        (None, None),
    ]


def test_logprobs_of_a_refusal() -> None:
    """A refusal's logprobs come with the refusal's deltas."""
    tokens = [token_of(b"N"), token_of(b"o")]
    choice = choice_of({"refusal": "No"}, logprobs={"content": None, "refusal": tokens})
    assert [each["logprobs"] for each in said(completion_of(choice))] == [
        {"content": None, "refusal": []},
        {"content": None, "refusal": tokens[:1]},
        {"content": None, "refusal": tokens[1:]},
        None,
    ]


def test_tokens_within_a_character_come_together() -> None:
    """A character of several tokens is one delta with all their logprobs."""
    emoji = "🦊".encode()
    tokens = [token_of(b"a"), token_of(emoji[:2]), token_of(emoji[2:])]
    choice = choice_of({"content": "a🦊"}, logprobs={"content": tokens, "refusal": None})
    assert [(each["delta"].get("content"), each["logprobs"]) for each in said(completion_of(choice))[1:3]] == [
        ("a", {"content": tokens[:1], "refusal": None}),
        ("🦊", {"content": tokens[1:], "refusal": None}),
    ]


@pytest.mark.parametrize("number", [1, 2, 3, 5])
def test_tokens_that_do_not_spell_the_text_are_not_lost(number: int) -> None:
    """Made-up logprobs: the text is cut as usual, and every token comes once."""
    tokens = [token_of(b"x")] * number
    completion = completion_of(choice_of({"content": "one two three"}, logprobs={"content": tokens, "refusal": None}))
    whole = fold(chunks(completion, {}))
    assert whole["choices"][0]["message"]["content"] == "one two three"
    assert whole["choices"][0]["logprobs"] == {"content": tokens, "refusal": None}


# ------------------------------------------------------------------------------------------------------------ sound

SPEECH = {"modalities": ["text", "audio"], **WITH_USAGE}


def spoken(data: str, transcript: str = "Hi there", model: str = "gpt-audio") -> Json:
    """A completion that is spoken."""
    audio = {"id": "audio_1", "data": data, "transcript": transcript, "expires_at": 1_780_000_000}
    completion = completion_of(choice_of({"audio": audio}), model=model)
    del completion["choices"][0]["logprobs"]
    return completion


def test_sound_follows_its_transcript() -> None:
    """Transcript, heartbeat, sound with the role once more, heartbeat, usage, expiry; and no finish reason."""
    assert deltas(spoken("A" * 48), SPEECH) == [
        {"role": "assistant", "refusal": None},
        {"content": None, "audio": {"id": "audio_1", "transcript": "Hi"}},
        {"audio": {"transcript": " there"}},
        {"usage": None},
        {"role": "assistant", "content": None, "refusal": None, "audio": {"id": "audio_1", "data": "A" * 24}},
        {"audio": {"data": "A" * 24}},
        {"usage": None},
        {"usage": USAGE},
        {"audio": {"expires_at": 1_780_000_000}},
    ]
    assert not any(choice.get("finish_reason") for choice in said(spoken("A" * 48), SPEECH))
    assert said(spoken(""), SPEECH)[-1] == {"index": 0, "delta": {"audio": {"expires_at": 1_780_000_000}}}


@pytest.mark.parametrize("model", ["gpt-audio-2025-08-28", "gpt-audio-1.5"])
@pytest.mark.parametrize("size", [0, 4, 8, 16, 6_400, 20_000, 35_200, 83_200, 108_800, 400_004])
def test_sound_is_whole_and_its_portions_can_be_decoded(size: int, model: str) -> None:
    """Whatever the amount of sound: nothing is lost, and each portion but the last ends where a sample does."""
    data = ("ABCDEFGH" * (size // 8 + 1))[:size]
    streamed = list(chunks(spoken(data, model=model), SPEECH))
    portions = [
        choice["delta"]["audio"]["data"]
        for chunk in streamed
        for choice in chunk["choices"]
        if "data" in choice["delta"].get("audio", {})
    ]
    assert "".join(portions) == data
    assert all(len(portion) % 8 == 0 for portion in portions[:-1])
    assert len(portions) >= min(2, max(1, size // 8))
    assert fold(streamed)["choices"][0]["message"]["audio"] == spoken(data)["choices"][0]["message"]["audio"]


def test_tool_call_of_a_speaking_model_has_no_finish_reason() -> None:
    """Where speech was asked for, a tool call ends with a heartbeat."""
    completion = completion_of(choice_of({"tool_calls": [call("a", "{}")]}, finish_reason="tool_calls"))
    assert deltas(completion, SPEECH)[1:] == [
        {"tool_calls": [{"index": 0, "function": {"arguments": "{}"}}]},
        {"usage": None},
        {"usage": USAGE},
    ]


def test_text_of_a_speaking_model_is_ordinary_text() -> None:
    """A model that could speak and writes has a finish reason."""
    assert said(completion_of(choice_of({"content": "Hi"})), SPEECH)[-2]["finish_reason"] == "stop"


# ------------------------------------------------------------------------------------------------ pieces and padding


def test_scripted_pieces_are_kept() -> None:
    """A script's own pieces are the deltas of the text that they make up; other texts are cut as usual."""
    message = {"content": "Hello", "tool_calls": [call("a", '{"b":1}')]}
    streamed = deltas(completion_of(choice_of(message)), pieces=cut("Hel", "", "lo"))
    assert [delta["content"] for delta in streamed if "content" in delta] == ["", "Hel", "", "lo"]
    assert [delta["tool_calls"][0]["function"]["arguments"] for delta in streamed if "tool_calls" in delta] == [
        "",
        '{"',
        "b",
        '":',
        "1",
        "}",
    ]


def test_every_chunk_is_padded() -> None:
    """By default all chunks carry padding of up to 15 characters, the same in every run."""
    completion = completion_of(choice_of({"content": "one two three four"}))
    padding = [chunk["obfuscation"] for chunk in chunks(completion, WITH_USAGE)]
    assert len(set(padding)) == len(padding) == 7
    assert all(len(each) < 16 and (each.isalnum() or not each) for each in padding)
    assert padding == [chunk["obfuscation"] for chunk in chunks(completion, WITH_USAGE)]
    assert padding != [chunk["obfuscation"] for chunk in chunks({**completion, "id": "chatcmpl-other"}, WITH_USAGE)]


def test_padding_evens_out_the_size() -> None:
    """Text and padding together differ by multiples of 16 characters only."""
    completion = completion_of(choice_of({"content": "a bc def ghij klmnopqrstuv"}))
    sizes = {
        len(chunk["obfuscation"]) + len(chunk["choices"][0]["delta"].get("content", ""))
        for chunk in chunks(completion, {})
    }
    assert len({size % 16 for size in sizes}) == 1


def test_padding_can_be_declined_and_replaced() -> None:
    """include_obfuscation=False leaves it out; another maker of padding gets the length."""
    completion = completion_of(choice_of({"content": "Hi"}))
    assert not any("obfuscation" in chunk for chunk in chunks(completion, BARE))
    asked = list[int]()

    def pad(length: int) -> str:
        asked.append(length)
        return "#" * length

    padding = [chunk["obfuscation"] for chunk in chunks(completion, {}, obfuscate=pad)]
    assert padding == ["#" * length for length in asked]
    assert len(asked) == 3
    assert not list(itertools.filterfalse(lambda length: 0 <= length < 16, asked))


@given(st.text(), st.integers(0, 62))
def test_padding_has_the_length_asked_for(seed: str, length: int) -> None:
    """Padding is as long as asked for, at any point of any stream."""
    obfuscate = obfuscator(seed)
    assert {len(obfuscate(length)) for _ in range(150)} == {length}


# ------------------------------------------------------------------------------------------------- a good generator


def test_chunks_are_made_when_asked_for() -> None:
    """Nothing is cut before the first chunk is taken, and no further than chunks are taken."""
    asked = list[str]()

    def pieces(text: str) -> list[str]:
        asked.append(text)
        return [text]

    message = {"content": "Hi", "tool_calls": [call("a", '{"b":1}')]}
    stream = chunks(completion_of(choice_of(message)), {}, pieces=pieces)
    assert asked == []
    assert len([next(stream), next(stream)]) == 2
    assert asked == ["Hi"]
    list(stream)
    assert asked == ["Hi", '{"b":1}']


def test_chunks_leave_the_completion_alone_and_share_no_dict_of_their_own() -> None:
    """Changing a chunk changes neither the completion nor the chunks after it."""
    completion = completion_of(choice_of({"content": "one two three"}), choice_of({"refusal": "no"}, 1))
    before = copy.deepcopy(completion)
    expected = list(chunks(completion, WITH_USAGE))
    streamed = list[Json]()
    for chunk in chunks(completion, WITH_USAGE):
        streamed.append(copy.deepcopy(chunk))
        for choice in chunk["choices"]:
            choice["delta"].clear()
            choice.clear()
        chunk["choices"].clear()
        chunk.clear()
    assert streamed == expected
    assert completion == before


def test_no_choices_are_no_deltas() -> None:
    """A completion without choices (a scripted oddity) still has its usage."""
    assert [chunk["usage"] for chunk in chunks(completion_of(), WITH_USAGE)] == [USAGE]


# --------------------------------------------------------------------------------------------------------- the whole


def test_fold_accepts_models_and_dicts() -> None:
    """Hand-made streams may consist of chunk models or of dicts."""
    completion = completion_of(choice_of({"content": "Hello there"}))
    dicts = list(chunks(completion, WITH_USAGE))
    models = [ChatCompletionChunk.model_validate(chunk) for chunk in dicts]
    assert fold(models) == fold(dicts) == fold([models[0], *dicts[1:]])


def test_fold_leaves_the_chunks_alone() -> None:
    """Folding changes no chunk."""
    streamed = list(chunks(completion_of(choice_of({"tool_calls": [call("a", "{}")]})), WITH_USAGE))
    before = copy.deepcopy(streamed)
    fold(streamed)
    assert streamed == before


def test_fold_of_a_broken_stream_says_what_came() -> None:
    """A stream that broke off: the text so far, no finish reason, no usage."""
    completion = completion_of(choice_of({"content": "one two three"}))
    whole = fold(itertools.islice(chunks(completion, WITH_USAGE), 3))
    assert whole["choices"] == [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "one two", "refusal": None},
            "finish_reason": None,
            "logprobs": None,
        }
    ]
    assert "usage" not in whole


def test_fold_of_meagre_chunks() -> None:
    """Chunks of other servers: no role, no index of calls, fields of their own, usage in every chunk."""
    whole = fold(
        [
            {"choices": [{"delta": {"reasoning_content": "Hm", "content": None}}], "usage": {"total_tokens": 1}},
            {"choices": [{"delta": {"reasoning_content": "m."}}]},
            {"choices": [{"delta": {"tool_calls": [{"id": "1", "function": {"name": "a", "arguments": ""}}]}}]},
            {"choices": [{"delta": {"tool_calls": [{"function": {"arguments": "{"}}]}}]},
            {"choices": [{"delta": {"tool_calls": [{"function": {"arguments": "}"}}]}}]},
            {"choices": [{"delta": {"tool_calls": [{"id": "2", "function": {"name": "b", "arguments": "{}"}}]}}]},
            {"choices": [{"delta": None, "finish_reason": "tool_calls"}], "usage": {"total_tokens": 5}},
        ]
    )
    assert whole["usage"] == {"total_tokens": 5}
    assert whole["choices"][0]["finish_reason"] == "tool_calls"
    assert whole["choices"][0]["message"] == {
        "role": "assistant",
        "content": None,
        "refusal": None,
        "reasoning_content": "Hmm.",
        "tool_calls": [
            {"id": "1", "function": {"name": "a", "arguments": "{}"}},
            {"id": "2", "function": {"name": "b", "arguments": "{}"}},
        ],
    }


def test_fold_of_nothing() -> None:
    """An empty stream folds to a completion without choices."""
    assert fold([]) == {"id": None, "object": "chat.completion", "created": None, "model": None, "choices": []}


@pytest.mark.parametrize("wrong", ["data: {}", 7, None, ["choices"]])
def test_fold_refuses_what_is_no_chunk(wrong: object) -> None:
    """Something else in a hand-made stream is named in the error."""
    with pytest.raises(UsageError, match="no event of a stream") as failure:
        fold([wrong])
    assert repr(wrong) in str(failure.value)


def test_fold_knows_custom_tool_calls() -> None:
    """A custom tool's call comes back whole, though the SDK's chunk type doesn't know it."""
    made = {"id": "call_1", "type": "custom", "custom": {"name": "shell", "input": "ls -l | wc"}}
    whole = fold(chunks(completion_of(choice_of({"tool_calls": [made]})), {}))
    assert whole["choices"][0]["message"]["tool_calls"] == [made]


# ------------------------------------------------------------------------------------------- any completion at all

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
ARGUMENTS = st.one_of(
    st.just("{}"),
    st.just(""),
    TEXT,
    st.dictionaries(TEXT, st.integers() | TEXT, max_size=3).map(lambda value: json.dumps(value, ensure_ascii=False)),
)
CALLS = st.lists(st.builds(call, st.sampled_from(["a", "b_c"]), ARGUMENTS), min_size=1, max_size=3).map(
    lambda calls: [{**each, "id": f"call_{index}"} for index, each in enumerate(calls)]
)
CITATIONS = st.just([{"type": "url_citation", "url_citation": {"url": "https://a", "title": "A"}}])


FUNCTION_CALL = st.fixed_dictionaries({"name": st.just("f"), "arguments": ARGUMENTS})
# What a message must have, and what it may have besides.
KINDS: list[tuple[dict[str, st.SearchStrategy[Any]], dict[str, st.SearchStrategy[Any]]]] = [
    ({"content": TEXT}, {"tool_calls": CALLS, "annotations": CITATIONS}),
    ({"refusal": TEXT}, {}),
    ({"tool_calls": CALLS}, {}),
    ({"function_call": FUNCTION_CALL}, {"content": TEXT}),
]
MESSAGES = st.one_of(*(st.fixed_dictionaries(required, optional=optional) for required, optional in KINDS))


@st.composite
def tokens_of(draw: st.DrawFn, text: str) -> list[Json]:
    """The logprobs of some tokens that spell the text."""
    raw = text.encode()
    marks = sorted(draw(st.sets(st.integers(1, max(1, len(raw) - 1)), max_size=8))) if len(raw) > 1 else []
    return [token_of(raw[start:stop]) for start, stop in itertools.pairwise([0, *marks, len(raw)])] if raw else []


@st.composite
def completions(draw: st.DrawFn) -> Json:
    """Whole completions of all kinds that a stream can tell in full."""
    keyed = draw(st.booleans())
    choices = list[Json]()
    for index in range(draw(st.integers(1, 3))):
        message = draw(MESSAGES)
        choice = choice_of(message, index, finish_reason=draw(st.sampled_from(["stop", "length", "tool_calls"])))
        if not keyed:
            del choice["logprobs"]
        elif draw(st.booleans()) and (message.get("content") or message.get("refusal")):
            choice["logprobs"] = {
                key: draw(tokens_of(message[key])) if message.get(key) else None for key in ("content", "refusal")
            }
        choices.append(choice)
    return completion_of(*choices)


def as_streamed(completion: Json) -> Json:
    """What of a completion a stream can tell: an empty list of annotations is never sent."""
    whole = copy.deepcopy(completion)
    for choice in whole["choices"]:
        if not choice["message"]["annotations"]:
            del choice["message"]["annotations"]
    return whole


@given(completions(), st.sampled_from([None, list]))
def test_folded_chunks_are_the_completion(completion: Json, pieces: Any) -> None:
    """Stream and whole tell the same, however the text is cut."""
    assert fold(chunks(completion, WITH_USAGE, pieces=pieces)) == as_streamed(completion)


def picked(value: Any, like: Any) -> Any:
    """The part of ``value`` that ``like`` has: the SDK's snapshots have fields of their own, and nulls."""
    if is_object(like):
        return {key: picked(value.get(key), item) for key, item in like.items()}
    if is_array(like) and is_array(value) and len(value) == len(like):
        return [picked(one, other) for one, other in zip(value, like, strict=True)]
    return value


@given(completions())
def test_sdk_accumulates_the_completion(completion: Json) -> None:
    """The SDK's own accumulator, fed with the chunks as its models, has the whole completion in the end."""
    state: ChatCompletionStreamState[None] = ChatCompletionStreamState()
    for chunk in chunks(completion, WITH_USAGE):
        state.handle_chunk(ChatCompletionChunk.model_validate(chunk))
    final = state.current_completion_snapshot.to_dict(mode="json")
    expected = as_streamed(completion)
    assert picked(final, expected) == expected


def sse(events: Sequence[Json]) -> bytes:
    """A body of server-sent events."""
    return b"".join(b"data: %s\n\n" % json.dumps(event).encode() for event in events) + b"data: [DONE]\n\n"


def test_sdk_streams_them_over_http() -> None:
    """Through a real client, its SSE decoder and its stream manager: text, tool call and refusal arrive."""
    try:
        httpx = importlib.import_module("httpx2")
    except ImportError:
        httpx = importlib.import_module("httpx")
    completion = completion_of(
        choice_of({"content": 'Größe: 🦊\n"ok"', "tool_calls": [call("a", '{"b": 1}')]}),
        choice_of({"refusal": "I'm sorry"}, 1),
    )

    def answer(request: Any) -> Any:
        content = sse(list(chunks(completion, json.loads(request.content))))
        return httpx.Response(200, headers={"content-type": "text/event-stream"}, content=content)

    transport = httpx.Client(transport=httpx.MockTransport(answer))
    with (
        openai.OpenAI(api_key="none", http_client=transport, max_retries=0) as client,
        client.chat.completions.stream(
            model="gpt-4o", messages=[], n=2, stream_options={"include_usage": True}
        ) as stream,
    ):
        kinds = {event.type for event in stream}
        final = stream.get_final_completion().to_dict(mode="json")
    assert {"content.delta", "content.done", "refusal.done", "tool_calls.function.arguments.done"} <= kinds
    expected = as_streamed(completion)
    assert picked(final, expected) == expected


# ------------------------------------------------------------------------------------------- the API's own description


def draft(schema: Any) -> Any:
    """An OpenAPI schema as JSON schema: references moved, `nullable` spelled out."""
    if is_array(schema):
        return [draft(each) for each in schema]
    if not is_object(schema):
        return schema
    found: Json = {key: draft(value) for key, value in schema.items() if key != "nullable"}
    return {"anyOf": [found, {"type": "null"}]} if schema.get("nullable") is True else found


@pytest.fixture(scope="module")
def described() -> Any:
    """The validator of chunks by the API's own description."""
    if not OPENAPI.exists():
        pytest.skip("the OpenAPI description is not beside the repository")
    jsonschema = pytest.importorskip("jsonschema")
    document = draft(json.loads(OPENAPI.read_text()))
    return jsonschema.Draft202012Validator(
        {"$ref": "#/components/schemas/CreateChatCompletionStreamResponse", "components": document["components"]}
    )


@pytest.mark.parametrize(
    "message",
    [
        {"content": "Hello there!"},
        {"refusal": "No."},
        {"tool_calls": [call("a", '{"b":1}')]},
        {"tool_calls": [call("a", "{}"), call("b", "{}", "call_2")]},
        {"content": "Hm", "tool_calls": [call("a", "{}")]},
        {"function_call": {"name": "f", "arguments": "{}"}},
        {"audio": {"id": "audio_1", "data": "A" * 64, "transcript": "Hi", "expires_at": 1}},
    ],
    ids=lambda message: "+".join(message),
)
@pytest.mark.parametrize("logprobs", [False, True])
def test_chunks_are_what_openapi_describes(described: Any, message: Json, logprobs: bool) -> None:
    """Every chunk is valid by the API's description and by the SDK's type."""
    choice = choice_of(message)
    if logprobs and "content" in message:
        choice["logprobs"] = {"content": [token_of(message["content"].encode())], "refusal": None}
    for chunk in chunks(completion_of(choice), WITH_USAGE):
        ChatCompletionChunk.model_validate(chunk)
        if chunk["choices"] and "expires_at" in chunk["choices"][0]["delta"].get("audio", {}):
            # The description demands a finish reason where recordings have none.
            assert list(chunk["choices"][0]) == ["index", "delta"]
            continue
        described.validate(chunk)


# -------------------------------------------------------------------------------------------------------- recordings


def recordings() -> Iterator[Any]:
    """The recorded streams of chat completions."""
    if not RECORDED.exists():
        yield pytest.param({}, marks=pytest.mark.skip(reason="the recordings are not beside the repository"))
        return
    with gzip.open(RECORDED, "rt", encoding="utf-8") as lines:
        for line in lines:
            exchange = json.loads(line)
            if exchange["operation"] == "chat.completions.create" and exchange.get("sse"):
                yield pytest.param(exchange, id=exchange["id"])


def uncut(value: Any) -> Any:
    """Recordings have long base64 shortened."""
    if is_object(value):
        if "_cut" in value:
            return "A" * value["_cut"]
        return {key: uncut(item) for key, item in value.items()}
    return [uncut(item) for item in value] if is_array(value) else value


def kind_of(chunk: Json) -> str:
    """What a chunk is for: the choice it belongs to, and what it tells of it."""
    if not chunk.get("choices"):
        return next((key for key in ("usage", "moderation") if chunk.get(key)), "heartbeat")
    choice = chunk["choices"][0]
    delta = choice["delta"]
    if choice.get("finish_reason"):
        told = "finish"
    elif "tool_calls" in delta and "role" not in delta:
        told = "call starts" if delta["tool_calls"][0].get("id") else "call goes on"
    else:
        told = " ".join(key for key in sorted(delta) if key not in {"content", "refusal"} or delta[key] is not None)
    return f"{choice['index']} {told}"


def paths(value: Any, path: str = "") -> set[str]:
    """The paths of all keys in a JSON value."""
    if is_object(value):
        inner: list[set[str]] = [paths(item, f"{path}.{key}") for key, item in value.items()]
        return {path}.union(*inner)
    if is_array(value):
        return {path}.union(*(paths(item, f"{path}[]") for item in value))
    return {path}


def orders(streamed: list[Json]) -> dict[str, list[str]]:
    """For each choice (they come interleaved as they will), the kinds of its chunks in order, without repetitions."""
    found: dict[str, list[str]] = {}
    for chunk in streamed:
        kind = kind_of(chunk)
        order = found.setdefault(kind.partition(" ")[0], [])
        if kind not in order[-1:]:
            order.append(kind)
    return found


@pytest.mark.parametrize("exchange", list(recordings()))
def test_recorded_streams_are_made_alike(exchange: Json) -> None:
    """From the whole that a recorded stream tells of come chunks of the same kinds, order and keys."""
    recorded = [uncut(event["data"]) for event in exchange["sse"] if isinstance(event["data"], dict)]
    if any("error" in chunk for chunk in recorded):
        pytest.skip("the recorded stream was ended by an error")
    body = dict(exchange["request"])
    if "obfuscation" not in recorded[0]:  # recorded before there was any
        body["stream_options"] = {**(body.get("stream_options") or {}), "include_obfuscation": False}
    made = list(chunks(fold(recorded), body))
    recorded = [
        Json({"choices": [], **chunk}) for chunk in recorded
    ]  # heartbeats have no choices there, an empty list here
    if any("audio" in choice["delta"] for chunk in recorded for choice in chunk["choices"]):
        # When sound, text and heartbeats come is a matter of time.
        assert {kind_of(chunk) for chunk in made} == {kind_of(chunk) for chunk in recorded}
    else:
        assert orders(made) == orders(recorded)
    for kind in {kind_of(chunk) for chunk in recorded}:
        keys = [
            set[str]().union(*(paths(chunk) for chunk in streamed if kind_of(chunk) == kind))
            for streamed in (made, recorded)
        ]
        assert keys[0] == keys[1], kind
