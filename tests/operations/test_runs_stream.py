"""Runs as streams: the order of events, what they carry, and the SDK's helpers that read them."""

from __future__ import annotations

from typing import Any

import openai
import pytest

from fakeopenai import FakeAsyncOpenAI, FakeOpenAI, break_after, chunks, tool_call

# The SDK marks all of it as deprecated; the code that our users test still calls it.
# pyright: reportDeprecated=false
pytestmark = pytest.mark.filterwarnings("ignore:.*deprecated:DeprecationWarning")

SAYING = [
    "thread.run.step.created",
    "thread.run.step.in_progress",
    "thread.message.created",
    "thread.message.in_progress",
    "thread.message.delta",
    "thread.message.delta",
    "thread.message.completed",
    "thread.run.step.completed",
    "thread.run.completed",
]


def thread_of(fake: FakeOpenAI) -> str:
    """A new thread with one message of the user."""
    return fake.beta.threads.create(messages=[{"role": "user", "content": "Weather?"}]).id


def outputs(run: Any) -> list[Any]:
    """An output for each call that a run waits for."""
    calls = run.required_action.submit_tool_outputs.tool_calls
    return [{"tool_call_id": call.id, "output": "sunny"} for call in calls]


def test_events_come_in_the_api_s_order(fake: FakeOpenAI) -> None:
    """A run that answers: created, queued, in progress, a step with its message, completed."""
    fake.beta.threads.runs.create.returns(chunks("Hel", "lo"))
    events: list[Any] = list(fake.beta.threads.runs.create(thread_of(fake), assistant_id="asst_x", stream=True))
    assert [event.event for event in events] == [
        "thread.run.created",
        "thread.run.queued",
        "thread.run.in_progress",
        *SAYING,
    ]
    deltas = [event.data.delta.content[0] for event in events if event.event == "thread.message.delta"]
    assert [delta.to_dict() for delta in deltas] == [
        {"index": 0, "type": "text", "text": {"value": "Hel", "annotations": []}},
        {"index": 0, "type": "text", "text": {"value": "lo"}},
    ]
    assert [event.data.status for event in events if event.event.startswith("thread.run.") and event.data.usage] == [
        "completed",
        "completed",
    ]


def test_the_stream_ends_with_done(fake: FakeOpenAI) -> None:
    """On the wire the last event is called done and says [DONE]."""
    raw = fake.beta.threads.runs.with_raw_response.create(thread_of(fake), assistant_id="asst_x", stream=True)
    assert raw.http_response.read().decode().endswith("event: done\ndata: [DONE]\n\n")


def test_a_stream_leaves_what_a_poll_leaves() -> None:
    """Streamed or polled, a run leaves the same messages, steps and status behind."""
    left: list[Any] = []
    for streamed in (True, False):
        fake = FakeOpenAI(seed=1)
        fake.beta.threads.runs.create.returns("Sunny.")
        thread_id = thread_of(fake)
        if streamed:
            for _ in fake.beta.threads.runs.create(thread_id, assistant_id="asst_x", stream=True):
                pass
        else:
            fake.beta.threads.runs.create_and_poll(thread_id=thread_id, assistant_id="asst_x")
        (run,) = fake.beta.threads.runs.list(thread_id)
        (step,) = fake.beta.threads.runs.steps.list(run.id, thread_id=thread_id)
        messages: Any = fake.beta.threads.messages.list(thread_id).data
        left.append((run.status, run.usage, run.expires_at, step.status, step.usage, messages[0].content))
    assert left[0] == left[1]


def test_a_stream_that_nobody_reads_leaves_its_run_completed(fake: FakeOpenAI) -> None:
    """Whoever stops reading finds the run done all the same."""
    thread_id = thread_of(fake)
    stream = fake.beta.threads.runs.create(thread_id, assistant_id="asst_x", stream=True)
    next(iter(stream))
    stream.close()
    assert fake.beta.threads.runs.list(thread_id).data[0].status == "completed"


