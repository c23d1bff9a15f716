"""The user guide's stateful resources, by real clients that the code builds itself."""

import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from openai import AsyncOpenAI, OpenAI
from openai.types.beta import Assistant

import fakeopenai
from fakeopenai import FakeOpenAI, StateStore, tool_call


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """The SDK warns that assistants are deprecated."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


def client() -> Any:
    """A real client."""
    return OpenAI(api_key="sk-test")


def test_a_run_goes_on_one_step_per_retrieve() -> None:
    """From queued to completed; its reply becomes a message of the thread, and a run step."""
    with fakeopenai.mock(replies=["The answer is 4."]):
        real = client()
        assistant = real.beta.assistants.create(model="gpt-4o", name="Math")
        thread = real.beta.threads.create(messages=[{"role": "user", "content": "2 + 2?"}])
        run = real.beta.threads.runs.create(thread_id=thread.id, assistant_id=assistant.id)
        seen = [run.status]
        while run.status not in {"completed", "failed"}:
            run = real.beta.threads.runs.retrieve(run.id, thread_id=thread.id)
            seen.append(run.status)
        assert seen == ["queued", "in_progress", "completed"]
        newest = real.beta.threads.messages.list(thread.id).data[0]
        assert (newest.role, newest.content[0].text.value) == ("assistant", "The answer is 4.")
        assert real.beta.threads.runs.steps.list(run.id, thread_id=thread.id).data[0].type == "message_creation"


async def test_tool_calls_are_submitted_and_pollers_do_not_wait() -> None:
    """``requires_action`` with the scripted call, then its outputs, then the answer."""
    async with fakeopenai.mock(replies=[tool_call("look", at="it"), "Done."]) as mock:
        real: Any = AsyncOpenAI(api_key="sk-test")
        assistant = await real.beta.assistants.create(model="gpt-4o", instructions="Help.")
        thread = await real.beta.threads.create()
        run = await real.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)
        assert run.status == "requires_action"
        call = run.required_action.submit_tool_outputs.tool_calls[0]
        assert call.function.arguments == '{"at":"it"}'
        outputs = [{"tool_call_id": call.id, "output": "seen"}]
        run = await real.beta.threads.runs.submit_tool_outputs_and_poll(
            run_id=run.id, thread_id=thread.id, tool_outputs=outputs
        )
        assert run.status == "completed"
        assert mock.clock.sleeps
        await real.close()


def test_runs_stream_and_cancel() -> None:
    """A streamed run ends completed; a queued one can be cancelled."""
    with fakeopenai.mock(replies=["Hello", "never said"]):
        real = client()
        assistant = real.beta.assistants.create(model="gpt-4o", instructions="Help.")
        thread = real.beta.threads.create()
        with real.beta.threads.runs.stream(thread_id=thread.id, assistant_id=assistant.id) as stream:
            assert "".join(stream.text_deltas) == "Hello"
        run = real.beta.threads.runs.create(thread_id=thread.id, assistant_id=assistant.id)
        assert real.beta.threads.runs.cancel(run.id, thread_id=thread.id).status in {"cancelling", "cancelled"}


def test_a_store_is_filled_before_and_read_after() -> None:
    """Put by hand; found by the real client; shared by two decorators, and by two tests if they are given it."""
    store = StateStore()
    kept = Assistant(id="asst_mine", created_at=1, model="gpt-4o", object="assistant", tools=[], name="Mine")
    store.beta.assistants.put(kept)

    @fakeopenai.mock.beta.assistants(state_store=store)
    @fakeopenai.mock.beta.threads(state_store=store)
    def first() -> str:
        assert client().beta.assistants.retrieve("asst_mine").name == "Mine"
        return str(client().beta.threads.create().id)

    @fakeopenai.mock.beta.threads(state_store=store)
    def second(thread: str, openai_mock: FakeOpenAI) -> None:
        assert client().beta.threads.retrieve(thread).id == thread
        assert openai_mock.state is store

    call: Any = second
    call(first())
    assert store.beta.assistants.get("asst_mine") is not None
    assert len(list(store.beta.threads.list())) == 1


def test_files_are_uploaded_by_real_clients() -> None:
    """A multipart form, down to the bytes."""
    with fakeopenai.mock.files() as files:
        real = client()
        uploaded = real.files.create(file=("notes.jsonl", b"hello"), purpose="batch")
        assert real.files.content(uploaded.id).content == b"hello"
        assert [file.filename for file in real.files.list()] == ["notes.jsonl"]
        assert files.create.calls[0].files["file"].content == b"hello"
        real.files.delete(uploaded.id)
        assert not list(real.files.list())
