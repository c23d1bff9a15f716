"""Legacy completions as streams: chunk by chunk as the API sends them, and back to the whole completion."""

from __future__ import annotations

import copy
import gzip
import importlib
import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.types import Completion

from fakeopenai.errors import UsageError
from fakeopenai.streaming import cut
from fakeopenai.streaming.completions import chunks, fold

Json = dict[str, Any]

RECORDED = Path(__file__).parents[3] / "shared" / "recorded" / "dev.jsonl.gz"

USAGE = {"prompt_tokens": 5, "completion_tokens": 9, "total_tokens": 14}
WITH_USAGE = {"stream_options": {"include_usage": True}}


def choice_of(text: str, index: int = 0, **others: Any) -> Json:
    """A choice of a whole completion."""
    return {"text": text, "index": index, "logprobs": None, "finish_reason": "stop", **others}


def completion_of(*choices: Json, **others: Any) -> Json:
    """A whole completion."""
    return {
        "id": "cmpl-BkZKoE0g2bF7N9Z7i9S33Jtn9apXv",
        "object": "text_completion",
        "created": 1_750_438_614,
        "model": "gpt-3.5-turbo-instruct:20230824-v2",
        "choices": list(choices),
        "usage": USAGE,
        **others,
    }


def said(completion: Json, body: Json | None = None, **options: Any) -> list[Json]:
    """The choices of the chunks, one of each chunk."""
    return [chunk["choices"][0] for chunk in chunks(completion, body or {}, **options)]


def texts(completion: Json, body: Json | None = None, **options: Any) -> list[str]:
    """The texts of the chunks."""
    return [choice["text"] for choice in said(completion, body, **options)]


def logprobs_of(*tokens: str, offset: int = 0) -> Json:
    """The logprobs of tokens, which begin at that offset."""
    ends = list(itertools.accumulate(map(len, tokens), initial=offset))
    return {
        "tokens": list(tokens),
        "token_logprobs": [-0.5] * len(tokens),
        "top_logprobs": [{token: -0.5} for token in tokens],
        "text_offset": ends[:-1],
    }


def test_text_comes_in_pieces_and_ends_with_an_empty_one() -> None:
    """Each piece in a chunk; the finish reason comes with an empty text."""
    assert said(completion_of(choice_of("\n\nHello there!"))) == [
        {"text": "\n\n", "index": 0, "logprobs": None, "finish_reason": None},
        {"text": "Hello", "index": 0, "logprobs": None, "finish_reason": None},
        {"text": " there", "index": 0, "logprobs": None, "finish_reason": None},
        {"text": "!", "index": 0, "logprobs": None, "finish_reason": None},
        {"text": "", "index": 0, "logprobs": None, "finish_reason": "stop"},
    ]


def test_envelope_is_that_of_the_completion() -> None:
    """Every chunk has the completion's id, object, time and model; usage and padding only where the API has them."""
    completion = completion_of(choice_of("Hi"))
    for chunk in chunks(completion, {}):
        assert chunk == {
            key: chunk["choices"] if key == "choices" else value for key, value in completion.items() if key != "usage"
        }


def test_fingerprint_is_kept() -> None:
    """A fingerprint, which only some models have, is in every chunk."""
    completion = completion_of(choice_of("Hi"), system_fingerprint="fp_1")
    assert {chunk["system_fingerprint"] for chunk in chunks(completion, {})} == {"fp_1"}


def test_usage_comes_last_and_is_null_before() -> None:
    """With include_usage the last chunk has no choices but the usage; all others say null."""
    *others, last = chunks(completion_of(choice_of("Hi")), WITH_USAGE)
    assert (last["choices"], last["usage"]) == ([], USAGE)
    assert [chunk["usage"] for chunk in others] == [None, None]


def test_cut_off_text_has_its_reason_with_the_last_piece() -> None:
    """At the token limit the last piece of text carries the reason, and the closing chunk repeats it."""
    streamed = said(completion_of(choice_of("a b", finish_reason="length")))
    reasons = [(choice["text"], choice["finish_reason"]) for choice in streamed]
    assert reasons == [("a", None), (" b", "length"), ("", "length")]


