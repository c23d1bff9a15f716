"""Conversations: their items, and what responses append to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import openai
import pytest

from fakeopenai import FakeAsyncOpenAI, FakeOpenAI

USER: Any = {"type": "message", "role": "user", "content": "first"}


def texts(fake: FakeOpenAI, conversation: str) -> list[str]:
    """What was said in a conversation, oldest first."""
    return [cast("Any", item).content[0].text for item in fake.conversations.items.list(conversation, order="asc")]


def test_create_retrieve_update_delete(fake: FakeOpenAI) -> None:
    """A conversation lives until it is deleted; then the API's 404."""
    made = fake.conversations.create(metadata={"topic": "x"})
    assert made.id.startswith("conv_")
    assert fake.conversations.retrieve(made.id) == made
    assert fake.conversations.update(made.id, metadata={"topic": "y"}).metadata == {"topic": "y"}
    assert fake.conversations.retrieve(made.id).metadata == {"topic": "y"}
    deleted = fake.conversations.delete(made.id)
    assert (deleted.deleted, deleted.object) == (True, "conversation.deleted")
    with pytest.raises(openai.NotFoundError, match=f"Conversation with id '{made.id}' not found."):
        fake.conversations.retrieve(made.id)
    with pytest.raises(openai.NotFoundError):
        fake.conversations.items.list(made.id)


def test_items(fake: FakeOpenAI) -> None:
    """Items are appended, listed newest first in pages, retrieved, and taken out."""
    made = fake.conversations.create(items=[USER])
    appended = fake.conversations.items.create(made.id, items=cast("Any", [{**USER, "content": "second"}]))
    assert (appended.first_id, appended.has_more) == (appended.last_id, False)
    page = fake.conversations.items.list(made.id, limit=1)
    assert (page.data[0].to_dict()["id"], page.has_more) == (appended.first_id, True)
    assert texts(fake, made.id) == ["first", "second"]
    found = fake.conversations.items.retrieve(appended.first_id, conversation_id=made.id)
    assert found.to_dict() == page.data[0].to_dict()
    assert fake.conversations.items.delete(appended.first_id, conversation_id=made.id).id == made.id
    assert texts(fake, made.id) == ["first"]
    with pytest.raises(openai.NotFoundError, match="not found"):
        fake.conversations.items.retrieve(appended.first_id, conversation_id=made.id)
    with pytest.raises(openai.NotFoundError):
        fake.conversations.items.delete(appended.first_id, conversation_id=made.id)


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("as_object", [False, True])
def test_responses_append_to_their_conversation(fake: FakeOpenAI, *, streamed: bool, as_object: bool) -> None:
    """What is put into a turn and what comes out of it is in the conversation afterwards."""
    made = fake.conversations.create(items=[USER])
    fake.script("one", "two")
    conversation: Any = {"id": made.id} if as_object else made.id
    for question in ("1", "2"):
        if streamed:
            list(fake.responses.create(model="gpt-5", input=question, conversation=conversation, stream=True))
        else:
            response = fake.responses.create(model="gpt-5", input=question, conversation=conversation)
            assert response.conversation is not None
            assert response.conversation.id == made.id
    assert texts(fake, made.id) == ["first", "1", "one", "2", "two"]


def test_a_response_sees_its_conversation(fake: FakeOpenAI) -> None:
    """The model reads what was there when it was asked, and nothing that came later; the ids are the conversation's."""
    made = fake.conversations.create(items=[USER])
    fake.script("one", "two")
    first = fake.responses.create(model="gpt-5", input="1", conversation=made.id)
    second = fake.responses.create(model="gpt-5", input="2", conversation=made.id)
    seen = [cast("Any", item).content[0].text for item in fake.responses.input_items.list(first.id, order="asc")]
    assert seen == ["first", "1"]
    later = [cast("Any", item).id for item in fake.responses.input_items.list(second.id, order="asc")]
    kept = [cast("Any", item).id for item in fake.conversations.items.list(made.id, order="asc")]
    assert later == kept[:-1]
    assert first.usage is not None
    assert second.usage is not None
    assert second.usage.input_tokens > first.usage.input_tokens


def test_background_responses_append_when_they_are_done(fake: FakeOpenAI) -> None:
    """Nothing is appended before a background response has completed."""
    made = fake.conversations.create()
    response = fake.responses.create(model="gpt-5", input="1", conversation=made.id, background=True)
    fake.responses.retrieve(response.id)
    assert texts(fake, made.id) == []
    fake.responses.retrieve(response.id)
    assert len(texts(fake, made.id)) == 2


def test_a_cancelled_response_appends_nothing(fake: FakeOpenAI) -> None:
    """Nothing of a cancelled response is in the conversation."""
    made = fake.conversations.create()
    response = fake.responses.create(model="gpt-5", input="1", conversation=made.id, background=True)
    fake.responses.cancel(response.id)
    assert texts(fake, made.id) == []


def test_unknown_conversation(fake: FakeOpenAI) -> None:
    """A conversation that isn't there is a 404, for its own operations and for responses."""
    with pytest.raises(openai.NotFoundError, match="Conversation with id 'conv_x' not found"):
        fake.responses.create(model="gpt-5", input="Hi", conversation="conv_x")
    with pytest.raises(openai.NotFoundError):
        fake.conversations.items.create("conv_x", items=[USER])
    with pytest.raises(openai.NotFoundError):
        fake.conversations.delete("conv_x")


def test_an_id_of_another_form(fake: FakeOpenAI) -> None:
    """What can't be the id of a conversation is told so, by whatever operation; one that a test has put is taken."""
    asked: list[tuple[str, Callable[[], object]]] = [
        ("conversation_id", lambda: fake.conversations.retrieve("thread_1")),
        ("conversation_id", lambda: fake.conversations.items.list("thread_1")),
        ("conversation", lambda: fake.responses.create(model="gpt-5", input="Hi", conversation="thread_1")),
    ]
    for param, ask in asked:
        with pytest.raises(openai.BadRequestError, match="Expected an ID that begins with 'conv'") as caught:
            ask()
        assert (caught.value.param, caught.value.code) == (param, "invalid_value")
    fake.state.conversations.put({"id": "thread_1"})
    assert fake.conversations.retrieve("thread_1").id == "thread_1"


def test_a_scripted_conversation_is_kept(fake: FakeOpenAI) -> None:
    """The id and the metadata that a test gives are those under which the account keeps it, items included."""
    fake.conversations.create.returns({"id": "conv_mine"})
    made = fake.conversations.create(items=[USER], metadata={"topic": "tests"})
    assert (made.id, texts(fake, "conv_mine")) == ("conv_mine", ["first"])
    fake.conversations.update.returns({"metadata": {"topic": "scripted"}})
    fake.conversations.update("conv_mine", metadata={"topic": "sent"})
    assert fake.conversations.retrieve("conv_mine").metadata == {"topic": "scripted"}


def test_state_filled_by_a_test(fake: FakeOpenAI) -> None:
    """A conversation and its items that a test has put into the state are there for responses."""
    fake.state.conversations.put({"id": "conv_mine"})
    response = fake.responses.create(model="gpt-5", input="1", conversation="conv_mine")
    assert response.usage is not None
    assert len(texts(fake, "conv_mine")) == 2


async def test_async(afake: FakeAsyncOpenAI) -> None:
    """The asynchronous client pages through items as well."""
    made = await afake.conversations.create(items=[USER] * 3)
    assert len([item async for item in afake.conversations.items.list(made.id, limit=1)]) == 3