def test_a_tool_call_ends_the_stream_and_its_output_begins_another(fake: FakeOpenAI) -> None:
    """Waiting for tools is the end of one stream; the next begins with the step that got its output."""
    fake.beta.threads.create_and_run.returns(tool_call("get_weather", city="Paris"), chunks("Sun", "ny."))
    thread: Any = {"messages": [{"role": "user", "content": "Weather?"}]}
    events: list[Any] = list(fake.beta.threads.create_and_run(assistant_id="asst_x", thread=thread, stream=True))
    names = [event.event for event in events]
    assert names[:6] == [
        "thread.created",
        "thread.run.created",
        "thread.run.queued",
        "thread.run.in_progress",
        "thread.run.step.created",
        "thread.run.step.in_progress",
    ]
    assert set(names[6:-1]) == {"thread.run.step.delta"}
    assert names[-1] == "thread.run.requires_action"
    calls = [event.data.delta.step_details.tool_calls[0] for event in events[6:-1]]
    assert (calls[0].function.name, calls[0].function.arguments) == ("get_weather", "")
    assert "".join(call.function.arguments for call in calls) == '{"city":"Paris"}'
    run = events[-1].data
    after: list[Any] = list(
        fake.beta.threads.runs.submit_tool_outputs(
            run.id, thread_id=run.thread_id, tool_outputs=outputs(run), stream=True
        )
    )
    assert [event.event for event in after] == [
        "thread.run.step.completed",
        "thread.run.queued",
        "thread.run.in_progress",
        *SAYING,
    ]
    assert after[0].data.step_details.tool_calls[0].function.output == "sunny"
    fake.assert_complete()


class Heard(openai.AssistantEventHandler):
    """Notes what the SDK's helper tells."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []

    def on_text_delta(self, delta: Any, snapshot: Any) -> None:
        """A piece of text."""
        self.heard.append(f"delta {delta.value}")

    def on_text_done(self, text: Any) -> None:
        """A whole text."""
        self.heard.append(f"text {text.value}")

    def on_tool_call_done(self, tool_call: Any) -> None:
        """A call of a tool."""
        self.heard.append(f"call {tool_call.function.name}({tool_call.function.arguments})")

    def on_end(self) -> None:
        """The end."""
        self.heard.append("end")


def test_the_sdk_s_event_handler_works(fake: FakeOpenAI) -> None:
    """The helper that the SDK has for streamed runs tells texts, calls and ends, and gathers the whole."""
    fake.script(tool_call("get_weather"), chunks("Sun", "ny."))
    thread_id = thread_of(fake)
    handler = Heard()
    with fake.beta.threads.runs.stream(thread_id=thread_id, assistant_id="asst_x", event_handler=handler) as stream:
        stream.until_done()
        run = stream.get_final_run()
    assert (run.status, handler.heard) == ("requires_action", ["call get_weather({})", "end"])
    handler = Heard()
    with fake.beta.threads.runs.submit_tool_outputs_stream(
        run_id=run.id, thread_id=thread_id, tool_outputs=outputs(run), event_handler=handler
    ) as stream:
        stream.until_done()
        message: Any = stream.get_final_messages()[0]
    assert handler.heard == ["delta Sun", "delta ny.", "text Sunny.", "end"]
    assert (message.content[0].text.value, message.status) == ("Sunny.", "completed")
    assert fake.beta.threads.messages.list(thread_id).data[0].id == message.id


def test_a_cut_answer_is_an_incomplete_message(fake: FakeOpenAI) -> None:
    """A limit of tokens ends message and run as incomplete."""
    fake.beta.threads.runs.create.returns("one two three four five six")
    stream = fake.beta.threads.runs.create(thread_of(fake), assistant_id="asst_x", max_completion_tokens=2, stream=True)
    events: list[Any] = list(stream)
    assert [event.event for event in events[-3:]] == [
        "thread.message.incomplete",
        "thread.run.step.completed",
        "thread.run.incomplete",
    ]
    assert events[-3].data.incomplete_details.reason == "max_tokens"


def test_a_stream_may_break(fake: FakeOpenAI) -> None:
    """A scripted break comes where it is said, as the API's error."""
    fake.beta.threads.runs.create.returns(["Sunny.", break_after(4, 500)])
    stream = fake.beta.threads.runs.create(thread_of(fake), assistant_id="asst_x", stream=True)
    heard = [next(stream).event for _ in range(4)]
    assert heard[-1] == "thread.run.step.created"
    with pytest.raises(openai.APIError):
        next(stream)