@pytest.mark.parametrize("reason", ["stop", "length"])
def test_empty_text_is_only_a_finish(reason: str) -> None:
    """No text, no pieces."""
    assert said(completion_of(choice_of("", finish_reason=reason))) == [choice_of("", finish_reason=reason)]


def test_choices_are_interleaved_and_finish_in_order() -> None:
    """Several choices: a piece of each in turn, then all finish reasons."""
    completion = completion_of(choice_of("a b c"), choice_of("d", 1))
    assert [(choice["index"], choice["text"]) for choice in said(completion)] == [
        (0, "a"),
        (1, "d"),
        (0, " b"),
        (0, " c"),
        (0, ""),
        (1, ""),
    ]


def test_logprobs_cut_the_text() -> None:
    """With logprobs each chunk is one token with its logprobs, offset included; the last has empty lists."""
    logprobs = logprobs_of("Hel", "lo", offset=7)
    assert said(completion_of(choice_of("Hello", logprobs=logprobs))) == [
        choice_of("Hel", logprobs=logprobs_of("Hel", offset=7), finish_reason=None),
        choice_of("lo", logprobs=logprobs_of("lo", offset=10), finish_reason=None),
        choice_of("", logprobs=logprobs_of()),
    ]


def test_logprobs_without_alternatives() -> None:
    """With logprobs=0 there are no top_logprobs; they stay null."""
    logprobs = {**logprobs_of("Hi"), "top_logprobs": None}
    completion = completion_of(choice_of("Hi", logprobs=logprobs))
    assert [choice["logprobs"]["top_logprobs"] for choice in said(completion)] == [None, None]
    assert fold(chunks(completion, WITH_USAGE)) == completion


@pytest.mark.parametrize("number", [0, 1, 2, 3, 7])
def test_tokens_that_do_not_spell_the_text_are_not_lost(number: int) -> None:
    """Made-up logprobs: the text is cut as usual, and every token comes once."""
    completion = completion_of(choice_of("one two three", logprobs=logprobs_of(*["x"] * number)))
    assert fold(chunks(completion, WITH_USAGE)) == completion


def test_echoed_prompt_comes_in_one_piece() -> None:
    """With echo the text begins with the prompt, and so does the stream."""
    completion = completion_of(choice_of("Say hi to me: hi there"))
    assert texts(completion, {"prompt": "Say hi to me:", "echo": True}) == ["Say hi to me:", " hi", " there", ""]


def test_echoed_prompts_belong_to_their_choices() -> None:
    """Several prompts, each with n answers: every choice begins with its own."""
    made = [choice_of(f"{prompt} x", index) for index, prompt in enumerate(["a b", "a b", "c d", "c d"])]
    body = {"prompt": ["a b", "c d"], "n": 2, "echo": True}
    assert texts(completion_of(*made), body)[:4] == ["a b", "a b", "c d", "c d"]


@pytest.mark.parametrize("prompt", [None, "", "b", [1, 2, 3], [[1, 2], [3]], [], ["b"]])
def test_echo_of_something_else_is_no_obstacle(prompt: Any) -> None:
    """Tokens can't be told from the text, and a script may have ignored the prompt: the text is cut as usual."""
    assert texts(completion_of(choice_of("a b")), {"prompt": prompt, "echo": True}) == ["a", " b", ""]


def test_scripted_pieces_are_kept() -> None:
    """A script's own pieces are the chunks."""
    assert texts(completion_of(choice_of("Hello")), pieces=cut("Hel", "lo")) == ["Hel", "lo", ""]


def test_chunks_leave_the_completion_alone() -> None:
    """Changing a chunk changes neither the completion nor the chunks after it."""
    completion = completion_of(choice_of("one two", logprobs=logprobs_of("one", " two")), choice_of("three", 1))
    before = copy.deepcopy(completion)
    expected = list(chunks(completion, WITH_USAGE))
    streamed = list[Json]()
    for chunk in chunks(completion, WITH_USAGE):
        streamed.append(copy.deepcopy(chunk))
        for choice in chunk["choices"]:
            (choice["logprobs"] or {}).clear()
            choice.clear()
        chunk.clear()
    assert (streamed, completion) == (expected, before)


