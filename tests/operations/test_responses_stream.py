"""Streams of responses: the order of events, and what breaks them off."""

from __future__ import annotations

from typing import Any, cast

import openai
import pytest

from fakeopenai import FakeAsyncOpenAI, FakeOpenAI, break_after, chunks, error, items, reasoning, tool_call
from fakeopenai._sdk import httpx

ASK: dict[str, Any] = {"model": "gpt-5", "input": "Hi"}


def ask(fake: Any, **more: Any) -> Any:
    """The plainest response, or a stream of it, asked of a fake of either kind."""
    return fake.responses.create(**ASK, **more)


def types(fake: FakeOpenAI, **asked: Any) -> list[str]:
    """The types of a stream's events, runs of the same taken as one."""
    found: list[str] = []
    for event in ask(fake, stream=True, **asked):
        if not found or found[-1] != event.type:
            found.append(event.type)
    return [name.removeprefix("response.") for name in found]


def test_order_of_a_text(fake: FakeOpenAI) -> None:
    """A text: created, in progress, item, part, deltas, and each of them done in turn."""
    assert types(fake) == [
        "created",
        "in_progress",
        "output_item.added",
        "content_part.added",
        "output_text.delta",
        "output_text.done",
        "content_part.done",
        "output_item.done",
        "completed",
    ]


def test_order_of_a_turn(fake: FakeOpenAI) -> None:
    """Reasoning, a search, a text with a citation and a call, one after the other."""
    fake.responses.create.returns([reasoning("Hm."), items.web_search_call("x"), "Found.", tool_call("save", path="a")])
    found = types(fake)
    steps = [
        "reasoning_summary_part.added",
        "reasoning_summary_text.delta",
        "reasoning_summary_part.done",
        "web_search_call.in_progress",
        "web_search_call.searching",
        "web_search_call.completed",
        "output_text.delta",
        "function_call_arguments.delta",
        "function_call_arguments.done",
        "completed",
    ]
    assert [step for step in found if step in steps] == steps


def test_numbers_and_places(fake: FakeOpenAI) -> None:
    """Events are numbered from 0, and those of an item carry its place and id."""
    fake.responses.create.returns(["Hi", tool_call("save")])
    events = [event.to_dict() for event in ask(fake, stream=True)]
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    ids = [item["id"] for item in events[-1]["response"]["output"]]
    for event in events:
        if "item_id" in event:
            assert event["item_id"] == ids[cast("int", event["output_index"])]


def test_the_first_events_tell_nothing_yet(fake: FakeOpenAI) -> None:
    """When a response begins, nothing has been said, counted, or decided."""
    first, *_, last = ask(fake, stream=True)
    assert first.type == "response.created"
    assert last.type == "response.completed"
    assert (first.response.status, first.response.output, first.response.usage) == ("in_progress", [], None)
    assert first.response.service_tier == "auto"
    assert "billing" not in last.response.to_dict()


def test_pieces(fake: FakeOpenAI) -> None:
    """A script's own pieces are the deltas."""
    fake.responses.create.returns(chunks("Hel", "lo"))
    stream = ask(fake, stream=True)
    assert [event.delta for event in stream if event.type == "response.output_text.delta"] == ["Hel", "lo"]


@pytest.mark.parametrize(
    ("script", "last"),
    [
        ("word " * 50, "incomplete"),
        ({"output": [], "status": "failed", "error": {"code": "server_error", "message": "x"}}, "failed"),
    ],
)
def test_other_ends(fake: FakeOpenAI, script: Any, last: str) -> None:
    """What is cut ends with ``response.incomplete``; a failure raises, as the SDK does at the event for it."""
    fake.responses.create.returns(script)
    if last == "failed":
        with pytest.raises(openai.APIError, match="x"):
            types(fake)
        return
    assert types(fake, max_output_tokens=16)[-1] == last


def test_a_stream_that_breaks(fake: FakeOpenAI) -> None:
    """A stream can fail after some events, by a lost connection or by an error of the API."""
    fake.responses.create.returns(["Hello", break_after(3)], ["Hello", break_after(3, error(500, "Oops"))])
    seen: list[str] = []
    with pytest.raises((openai.APIConnectionError, httpx.TransportError)):  # older SDKs let httpx's own through
        seen.extend(event.type for event in ask(fake, stream=True))
    with pytest.raises(openai.APIError, match="Oops"):
        list(ask(fake, stream=True))


def test_raw_and_streaming_responses(fake: FakeOpenAI) -> None:
    """Raw responses and the streaming context give the same events."""
    raw = cast("Any", fake.responses.with_raw_response.create)(**ASK, stream=True)
    assert raw.headers["content-type"].startswith("text/event-stream")
    last = list(raw.parse())[-1]
    assert last.type == "response.completed"
    with cast("Any", fake.responses.with_streaming_response.create)(**ASK, stream=True) as response:
        lines = [line for line in response.iter_lines() if line.startswith("event: ")]
    assert lines[0] == "event: response.created"
    assert lines[-1] == "event: response.completed"


def test_helper_events(fake: FakeOpenAI) -> None:
    """The stream helper gives snapshots, and the whole after the block."""
    fake.responses.create.returns("Hello!")
    with cast("Any", fake.responses.stream)(**ASK) as stream:
        texts = [event.snapshot for event in stream if event.type == "response.output_text.delta"]
    assert texts[-1] == "Hello!"
    assert stream.get_final_response().output_text == "Hello!"


def test_image_previews(fake: FakeOpenAI) -> None:
    """As many previews of a picture come as were asked for."""
    fake.responses.create.returns([items.image_generation_call(b"png"), "Here."])
    tools: Any = [{"type": "image_generation", "partial_images": 2}]
    events = list(ask(fake, stream=True, tools=tools))
    assert [event.type for event in events].count("response.image_generation_call.partial_image") == 2


async def test_async(afake: FakeAsyncOpenAI) -> None:
    """The asynchronous client streams the same."""
    afake.script("Hello!", "Hello!")
    deltas = [
        event.delta async for event in await ask(afake, stream=True) if event.type == "response.output_text.delta"
    ]
    assert "".join(deltas) == "Hello!"
    async with cast("Any", afake.responses.stream)(**ASK) as stream:
        assert (await stream.get_final_response()).output_text == "Hello!"


def test_a_stream_can_be_left_early(fake: FakeOpenAI) -> None:
    """Who stops reading finds the response stored all the same."""
    with ask(fake, stream=True) as stream:
        first = next(stream)
    assert first.type == "response.created"
    assert fake.responses.retrieve(first.response.id).status == "completed"