async def test_the_async_client_streams_alike() -> None:
    """The asynchronous client and its helper get the same events."""
    fake = FakeAsyncOpenAI(replies=[chunks("Sun", "ny.")] * 2)
    thread = await fake.beta.threads.create(messages=[{"role": "user", "content": "Weather?"}])
    stream = await fake.beta.threads.runs.create(thread.id, assistant_id="asst_x", stream=True)
    assert [event.event async for event in stream][3:] == SAYING
    async with fake.beta.threads.runs.stream(thread_id=thread.id, assistant_id="asst_x") as helped:
        assert [text async for text in helped.text_deltas] == ["Sun", "ny."]
        final: Any = await helped.get_final_messages()
    assert final[0].content[0].text.value == "Sunny."


@pytest.mark.parametrize(
    ("said", "passed"),
    [
        ({"status": "failed"}, ["failed"]),
        ({"status": "cancelled"}, ["cancelling", "cancelled"]),
        ({"status": "expired"}, ["expired"]),
        ({"status": "incomplete", "incomplete_details": {"reason": "max_prompt_tokens"}}, ["incomplete"]),
    ],
)
def test_a_status_that_a_test_gives_is_where_the_stream_ends(
    fake: FakeOpenAI, said: dict[str, Any], passed: list[str]
) -> None:
    """A run that a test has fail, be cancelled or expire does so in the course of its stream, and stays so."""
    fake.beta.threads.runs.create.returns({**said, "usage": {"prompt_tokens": 7}})
    thread_id = thread_of(fake)
    events: list[Any] = list(fake.beta.threads.runs.create(thread_id, assistant_id="asst_x", stream=True))
    runs = [(event.event, event.data.status) for event in events if event.data.object == "thread.run"]
    assert runs[:3] == [
        ("thread.run.created", "queued"),
        ("thread.run.queued", "queued"),
        ("thread.run.in_progress", "in_progress"),
    ]
    assert runs[3:] == [(f"thread.run.{status}", status) for status in passed]
    assert events[0].data.usage is None
    final = events[-1].data
    assert (final.usage.prompt_tokens, final.usage.total_tokens) == (7, 0)
    assert bool(final.incomplete_details) == ("incomplete_details" in said)
    assert bool(final.last_error) == (said["status"] == "failed")
    assert fake.beta.threads.runs.retrieve(final.id, thread_id=thread_id).status == said["status"]


@pytest.mark.parametrize("streamed", [True, False])
def test_the_calls_that_a_test_says_a_run_waits_for_are_its_step(fake: FakeOpenAI, streamed: bool) -> None:
    """A required action that is given as part of the run is what it calls; its outputs go to these calls by name."""
    call = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": '{"a":1}'}}
    action = {"type": "submit_tool_outputs", "submit_tool_outputs": {"tool_calls": [call]}}
    fake.beta.threads.runs.create.returns({"status": "requires_action", "required_action": action})
    thread_id = thread_of(fake)
    run: Any = fake.beta.threads.runs.create(thread_id, assistant_id="asst_x", stream=streamed)
    if streamed:
        events: list[Any] = list(run)
        run = events[-1].data
        assert [event.event for event in events if "message" in event.event] == []
        told = [event.data.delta.step_details.tool_calls[0].function for event in events if "delta" in event.event]
        assert "".join(each.arguments for each in told) == '{"a":1}'
    assert run.required_action.to_dict() == action
    output: Any = {"tool_call_id": "call_1", "output": "b"}
    fake.beta.threads.runs.submit_tool_outputs_and_poll(run_id=run.id, thread_id=thread_id, tool_outputs=[output])
    (step, _) = fake.beta.threads.runs.steps.list(run.id, thread_id=thread_id, order="asc")
    details: Any = step.step_details
    assert details.tool_calls[0].function.to_dict() == {"name": "f", "arguments": '{"a":1}', "output": "b"}