def test_fold_of_a_broken_stream_says_what_came() -> None:
    """A stream that broke off: the text so far, no finish reason, no usage."""
    whole = fold(itertools.islice(chunks(completion_of(choice_of("one two three")), WITH_USAGE), 2))
    assert whole["choices"] == [choice_of("one two", finish_reason=None)]
    assert "usage" not in whole


def test_fold_of_nothing() -> None:
    """An empty stream folds to a completion without choices."""
    assert fold([]) == {"id": None, "object": "text_completion", "created": None, "model": None, "choices": []}


def test_fold_refuses_what_is_no_chunk() -> None:
    """Something else in a hand-made stream is named in the error."""
    with pytest.raises(UsageError, match="'Hello' is no event of a stream"):
        fold(["Hello"])


# ------------------------------------------------------------------------------------------- any completion at all

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@st.composite
def completions(draw: st.DrawFn) -> Json:
    """Whole completions of all kinds."""
    choices = list[Json]()
    for index in range(draw(st.integers(1, 3))):
        if draw(st.booleans()):
            tokens = draw(st.lists(TEXT.filter(bool), max_size=5))
            choice = choice_of("".join(tokens), index, logprobs=logprobs_of(*tokens))
        else:
            choice = choice_of(draw(TEXT), index)
        choices.append({**choice, "finish_reason": draw(st.sampled_from(["stop", "length", "content_filter"]))})
    return completion_of(*choices)


@given(completions(), st.sampled_from([None, list]), st.booleans())
def test_folded_chunks_are_the_completion(completion: Json, pieces: Any, echo: bool) -> None:
    """Stream and whole tell the same, however the text is cut; as dicts and as the SDK's models."""
    body = {**WITH_USAGE, "echo": echo, "prompt": completion["choices"][0]["text"][:3], "n": len(completion["choices"])}
    streamed = list(chunks(completion, body, pieces=pieces))
    assert fold(streamed) == completion
    assert fold(Completion.construct(**chunk) for chunk in streamed) == completion


def test_sdk_streams_them_over_http() -> None:
    """Through a real client and its SSE decoder the text arrives."""
    try:
        httpx = importlib.import_module("httpx2")
    except ImportError:
        httpx = importlib.import_module("httpx")
    completion = completion_of(choice_of('Größe: 🦊\n"ok"'), choice_of("2", 1))

    def answer(request: Any) -> Any:
        events = [json.dumps(chunk) for chunk in chunks(completion, json.loads(request.content))] + ["[DONE]"]
        content = "".join(f"data: {event}\n\n" for event in events).encode()
        return httpx.Response(200, headers={"content-type": "text/event-stream"}, content=content)

    transport = httpx.Client(transport=httpx.MockTransport(answer))
    with openai.OpenAI(api_key="none", http_client=transport, max_retries=0) as client:
        stream = client.completions.create(
            model="gpt-3.5-turbo-instruct", prompt="?", n=2, stream=True, stream_options={"include_usage": True}
        )
        assert fold(stream) == completion


# -------------------------------------------------------------------------------------------------------- recordings


def recordings() -> Iterator[Any]:
    """The recorded streams of legacy completions."""
    if not RECORDED.exists():
        yield pytest.param({}, marks=pytest.mark.skip(reason="the recordings are not beside the repository"))
        return
    with gzip.open(RECORDED, "rt", encoding="utf-8") as lines:
        for line in lines:
            exchange = json.loads(line)
            if exchange["operation"] == "completions.create" and exchange.get("sse"):
                yield pytest.param(exchange, id=exchange["id"])


def shape_of(chunk: Json) -> tuple[Any, ...]:
    """What a chunk is for, and its keys."""
    choices = chunk["choices"]
    kind = ("finish" if choices[0]["finish_reason"] else "text") if choices else "usage"
    return (kind, frozenset(chunk), *(frozenset(choice) for choice in choices))


@pytest.mark.parametrize("exchange", list(recordings()))
def test_recorded_streams_are_made_alike(exchange: Json) -> None:
    """From the whole that a recorded stream tells of come chunks of the same kinds, order and keys."""
    recorded = [event["data"] for event in exchange["sse"] if isinstance(event["data"], dict)]
    made = chunks(fold(recorded), exchange["request"])
    orders = [[shape for shape, _ in itertools.groupby(map(shape_of, streamed))] for streamed in (made, recorded)]
    assert orders[0] == orders[1]
