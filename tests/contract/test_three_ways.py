"""Direct = sdk = wire: whichever way a call takes, it comes to the same, and is recorded once and alike.

So do a real client whose http the account answers, which is what ``fakeopenai.mock`` relies on, and the asynchronous
clients. Answers, errors, streams, recorded parameters, kept objects and waits are compared.
"""

# What is measured or compared here is called as untyped code does, through values that may be any client's.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownLambdaType=false, reportUnknownParameterType=false

from __future__ import annotations

from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakeopenai import FakeOpenAI, break_after, chunks, error, json_reply, refusal, tool_call
from fakeopenai.operation import find
from tests.contract._ways import BYTES_ONLY, WAYS, Outcome, account, by, in_bytes, raw, streamed, tellable
from tests.strategies import NAMES, arguments, plainest

CHAT = "chat.completions.create"

texts = st.one_of(st.sampled_from(["Hello!", "", "Grüße, 世界 🎉", "a\nb\n\ndata: c"]), st.text(max_size=30))
scalars = st.one_of(st.none(), st.booleans(), st.integers(-5, 5), texts)
tool_calls = st.builds(
    lambda name, given: tool_call(name, **given),
    st.sampled_from(["get_weather", "search"]),
    st.dictionaries(st.sampled_from(["city", "unit"]), scalars),
)
replies = st.one_of(
    texts,
    tool_calls,
    st.lists(tool_calls, min_size=1, max_size=3),
    st.builds(json_reply, st.dictionaries(texts, scalars, max_size=3)),
    st.builds(refusal, texts.filter(bool)),
    st.lists(texts.filter(bool), min_size=1, max_size=4).map(lambda pieces: chunks(*pieces)),
    st.fixed_dictionaries({"choices": st.just([{"message": {"content": "partial"}, "finish_reason": "length"}])}),
    st.sampled_from([400, 401, 403, 404, 409, 422, 429, 500, 503]).map(error),
    st.builds(error, st.just(429), retry_after=st.integers(0, 3), code=st.just("rate_limit_exceeded")),
    st.builds(break_after, st.integers(0, 3), st.sampled_from([error(500), error(429)])),
)
tools: Any = [
    {"type": "function", "function": {"name": name, "parameters": {"type": "object", "properties": {}}}}
    for name in ("get_weather", "search")
]


@st.composite
def chat_arguments(draw: Any) -> dict[str, Any]:
    """Requests that the API takes, with what changes the shape of an answer; and now and then one that it refuses."""
    found: dict[str, Any] = {
        "model": draw(st.sampled_from(["gpt-5", "gpt-4o-mini", "gpt-3.5-turbo"])),
        "messages": [{"role": "user", "content": draw(texts)}],
        "tools": tools,
    }
    optional: dict[str, Any] = {
        "n": st.integers(1, 3),
        "logprobs": st.booleans(),
        "stop": st.sampled_from(["l", ["o", "e"]]),
        "max_completion_tokens": st.integers(1, 4),
        "metadata": st.dictionaries(st.sampled_from("ab"), st.text(max_size=4)),
        "store": st.booleans(),
        "seed": st.integers(-5, 5),
        "temperature": st.sampled_from([0, 1.5, 3, "hot"]),
        "user": texts,
    }
    for name, values in optional.items():
        if draw(st.integers(0, 4)) == 0:
            found[name] = draw(values)
    if draw(st.booleans()):
        found["stream"] = True
        if draw(st.booleans()):
            found["stream_options"] = {"include_usage": draw(st.booleans())}
    if draw(st.integers(0, 9)) == 0:
        found["messages"].append(draw(st.sampled_from([{"content": "x"}, {"role": "nobody", "content": "x"}, {}])))
    return found


def agree(outcomes: dict[str, Outcome]) -> Outcome:
    """The outcome of all ways, which are expected to have but one."""
    first = outcomes["direct"]
    for way, outcome in outcomes.items():
        bytes_only = way == BYTES_ONLY
        for part in ("failed", "result", "calls", "held", "waits"):
            ours = getattr(in_bytes(first) if bytes_only else first, part)
            theirs = getattr(in_bytes(outcome) if bytes_only else outcome, part)
            assert theirs == ours, f"{part} of {way!r} differs from the direct way's:\n  {theirs!r}\n  {ours!r}"
    return first


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(asked=chat_arguments(), scripted=st.lists(replies, max_size=2))
def test_a_scripted_chat_completion_is_the_same_by_each_way(asked: dict[str, Any], scripted: list[Any]) -> None:
    """Replies, errors and streams of generated scripts; the record is what was sent, once."""
    outcomes: dict[str, Outcome] = {}
    for name, way in WAYS.items():
        backend = account()
        if scripted:
            FakeOpenAI(backend=backend).chat.completions.create.returns(*scripted)
        outcomes[name] = by(way, backend, CHAT, asked)
    outcome = agree(outcomes)
    assert [(name, params) for name, params, _, _ in outcome.calls] == [(CHAT, asked)]


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=4, derandomize=True, database=None, suppress_health_check=cast("Any", list(HealthCheck)))
@given(data=st.data())
def test_each_operation_is_the_same_by_each_way(name: str, data: st.DataObject) -> None:
    """Arguments out of the parameter types, accepted or refused: the same answer, record and kept objects."""
    operation = find(name)
    assert operation is not None
    asked = data.draw(arguments(operation))
    synthesized = data.draw(st.booleans())
    outcomes = {
        each: by(way, account(missing="synthesize" if synthesized else "error"), name, asked)
        for each, way in WAYS.items()
        if each != BYTES_ONLY or tellable(name, asked)
    }
    outcome = agree(outcomes)
    assert len(outcome.calls) <= 1
    if not outcome.failed:
        assert [(called, attempts) for called, _, _, attempts in outcome.calls] == [(name, 1)]


@pytest.mark.parametrize("name", NAMES)
def test_raw_and_streaming_responses_give_the_same(name: str) -> None:
    """``with_raw_response`` and ``with_streaming_response`` of each operation parse to what the plain call returns."""
    operation = find(name)
    assert operation is not None
    asked = plainest(operation)
    outcomes = {
        "direct": by(WAYS["direct"], account(missing="synthesize", strict=False), name, asked),
        "raw": by(_on_a_client(raw), account(missing="synthesize", strict=False), name, asked),
        "streaming": by(_on_a_client(streamed), account(missing="synthesize", strict=False), name, asked),
    }
    outcome = agree(outcomes)
    assert not outcome.failed, outcome.result
    assert len(outcome.calls) == 1


def _on_a_client(ask: Any) -> Any:
    return lambda backend, name, asked: ask(FakeOpenAI(backend=backend), name, asked)
