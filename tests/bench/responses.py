"""Rows of the Responses API, and of the rules by which the fake says no."""

# What is measured or compared here is called as untyped code does, through values that may be any client's.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownLambdaType=false, reportUnknownParameterType=false

from __future__ import annotations

from typing import Any

from fakeopenai import FakeOpenAI, chunks, json_reply

from .chat import Weather
from .harness import Bench, Result, row, spread
from .real import event_stream, json_bytes, magic_client, messages, mocked, recorded

ASK: Any = {"model": "gpt-5", "input": "What is the weather like?"}


@row("responses-create", "responses.create, text in, text out", "a", 0.1)
def create(bench: Bench) -> Result:
    """The plainest response."""
    fake = FakeOpenAI()
    fake.responses.create.returns("It is sunny.")
    answer = fake.responses.create(**ASK)
    real = mocked(json_bytes(answer.model_dump(mode="json")))
    magic = magic_client()
    magic.responses.create.return_value = answer
    bench.cleanup += [fake.calls.clear, magic.responses.create.reset_mock]
    return bench.against_real(
        lambda: fake.responses.create(**ASK),
        lambda: real.responses.create(**ASK),
        lambda: magic.responses.create(**ASK),
    )


@row("responses-parse", "responses.parse with a pydantic class", "a", 0.7)
def parse(bench: Bench) -> Result:
    """The SDK's own work of making a schema and reading the answer stays."""
    fake = FakeOpenAI()
    fake.responses.create.returns(json_reply({"city": "Paris", "celsius": 21.5, "windy": False}))
    answer = fake.responses.create(**ASK)
    real = mocked(json_bytes(answer.model_dump(mode="json")))
    bench.cleanup.append(fake.calls.clear)

    def run(client: Any) -> None:
        parsed = client.responses.parse(**ASK, text_format=Weather).output_parsed
        assert parsed.city == "Paris"

    return bench.against_real(lambda: run(fake), lambda: run(real))


@row("responses-stream", "a stream of 50 text deltas, consumed", "a", 0.08)
def stream(bench: Bench) -> Result:
    """The events around the deltas included."""
    pieces = chunks(*[f"word{index} " for index in range(50)])
    fake = FakeOpenAI()
    fake.responses.create.returns(pieces)

    def answered(other: FakeOpenAI) -> Any:
        other.responses.create.returns(pieces)
        return other.responses.with_raw_response.create(**ASK, stream=True)

    real = mocked(event_stream(recorded(answered)))
    bench.cleanup.append(fake.calls.clear)

    def consume(client: Any) -> int:
        events = client.responses.create(**ASK, stream=True)
        return sum(event.type == "response.output_text.delta" for event in events)

    assert consume(fake) == consume(real) == 50
    return bench.against_real(lambda: consume(fake), lambda: consume(real))


@row("responses-chain", "turn 50 of a chain over turn 2", "x", 2)
def chain(bench: Bench) -> Result:
    """By ``previous_response_id``; each turn has a short question and a short answer."""
    fake = FakeOpenAI()
    fake.responses.create.returns("It is sunny.")
    ids: list[str | None] = [None]
    for _ in range(49):
        ids.append(fake.responses.create(**ASK, previous_response_id=ids[-1]).id)
    bench.cleanup.append(fake.calls.clear)
    return bench.ratio(
        lambda: fake.responses.create(**ASK, previous_response_id=ids[49]),
        lambda: fake.responses.create(**ASK, previous_response_id=ids[1]),
        "turn 2",
    )


def _tool(index: int) -> dict[str, Any]:
    properties = {
        "city": {"type": "string", "description": "Where?"},
        "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
        "days": {"type": "array", "items": {"type": "integer"}},
    }
    schema = {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
    function = {"name": f"get_weather_{index}", "description": "Weather.", "parameters": schema, "strict": True}
    return {"type": "function", "function": function}


@row("rules", "all rules, on 10 messages and 5 tools", "µs", 15)
def rules(bench: Bench) -> Result:
    """``strict=True`` over ``strict=False``: parameter types and all rules together."""
    said = messages(8)
    call = {"id": "call_1", "type": "function", "function": {"name": "get_weather_1", "arguments": "{}"}}
    said += [{"role": "assistant", "tool_calls": [call]}, {"role": "tool", "tool_call_id": "call_1", "content": "Sun."}]
    ask: Any = {"model": "gpt-5", "messages": said, "tools": [_tool(index) for index in range(5)]}
    strict, lenient = FakeOpenAI(), FakeOpenAI(strict=False)
    for fake in (strict, lenient):
        fake.chat.completions.create.returns("It is sunny.")
        bench.cleanup.append(fake.calls.clear)
    found = bench.times(
        {
            "strict": lambda: strict.chat.completions.create(**ask),
            "lenient": lambda: lenient.chat.completions.create(**ask),
        }
    )
    added = [1e6 * (one - other) for one, other in zip(found["strict"], found["lenient"], strict=True)]
    return Result(spread(added), None, spread(found["strict"]).median, "over the same call with strict=False")
