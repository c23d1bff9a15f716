"""The user guide's examples, as a user has them in a test file: one for each thing that a decorator can do."""

# pyright: reportDeprecated=false

import importlib.metadata
import time
import warnings
from collections.abc import Iterator
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI, OpenAI
from openai.types.beta import Assistant

import fakeopenai
from fakeopenai import (
    AssistantsMock,
    ChatCompletionMock,
    EmbeddingsMock,
    FilesMock,
    MessagesMock,
    OpenAIMock,
    ResponsesMock,
    RunsMock,
    RunStepsMock,
    StateStore,
    ThreadsMock,
)

_INSTALLED = "fakeopenai" in {entry.name for entry in importlib.metadata.entry_points(group="pytest11")}
pytest_plugins = [] if _INSTALLED else ["fakeopenai.pytest_plugin"]


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """The SDK warns that assistants are deprecated."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


def ask(question: str = "Hello!") -> str | None:
    """The code under test: it builds its own client."""
    client = OpenAI(api_key="fakeKey")
    completion = client.chat.completions.create(model="gpt-5", messages=[{"role": "user", "content": question}])
    return completion.choices[0].message.content


# ------------------------------------------------------------------------------------------------ one decorator


@fakeopenai.mock.chat.completions(
    choices=[
        {"message": {"content": "Hello, how can I help?"}},
        {"message": {"content": "Hi! I'm here to help!"}},
        {"message": {"content": "How can I help?"}},
    ],
)
def test_create_chat_completion(chat_completion_mock: ChatCompletionMock) -> None:
    """The first example, word for word."""
    client = OpenAI(api_key="fakeKey")
    completion = client.chat.completions.create(
        model="gpt-5", messages=[{"role": "user", "content": "Hello!"}], n=3
    )  # fmt: skip
    assert len(completion.choices) == 3
    assert chat_completion_mock.create.route.calls.call_count == 1


@fakeopenai.mock.chat.completions(choices=[{"message": {"content": "Hello, how can I help?"}}])
async def test_async(chat_completion_mock: ChatCompletionMock) -> None:
    """Async works."""
    async with AsyncOpenAI(api_key="fakeKey") as client:
        completion = await client.chat.completions.create(
            model="gpt-5", messages=[{"role": "user", "content": "Hello!"}]
        )
    assert completion.choices[0].message.content == "Hello, how can I help?"
    assert chat_completion_mock.create.route.calls.call_count == 1


@fakeopenai.mock.embeddings(data=[{"embedding": [0.0023064255, -0.009327292]}])
def test_embeddings(embeddings_mock: EmbeddingsMock) -> None:
    """What is defined comes back; all else falls back to a default."""
    client = OpenAI(api_key="fakeKey")
    found = client.embeddings.create(model="text-embedding-3-small", input="The food was delicious.")
    assert found.data[0].embedding == [0.0023064255, -0.009327292]
    assert found.usage.prompt_tokens > 0
    assert embeddings_mock.create.calls[0].params["input"] == "The food was delicious."


@fakeopenai.mock.chat.completions()
def test_defaults_and_later_replies(chat_completion_mock: ChatCompletionMock) -> None:
    """Nothing defined: a default. Defined in the test: that."""
    assert ask()
    chat_completion_mock.create.response = {"choices": [{"message": {"content": "Later"}}]}
    assert ask() == "Later"


# ------------------------------------------------------------------------------------------------ chaining


@fakeopenai.mock.beta.assistants(name="Math Tutor")
@fakeopenai.mock.beta.threads()
@fakeopenai.mock.beta.threads.messages()
@fakeopenai.mock.beta.threads.runs()
@fakeopenai.mock.beta.threads.runs.steps()
def test_chaining(
    assistants_mock: AssistantsMock,
    threads_mock: ThreadsMock,
    messages_mock: MessagesMock,
    runs_mock: RunsMock,
    run_steps_mock: RunStepsMock,
) -> None:
    """Stacked decorators share an account: a run goes on, and answers into its thread."""
    client = OpenAI(api_key="fakeKey")
    assistant = client.beta.assistants.create(model="gpt-4o", instructions="You tutor.")
    assert assistant.name == "Math Tutor"
    thread = client.beta.threads.create()
    client.beta.threads.messages.create(thread.id, role="user", content="2 + 2?")
    run = client.beta.threads.runs.create(thread.id, assistant_id=assistant.id)
    seen = [run.status]
    while run.status != "completed":
        run = client.beta.threads.runs.retrieve(run.id, thread_id=thread.id)
        seen.append(run.status)
    assert seen == ["queued", "in_progress", "completed"]
    assert [message.role for message in client.beta.threads.messages.list(thread.id)] == ["assistant", "user"]
    assert len(list(client.beta.threads.runs.steps.list(run.id, thread_id=thread.id))) == 1
    assert assistants_mock.create.call_count == threads_mock.create.call_count == messages_mock.create.call_count == 1
    assert runs_mock.retrieve.call_count == 2
    assert run_steps_mock.list.called


# ------------------------------------------------------------------------------------------------ state

STORE = StateStore()
STORE.beta.assistants.put(
    Assistant(id="asst_abc123", created_at=1, model="gpt-4o", object="assistant", tools=[], name="Kept")
)


@fakeopenai.mock.beta.assistants(state_store=STORE)
def test_state_that_was_put_there() -> None:
    """A store of one's own, filled before."""
    assert OpenAI(api_key="fakeKey").beta.assistants.retrieve("asst_abc123").name == "Kept"


