"""Runs: their course, the tools they wait for, what they leave behind, and what the API refuses."""

from __future__ import annotations

from typing import Any

import openai
import pytest

from fakeopenai import (
    FakeAsyncOpenAI,
    FakeOpenAI,
    Request,
    ScriptExhausted,
    UsageError,
    VirtualClock,
    error,
    refusal,
    reply,
    tool_call,
)

# The SDK marks all of it as deprecated; the code that our users test still calls it.
# pyright: reportDeprecated=false
pytestmark = pytest.mark.filterwarnings("ignore:.*deprecated:DeprecationWarning")

TOOLS: Any = [
    {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object", "properties": {}}}}
]


def thread_of(fake: FakeOpenAI, text: str = "Weather?") -> str:
    """A new thread with one message of the user."""
    return fake.beta.threads.create(messages=[{"role": "user", "content": text}]).id


def texts(fake: FakeOpenAI, thread_id: str) -> list[str]:
    """What was said in a thread, newest first."""
    messages: Any = fake.beta.threads.messages.list(thread_id)
    return [message.content[0].text.value for message in messages]


def outputs(run: Any, text: str = "sunny") -> list[Any]:
    """An output for each call that a run waits for."""
    calls = run.required_action.submit_tool_outputs.tool_calls
    return [{"tool_call_id": call.id, "output": text} for call in calls]


def test_a_run_moves_one_step_per_retrieve(fake: FakeOpenAI) -> None:
    """Queued, in progress, completed: each look moves it on, and its times say so."""
    fake.beta.threads.runs.create.returns("It is sunny.")
    thread_id = thread_of(fake)
    run = fake.beta.threads.runs.create(thread_id, assistant_id="asst_x")
    assert (run.status, run.started_at, run.usage) == ("queued", None, None)
    assert run.expires_at == run.created_at + 600
    seen = [fake.beta.threads.runs.retrieve(run.id, thread_id=thread_id) for _ in range(3)]
    assert [each.status for each in seen] == ["in_progress", "completed", "completed"]
    assert seen[0].started_at
    assert not seen[0].completed_at
    assert seen[1].completed_at
    assert seen[1].expires_at is None
    assert texts(fake, thread_id) == ["It is sunny.", "Weather?"]


def test_the_answer_is_a_message_and_a_step(fake: FakeOpenAI) -> None:
    """What a run says is a message of the thread that names the run, and a step that names the message."""
    thread_id = thread_of(fake)
    run = fake.beta.threads.runs.create_and_poll(thread_id=thread_id, assistant_id="asst_x")
    message = fake.beta.threads.messages.list(thread_id, run_id=run.id).data[0]
    assert (message.role, message.assistant_id, message.run_id) == ("assistant", "asst_x", run.id)
    (step,) = fake.beta.threads.runs.steps.list(run.id, thread_id=thread_id)
    assert step.step_details.to_dict() == {
        "type": "message_creation",
        "message_creation": {"message_id": message.id},
    }
    assert (step.status, step.run_id) == ("completed", run.id)
    assert step.usage
    assert run.usage
    assert step.usage.to_dict() == run.usage.to_dict()
    assert fake.beta.threads.runs.steps.retrieve(step.id, thread_id=thread_id, run_id=run.id) == step
    with pytest.raises(openai.NotFoundError, match="No run step found with id 'step_123'"):
        fake.beta.threads.runs.steps.retrieve("step_123", thread_id=thread_id, run_id=run.id)


def test_a_run_takes_what_it_lacks_from_its_assistant(fake: FakeOpenAI) -> None:
    """Model, instructions, tools and the rest are the assistant's, unless the request says otherwise."""
    assistant = fake.beta.assistants.create(
        model="gpt-4.1", instructions="Be brief.", tools=TOOLS, temperature=0.5, response_format={"type": "text"}
    )
    thread_id = thread_of(fake)
    run = fake.beta.threads.runs.create_and_poll(thread_id=thread_id, assistant_id=assistant.id)
    assert (run.model, run.instructions, run.temperature) == ("gpt-4.1", "Be brief.", 0.5)
    assert (run.tools, run.response_format) == (assistant.tools, assistant.response_format)
    run = fake.beta.threads.runs.create(
        thread_id,
        assistant_id=assistant.id,
        model="gpt-4o",
        tools=[],
        temperature=0,
        additional_instructions="Be kind.",
        metadata={"k": "v"},
    )
    assert (run.model, run.tools, run.temperature, run.metadata) == ("gpt-4o", [], 0, {"k": "v"})
    assert run.instructions == "Be brief.\nBe kind."


def test_additional_messages_come_before_the_run(fake: FakeOpenAI) -> None:
    """Messages sent with a run stand in the thread, before its answer."""
    thread_id = fake.beta.threads.create().id
    fake.beta.threads.runs.create_and_poll(
        thread_id=thread_id, assistant_id="asst_x", additional_messages=[{"role": "user", "content": "More"}]
    )
    assert texts(fake, thread_id)[1:] == ["More"]


def test_tools_are_called_and_answered(fake: FakeOpenAI) -> None:
    """A scripted tool call has the run wait; with the outputs it goes on with the next reply of the same script."""
    fake.beta.threads.runs.create.returns([tool_call("get_weather", city="Paris"), tool_call("get_time")], "Sunny.")
    clock: Any = {"type": "function", "function": {"name": "get_time"}}
    assistant = fake.beta.assistants.create(model="gpt-4o", tools=[*TOOLS, clock])
    thread_id = thread_of(fake)
    run = fake.beta.threads.runs.create_and_poll(thread_id=thread_id, assistant_id=assistant.id)
    assert run.status == "requires_action"
    assert run.required_action
    calls = run.required_action.submit_tool_outputs.tool_calls
    assert [(call.function.name, call.function.arguments) for call in calls] == [
        ("get_weather", '{"city":"Paris"}'),
        ("get_time", "{}"),
    ]
    assert fake.beta.threads.runs.retrieve(run.id, thread_id=thread_id) == run
    (step,) = fake.beta.threads.runs.steps.list(run.id, thread_id=thread_id)
    assert (step.status, step.type, step.usage) == ("in_progress", "tool_calls", None)
    again = fake.beta.threads.runs.submit_tool_outputs(run.id, thread_id=thread_id, tool_outputs=outputs(run))
    assert (again.status, again.required_action, again.started_at) == ("queued", None, run.started_at)
    done = fake.beta.threads.runs.poll(run.id, thread_id=thread_id)
    assert done.status == "completed"
    assert texts(fake, thread_id) == ["Sunny.", "Weather?"]
    said, called = fake.beta.threads.runs.steps.list(run.id, thread_id=thread_id)
    details: Any = called.step_details
    assert [call.function.output for call in details.tool_calls] == ["sunny", "sunny"]
    assert done.usage
    assert said.usage
    assert called.usage
    assert done.usage.total_tokens == said.usage.total_tokens + called.usage.total_tokens
    fake.assert_complete()


def test_a_reply_for_every_run_calls_its_tool_once_in_each(fake: FakeOpenAI) -> None:
    """With one reply for all runs, the model answers once the tool has: a program's loop ends."""
    fake.beta.threads.runs.create.returns(tool_call("get_weather"))
    for _ in range(2):
        thread_id = thread_of(fake)
        run = fake.beta.threads.runs.create_and_poll(thread_id=thread_id, assistant_id="asst_x")
        run = fake.beta.threads.runs.submit_tool_outputs_and_poll(
            run_id=run.id, thread_id=thread_id, tool_outputs=outputs(run)
        )
        assert run.status == "completed"


def test_a_demanded_tool_is_called_unscripted(fake: FakeOpenAI) -> None:
    """A tool choice that demands a call gets one by default, and an answer afterwards."""
    thread_id = thread_of(fake)
    run = fake.beta.threads.runs.create_and_poll(
        thread_id=thread_id, assistant_id="asst_x", tools=TOOLS, tool_choice="required"
    )
    assert run.status == "requires_action"
    run = fake.beta.threads.runs.submit_tool_outputs_and_poll(
        run_id=run.id, thread_id=thread_id, tool_outputs=outputs(run)
    )
    assert run.status == "completed"


def test_turns_of_the_account_reach_runs() -> None:
    """The account's turns go to runs as to any endpoint that a model speaks through, outputs of tools included."""
    fake = FakeOpenAI(replies=[tool_call("get_weather"), "Sunny.", "Bye."])
    run = fake.beta.threads.create_and_run_poll(
        assistant_id="asst_x", thread={"messages": [{"role": "user", "content": "Weather?"}]}
    )
    fake.beta.threads.runs.submit_tool_outputs_and_poll(
        run_id=run.id, thread_id=run.thread_id, tool_outputs=outputs(run)
    )
    assert texts(fake, run.thread_id) == ["Sunny.", "Weather?"]
    assert fake.responses.create(model="gpt-5", input="x").output_text == "Bye."
    fake.assert_complete()
    with pytest.raises(ScriptExhausted):
        fake.beta.threads.runs.create(run.thread_id, assistant_id="asst_x")


def test_a_reply_function_is_asked_for_each_turn(fake: FakeOpenAI) -> None:
    """A function of the request answers the run, and again once its tools have."""
    create = fake.beta.threads.runs.create
    create.returns(lambda request: "done" if request.tool_results else tool_call("get_weather"))
    thread_id = thread_of(fake)
    run = create(thread_id, assistant_id="asst_x")
    run = fake.beta.threads.runs.poll(run.id, thread_id=thread_id)
    fake.beta.threads.runs.submit_tool_outputs_and_poll(run_id=run.id, thread_id=thread_id, tool_outputs=outputs(run))
    assert texts(fake, thread_id)[0] == "done"


def test_scripts_see_what_the_model_sees(fake: FakeOpenAI) -> None:
    """A function of the request reads the assistant's instructions and tools, the thread, calls and their outputs."""
    seen: list[Any] = []

    def answer(request: Request) -> Any:
        seen.append((request.system_text, request.last_user_text, [tool.name for tool in request.tools]))
        return request.tool_results[0].name if request.tool_results else tool_call("get_weather")

    fake.beta.threads.runs.create.returns(answer)
    assistant = fake.beta.assistants.create(model="gpt-4o", instructions="Be brief.", tools=TOOLS)
    thread_id = thread_of(fake)
    run = fake.beta.threads.runs.create_and_poll(thread_id=thread_id, assistant_id=assistant.id)
    fake.beta.threads.runs.submit_tool_outputs_and_poll(run_id=run.id, thread_id=thread_id, tool_outputs=outputs(run))
    assert seen == [("Be brief.", "Weather?", ["get_weather"])] * 2
    assert texts(fake, thread_id)[0] == "get_weather"


def test_refused_calls_use_up_no_reply(fake: FakeOpenAI) -> None:
    """What the API refuses is answered by no model: the reply waits for the call that is accepted."""
    fake.beta.threads.runs.create.returns(tool_call("get_weather"), "Sunny.")
    thread_id = thread_of(fake)
    run = fake.beta.threads.runs.create_and_poll(thread_id=thread_id, assistant_id="asst_x")
    with pytest.raises(openai.BadRequestError, match="already has an active run"):
        fake.beta.threads.runs.create(thread_id, assistant_id="asst_x")
    (asked,) = outputs(run)
    with pytest.raises(openai.BadRequestError, match=r"Expected tool outputs for call_ids \['call_"):
        fake.beta.threads.runs.submit_tool_outputs(
            run.id, thread_id=thread_id, tool_outputs=[{"tool_call_id": "call_other"}]
        )
    fake.beta.threads.runs.submit_tool_outputs_and_poll(run_id=run.id, thread_id=thread_id, tool_outputs=[asked])
    assert texts(fake, thread_id)[0] == "Sunny."


def test_outputs_are_refused_unless_awaited(fake: FakeOpenAI) -> None:
    """A run that waits for nothing accepts no outputs, in the API's words."""
    run = fake.beta.threads.runs.create(thread_of(fake), assistant_id="asst_x")
    with pytest.raises(openai.BadRequestError) as refused:
        fake.beta.threads.runs.submit_tool_outputs(run.id, thread_id=run.thread_id, tool_outputs=[])
    assert 'Runs in status "queued" do not accept tool outputs.' in refused.value.message


def test_cancelling_takes_a_look(fake: FakeOpenAI) -> None:
    """A cancelled run is cancelling first, leaves no message, and can't be cancelled twice."""
    fake.beta.threads.runs.create.returns(tool_call("get_weather"))
    thread_id = thread_of(fake)
    run = fake.beta.threads.runs.create_and_poll(thread_id=thread_id, assistant_id="asst_x")
    assert fake.beta.threads.runs.cancel(run.id, thread_id=thread_id).status == "cancelling"
    run = fake.beta.threads.runs.retrieve(run.id, thread_id=thread_id)
    assert (run.status, run.required_action, run.expires_at) == ("cancelled", None, None)
    assert run.cancelled_at
    (step,) = fake.beta.threads.runs.steps.list(run.id, thread_id=thread_id)
    assert step.status == "cancelled"
    assert texts(fake, thread_id) == ["Weather?"]
    with pytest.raises(openai.BadRequestError, match="Cannot cancel run with status 'cancelled'"):
        fake.beta.threads.runs.cancel(run.id, thread_id=thread_id)


@pytest.mark.parametrize(("lifecycle", "status"), [("instant", "completed"), ("manual", "queued")])
def test_lifecycles(lifecycle: Any, status: str) -> None:
    """A run may be over at once, or move only when the test says so."""
    fake = FakeOpenAI(lifecycle=lifecycle)
    thread_id = thread_of(fake)
    run = fake.beta.threads.runs.create(thread_id, assistant_id="asst_x")
    assert run.status == status
    assert fake.beta.threads.runs.retrieve(run.id, thread_id=thread_id).status == status
    assert fake.advance(run, to="completed").status == "completed"
    assert len(texts(fake, thread_id)) == 2


def test_failures_are_moved_to(fake: FakeOpenAI) -> None:
    """A test takes a run to failure, and polling sees it with the API's error."""
    run = fake.beta.threads.runs.create(thread_of(fake), assistant_id="asst_x")
    failed = fake.advance(run, to="failed")
    assert failed.failed_at
    assert failed.last_error.code == "server_error"
    assert fake.beta.threads.runs.poll(run.id, thread_id=run.thread_id).status == "failed"


def test_a_run_can_be_taken_to_its_tools(fake: FakeOpenAI) -> None:
    """Moved to requires_action unscripted, a run calls one of its functions."""
    run = fake.beta.threads.runs.create(thread_of(fake), assistant_id="asst_x", tools=TOOLS)
    moved = fake.advance(run, to="requires_action")
    assert moved.required_action.submit_tool_outputs.tool_calls[0].function.name == "get_weather"


def test_a_run_expires() -> None:
    """After ten minutes of waiting for outputs a run has expired, and locks its thread no more."""
    clock = VirtualClock()
    fake = FakeOpenAI(clock=clock)
    fake.beta.threads.runs.create.returns(tool_call("get_weather"), "Sunny.")
    thread_id = thread_of(fake)
    run = fake.beta.threads.runs.create_and_poll(thread_id=thread_id, assistant_id="asst_x")
    clock.advance(601)
    assert fake.beta.threads.runs.retrieve(run.id, thread_id=thread_id).status == "expired"
    assert fake.beta.threads.runs.create(thread_id, assistant_id="asst_x").status == "queued"


def test_a_limit_of_tokens_ends_a_run(fake: FakeOpenAI) -> None:
    """A text that is too long is cut, and the run is incomplete for that reason."""
    fake.beta.threads.runs.create.returns("one two three four five six seven")
    thread_id = thread_of(fake)
    run = fake.beta.threads.runs.create_and_poll(thread_id=thread_id, assistant_id="asst_x", max_completion_tokens=3)
    assert run.status == "incomplete"
    assert run.incomplete_details
    assert run.incomplete_details.reason == "max_completion_tokens"
    assert len(texts(fake, thread_id)[0]) < 20


def test_refusals_and_usage(fake: FakeOpenAI) -> None:
    """A refusal is a block of its own; usage that a test gives is what the run used."""
    fake.beta.threads.runs.create.returns(refusal("No."), reply("Yes.", usage={"completion_tokens": 100}))
    thread_id = thread_of(fake)
    fake.beta.threads.runs.create_and_poll(thread_id=thread_id, assistant_id="asst_x")
    assert fake.beta.threads.messages.list(thread_id).data[0].content[0].to_dict() == {
        "type": "refusal",
        "refusal": "No.",
    }
    run = fake.beta.threads.runs.create_and_poll(thread_id=thread_id, assistant_id="asst_x")
    assert run.usage
    assert run.usage.completion_tokens == 100


def test_a_run_needs_something_to_go_on(fake: FakeOpenAI) -> None:
    """Without instructions and without a word of the user's there is nothing to run, recorded."""
    assistant = fake.beta.assistants.create(model="gpt-4o")
    thread_id = fake.beta.threads.create().id
    with pytest.raises(openai.BadRequestError) as refused:
        fake.beta.threads.runs.create(thread_id, assistant_id=assistant.id)
    assert refused.value.code == "invalid_thread"
    assert fake.beta.threads.runs.create(thread_id, assistant_id=assistant.id, instructions="Say hi.").id


def test_what_a_test_says_of_a_run_holds(fake: FakeOpenAI) -> None:
    """A partial response lies over the run, and is what is kept."""
    fake.beta.threads.runs.create.returns({"id": "run_mine", "status": "failed"})
    thread_id = thread_of(fake)
    fake.beta.threads.runs.create(thread_id, assistant_id="asst_x")
    assert [(run.id, run.status) for run in fake.beta.threads.runs.list(thread_id)] == [("run_mine", "failed")]


def test_errors_and_what_a_run_cannot_say(fake: FakeOpenAI) -> None:
    """A scripted error is the API's; an item of the Responses API is the test author's mistake."""
    thread_id = thread_of(fake)
    fake.beta.threads.runs.create.raises(error(500, message="down"))
    with pytest.raises(openai.InternalServerError, match="down"):
        fake.with_options(max_retries=0).beta.threads.runs.create(thread_id, assistant_id="asst_x")
    fake.reset()
    fake.script(tool_call("f", input="free text"))
    with pytest.raises(UsageError, match="custom tool"):
        fake.beta.threads.runs.create(thread_id, assistant_id="asst_x")
    assert not fake.beta.threads.runs.list(thread_id).data


def test_unknown_assistants_are_accepted_unless_references_are_checked() -> None:
    """An id from an application's settings need not be rebuilt; with validate_exists it has to be there."""
    fake = FakeOpenAI(validate_exists=True)
    with pytest.raises(openai.NotFoundError, match="No assistant found with id 'asst_x'"):
        fake.beta.threads.runs.create(thread_of(fake), assistant_id="asst_x")


def test_outputs_of_a_run_that_was_never_created() -> None:
    """Where missing objects are made up, so are the run and the step that got the outputs, with an id or without."""
    fake = FakeOpenAI(missing="synthesize", strict=False)
    sent: list[Any] = [{"tool_call_id": "call_1", "output": "sunny"}, {}]
    run = fake.beta.threads.runs.submit_tool_outputs("run_1", thread_id="thread_1", tool_outputs=sent)
    assert (run.id, run.thread_id, run.status) == ("run_1", "thread_1", "queued")
    details: Any = fake.beta.threads.runs.steps.list("run_1", thread_id="thread_1").data[0].step_details
    assert [(call.id, call.function.output) for call in details.tool_calls] == [("call_1", "sunny")]
    assert fake.beta.threads.runs.poll("run_1", thread_id="thread_1").status == "completed"


def test_metadata_of_a_run_can_change(fake: FakeOpenAI) -> None:
    """An update replaces the metadata and nothing else, whatever the status."""
    run = fake.beta.threads.runs.create(thread_of(fake), assistant_id="asst_x")
    updated = fake.beta.threads.runs.update(run.id, thread_id=run.thread_id, metadata={"k": "v"})
    assert (updated.metadata, updated.status) == ({"k": "v"}, "queued")


def test_a_run_put_by_a_test_goes_its_way(fake: FakeOpenAI) -> None:
    """A run that a test has put into the state moves like any other."""
    thread_id = thread_of(fake)
    collection = fake.backend.state.collection("beta.threads.runs", thread_id)
    run = fake.beta.threads.runs.create(thread_id, assistant_id="asst_x")
    collection.put(run.to_dict(), extra={})
    assert fake.beta.threads.runs.poll(run.id, thread_id=thread_id).status == "completed"


async def test_the_async_client_does_the_same() -> None:
    """Pollers of the asynchronous client end without waiting."""
    fake = FakeAsyncOpenAI(clock=VirtualClock())
    fake.beta.threads.create_and_run.returns(tool_call("get_weather"), "Sunny.")
    run = await fake.beta.threads.create_and_run_poll(
        assistant_id="asst_x", thread={"messages": [{"role": "user", "content": "Weather?"}]}
    )
    run = await fake.beta.threads.runs.submit_tool_outputs_and_poll(
        run_id=run.id, thread_id=run.thread_id, tool_outputs=outputs(run)
    )
    messages: Any = [message async for message in fake.beta.threads.messages.list(run.thread_id)]
    assert messages[0].content[0].text.value == "Sunny."
    fake.assert_complete()
