"""Assistants: what the API adds to what was sent, and how they change and go."""

from __future__ import annotations

import openai
import pytest

from fakeopenai import FakeAsyncOpenAI, FakeOpenAI

# The SDK marks all of it as deprecated; the code that our users test still calls it.
# pyright: reportDeprecated=false
pytestmark = pytest.mark.filterwarnings("ignore:.*deprecated:DeprecationWarning")

BARE_TOOL = {"type": "function", "function": {"name": "get_weather"}}


def test_defaults_are_those_of_the_api(fake: FakeOpenAI) -> None:
    """An assistant of which only the model is said has all the rest as the API has it."""
    made = fake.beta.assistants.create(model="gpt-4o").to_dict()
    assert made.pop("id", "")
    assert made.pop("created_at", 0)
    assert made == {
        "object": "assistant",
        "name": None,
        "description": None,
        "model": "gpt-4o",
        "instructions": None,
        "tools": [],
        "top_p": 1.0,
        "temperature": 1.0,
        "reasoning_effort": None,
        "tool_resources": {},
        "metadata": {},
        "response_format": "auto",
    }


def test_a_function_without_parameters_takes_an_empty_object(fake: FakeOpenAI) -> None:
    """What was left out of a function stands in the answer as the API completes it."""
    made = fake.beta.assistants.create(model="gpt-4o", tools=[BARE_TOOL])  # type: ignore[list-item]
    assert made.to_dict()["tools"] == [
        {
            "type": "function",
            "function": {
                "name": "get_weather",
                "parameters": {"type": "object", "properties": {}},
                "strict": False,
            },
        }
    ]


def test_hosted_tools_bring_their_resources(fake: FakeOpenAI) -> None:
    """The tools that the API runs itself have a place for their files, empty if none were sent."""
    made = fake.beta.assistants.create(model="gpt-4o", tools=[{"type": "code_interpreter"}, {"type": "file_search"}])
    assert made.to_dict()["tool_resources"] == {
        "code_interpreter": {"file_ids": []},
        "file_search": {"vector_store_ids": []},
    }


def test_vector_stores_asked_for_in_passing_are_made(fake: FakeOpenAI) -> None:
    """A vector store described in the resources exists from then on, and its files get ready."""
    file = fake.files.create(file=("a.txt", b"blue whales"), purpose="assistants")
    made = fake.beta.assistants.create(
        model="gpt-4o",
        tools=[{"type": "file_search"}],
        tool_resources={"file_search": {"vector_stores": [{"file_ids": [file.id], "metadata": {"k": "v"}}]}},
    )
    resources = made.tool_resources
    assert resources is not None
    assert resources.file_search is not None
    assert resources.file_search.vector_store_ids
    store = fake.vector_stores.retrieve(resources.file_search.vector_store_ids[0])
    assert (store.metadata, store.file_counts.completed, store.status) == ({"k": "v"}, 1, "completed")
    assert [each.id for each in fake.vector_stores.files.list(store.id)] == [file.id]
    assert fake.vector_stores.search(store.id, query="whales").data[0].filename == "a.txt"


def test_updates_replace_and_complete(fake: FakeOpenAI) -> None:
    """An update replaces what it names, and new tools are completed as at creation."""
    made = fake.beta.assistants.create(model="gpt-4o", name="one")
    changed = fake.beta.assistants.update(made.id, name="two", tools=[{"type": "code_interpreter"}])
    assert (changed.name, changed.model) == ("two", "gpt-4o")
    assert changed.to_dict()["tool_resources"] == {"code_interpreter": {"file_ids": []}}
    assert fake.beta.assistants.retrieve(made.id) == changed


def test_a_listing_is_newest_first(fake: FakeOpenAI) -> None:
    """Assistants come newest first, and page by page."""
    made = [fake.beta.assistants.create(model="gpt-4o").id for _ in range(3)]
    assert [each.id for each in fake.beta.assistants.list(limit=2)] == made[::-1]
    assert [each.id for each in fake.beta.assistants.list(order="asc")] == made


def test_deleted_ones_are_missed(fake: FakeOpenAI) -> None:
    """A deleted assistant is a 404 in the API's words, also for a run that names it."""
    made = fake.beta.assistants.create(model="gpt-4o")
    assert fake.beta.assistants.delete(made.id).to_dict() == {
        "id": made.id,
        "object": "assistant.deleted",
        "deleted": True,
    }
    thread = fake.beta.threads.create(messages=[{"role": "user", "content": "Hi"}])
    for call in (
        lambda: fake.beta.assistants.retrieve(made.id),
        lambda: fake.beta.threads.runs.create(thread.id, assistant_id=made.id),
        lambda: fake.beta.threads.create_and_run(assistant_id=made.id),
    ):
        with pytest.raises(openai.NotFoundError, match=f"No assistant found with id '{made.id}'"):
            call()
    assert not fake.beta.threads.runs.list(thread.id).data


def test_an_unknown_file_is_refused_if_references_are_checked() -> None:
    """With validate_exists, resources may only name what is there, and nothing is made of a refused request."""
    fake = FakeOpenAI(validate_exists=True)
    with pytest.raises(openai.NotFoundError):
        fake.beta.assistants.create(
            model="gpt-4o", tool_resources={"file_search": {"vector_stores": [{"file_ids": ["file-none"]}]}}
        )
    assert not fake.vector_stores.list().data


async def test_the_async_client_does_the_same() -> None:
    """The asynchronous client sees the same assistants."""
    fake = FakeAsyncOpenAI()
    made = await fake.beta.assistants.create(model="gpt-4o", tools=[{"type": "code_interpreter"}])
    assert [each.id async for each in fake.beta.assistants.list()] == [made.id]