@fakeopenai.mock.files()
def test_stateful(files_mock: FilesMock) -> None:
    """What was created can be retrieved, and what was deleted can't."""
    client = OpenAI(api_key="fakeKey")
    created = client.files.create(file=("data.jsonl", b"{}"), purpose="batch")
    assert client.files.retrieve(created.id) == created
    assert client.files.delete(created.id).deleted
    with pytest.raises(openai.NotFoundError):
        client.files.retrieve(created.id)
    assert files_mock.retrieve.call_count == 2


@fakeopenai.mock.beta.threads(validate_assistant_exists=True)
@fakeopenai.mock.beta.assistants()
def test_existence_is_checked_where_asked_for() -> None:
    """By the older spelling of ``validate_exists``."""
    client = OpenAI(api_key="fakeKey")
    thread = client.beta.threads.create()
    with pytest.raises(openai.NotFoundError):
        client.beta.threads.runs.create(thread.id, assistant_id="asst_invalid")


# ------------------------------------------------------------------------------------------------ latency, failures


@fakeopenai.mock.chat.completions(latency=0.02)
def test_latency() -> None:
    """Real, unless the clock is virtual."""
    start = time.monotonic()
    ask()
    assert time.monotonic() - start >= 0.02


@fakeopenai.mock.chat.completions(choices=[{"message": {"content": "At last"}}], failures=2)
def test_failures(chat_completion_mock: ChatCompletionMock) -> None:
    """The client's own retries get past them, and nobody waits."""
    assert ask() == "At last"
    assert chat_completion_mock.create.calls[-1].attempts == 3


@fakeopenai.mock.chat.completions(failures=[429, openai.APITimeoutError])
def test_failures_of_a_kind() -> None:
    """Statuses or exceptions, in order; here a client that doesn't retry."""
    create: Any = OpenAI(api_key="fakeKey", max_retries=0).chat.completions.create
    for failure in (openai.RateLimitError, openai.APITimeoutError):
        with pytest.raises(failure):
            create(model="gpt-5", messages=[{"role": "user", "content": "Hello!"}])
    assert ask()


# ------------------------------------------------------------------------------------------------ sequence


@fakeopenai.mock.chat.completions(
    sequence={
        "create": [
            {"choices": [{"message": {"content": "Hello! How can I help?"}}]},
            {"choices": [{"message": {"content": "How are you?"}}]},
        ]
    }
)
def test_sequence(chat_completion_mock: ChatCompletionMock) -> None:
    """One for each call, the last one staying."""
    assert [ask(), ask(), ask()] == ["Hello! How can I help?", "How are you?", "How are you?"]
    assert chat_completion_mock.create.route.calls.call_count == 3


@fakeopenai.mock.beta.threads.runs(
    sequence={
        "create": [{"status": "in_progress"}],
        "retrieve": [{"status": "in_progress"}, {"status": "completed"}],
    }
)
@fakeopenai.mock.beta.threads()
@fakeopenai.mock.beta.assistants()
def test_sequence_of_several_operations() -> None:
    """Each operation has its own."""
    client = OpenAI(api_key="fakeKey")
    assistant = client.beta.assistants.create(model="gpt-4o", instructions="You tutor.")
    thread = client.beta.threads.create()
    run = client.beta.threads.runs.create(thread.id, assistant_id=assistant.id)
    seen = [client.beta.threads.runs.retrieve(run.id, thread_id=thread.id).status for _ in range(2)]
    assert [run.status, *seen] == ["in_progress", "in_progress", "completed"]


# ------------------------------------------------------------------------------------------------ the whole client


@fakeopenai.mock(replies=["from the chat", "from the responses"])
def test_the_whole_client(openai_mock: OpenAIMock, responses_mock: ResponsesMock) -> None:
    """One decorator for all; a fixture for each."""
    assert ask() == "from the chat"
    assert OpenAI(api_key="fakeKey").responses.create(model="gpt-5", input="Hi").output_text == "from the responses"
    assert [call.operation for call in openai_mock.calls] == ["chat.completions.create", "responses.create"]
    assert responses_mock.create.call_count == 1
