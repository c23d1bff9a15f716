"""Responses over time: chains of turns, background responses, what is stored and what the model saw."""

from __future__ import annotations

import time
from typing import Any, cast

import openai
import pytest
from openai.types.responses import Response

from fakeopenai import FakeOpenAI, StateStore, items, tool_call
from fakeopenai.operations.generation import DEFAULT_TEXT

ASK: dict[str, Any] = {"model": "gpt-5", "input": "Hi"}


def ask(fake: Any, **more: Any) -> Any:
    """The plainest response, or a stream of it, asked of a fake of either kind."""
    return fake.responses.create(**ASK, **more)


def texts(page: Any) -> list[str]:
    """The texts of a page's messages."""
    return [item.content[0].text for item in page.data]


# ------------------------------------------------------------------------------------------------ chains


def test_a_chain_is_seen_in_order(fake: FakeOpenAI) -> None:
    """The model sees earlier turns, what was put in and what came out, and then the new input."""
    fake.script("one", "two")
    first = fake.responses.create(model="gpt-5", input="1")
    second = fake.responses.create(model="gpt-5", input="2", previous_response_id=first.id)
    assert second.previous_response_id == first.id
    assert texts(fake.responses.input_items.list(second.id, order="asc")) == ["1", "one", "2"]
    assert texts(fake.responses.input_items.list(second.id)) == ["2", "one", "1"]
    assert texts(fake.responses.input_items.list(first.id)) == ["1"]


def test_input_items_page(fake: FakeOpenAI) -> None:
    """Items come in pages, with ids that stay the same from one listing to the next."""
    response = fake.responses.create(model="gpt-5", input=cast("Any", [{"role": "user", "content": t} for t in "abc"]))
    page = fake.responses.input_items.list(response.id, limit=2, order="asc")
    assert (texts(page), page.has_more) == (["a", "b"], True)
    rest = fake.responses.input_items.list(response.id, limit=2, order="asc", after=cast("Any", page.data[-1]).id)
    assert (texts(rest), rest.has_more) == (["c"], False)
    assert [cast("Any", item).id for item in fake.responses.input_items.list(response.id, order="asc")] == [
        cast("Any", item).id for item in [*page.data, *rest.data]
    ]


def test_unknown_cursor_of_input_items(fake: FakeOpenAI) -> None:
    """A cursor that is none of the items is refused."""
    response = ask(fake)
    with pytest.raises(openai.BadRequestError, match="after"):
        fake.responses.input_items.list(response.id, after="msg_nope")


def test_tool_loop_by_chain(fake: FakeOpenAI) -> None:
    """A tool's output that follows by ``previous_response_id`` is listed behind its call."""
    fake.script(tool_call("get_weather", city="Paris"), "It is sunny.")
    first = ask(fake)
    call = first.output[0]
    assert call.type == "function_call"
    output: Any = [{"type": "function_call_output", "call_id": call.call_id, "output": "sunny"}]
    second = fake.responses.create(model="gpt-5", input=output, previous_response_id=first.id)
    listed = fake.responses.input_items.list(second.id, order="asc").data
    assert [item.type for item in listed] == ["message", "function_call", "function_call_output"]
    assert all(cast("Any", item).id for item in listed)


def test_item_references_are_followed(fake: FakeOpenAI) -> None:
    """A reference to an item stands for the item."""
    first = ask(fake)
    reference: Any = [{"type": "item_reference", "id": first.output[0].id}]
    second = fake.responses.create(model="gpt-5", input=reference)
    assert texts(fake.responses.input_items.list(second.id)) == [DEFAULT_TEXT]


def test_usage_grows_along_a_chain(fake: FakeOpenAI) -> None:
    """Each turn reads all that was before."""
    read: list[int] = []
    previous: str | None = None
    for _ in range(4):
        response = ask(fake, previous_response_id=previous)
        previous = response.id
        assert response.usage is not None
        read.append(response.usage.input_tokens)
    assert read == sorted(set(read))


def test_a_long_chain_costs_no_more(fake: FakeOpenAI) -> None:
    """Turn 50 takes about as long as turn 2: far less than 50 times."""
    response = ask(fake)
    took: list[float] = []
    for _ in range(50):
        started = time.perf_counter()
        response = ask(fake, previous_response_id=response.id)
        took.append(time.perf_counter() - started)
    assert min(took[-10:]) < 4 * min(took[:10])


def test_unknown_previous_response(fake: FakeOpenAI) -> None:
    """An earlier response that isn't there is a 400 in the API's words, and nothing is kept of the turn."""

    def go_on(id: str) -> Any:
        return ask(fake, previous_response_id=id)

    for asking, param in ((fake.responses.retrieve, "response_id"), (go_on, "previous_response_id")):
        with pytest.raises(openai.BadRequestError, match="Expected an ID that begins with 'resp'") as malformed:
            asking("chatcmpl-1")
        assert (malformed.value.param, malformed.value.code) == (param, "invalid_value")
    with pytest.raises(openai.BadRequestError, match=r"Previous response with id 'resp_x' not found\.") as caught:
        ask(fake, previous_response_id="resp_x")
    assert (caught.value.code, caught.value.param) == ("previous_response_not_found", "previous_response_id")
    assert len(fake.state.responses) == 0


@pytest.mark.parametrize("options", [{"strict": False}, {"missing": "synthesize"}])
def test_unknown_previous_response_let_pass(options: dict[str, Any]) -> None:
    """Who doesn't want checks may go on from a response of another account; one deleted here is gone for sure."""
    fake = FakeOpenAI(**options)
    assert ask(fake, previous_response_id="resp_x").previous_response_id == "resp_x"
    gone = ask(fake)
    fake.responses.delete(gone.id)
    with pytest.raises(openai.BadRequestError):
        ask(fake, previous_response_id=gone.id)


@pytest.mark.parametrize("kept", [True, False])
def test_store(fake: FakeOpenAI, *, kept: bool) -> None:
    """A response that isn't stored can neither be retrieved nor gone on from."""
    response = ask(fake, store=kept)
    assert response.store is kept
    if kept:
        assert fake.responses.retrieve(response.id).output_text == DEFAULT_TEXT
        return
    with pytest.raises(openai.NotFoundError):
        fake.responses.retrieve(response.id)
    with pytest.raises(openai.BadRequestError):
        ask(fake, previous_response_id=response.id)


def test_a_response_put_by_a_test_can_be_gone_on_from(fake: FakeOpenAI) -> None:
    """State that a test has filled in serves as well as what was said."""
    fake.state.responses.put({"id": "resp_mine", "output": [{**items.message("Hello"), "id": "msg_1"}]})
    response = ask(fake, previous_response_id="resp_mine")
    assert texts(fake.responses.input_items.list(response.id, order="asc")) == ["Hello", "Hi"]


# ------------------------------------------------------------------------------------------------ what is stored


def test_retrieve_gives_what_create_gave(fake: FakeOpenAI) -> None:
    """A stored response is the one that was answered, streamed or not."""
    whole = ask(fake, metadata={"a": "b"})
    assert fake.responses.retrieve(whole.id) == whole
    *_, last = ask(fake, stream=True)
    assert last.type == "response.completed"
    found = fake.responses.retrieve(last.response.id).to_dict()
    assert found.pop("billing") == {"payer": "developer"}
    assert found == last.response.to_dict()


def test_delete(fake: FakeOpenAI) -> None:
    """A deleted response is gone: the API's 404."""
    response = ask(fake)
    fake.responses.delete(response.id)
    with pytest.raises(openai.NotFoundError, match=f"Response with id '{response.id}' not found."):
        fake.responses.retrieve(response.id)
    with pytest.raises(openai.NotFoundError):
        fake.responses.delete(response.id)


def test_accounts_are_apart_and_states_are_shared() -> None:
    """A response is found by every client of its store, and by no other."""
    store = StateStore()
    response = ask(FakeOpenAI(state=store))
    assert FakeOpenAI(state=store).responses.retrieve(response.id).id == response.id
    with pytest.raises(openai.NotFoundError):
        FakeOpenAI().responses.retrieve(response.id)


def test_synthesized_response() -> None:
    """A response that never was is made up from its id, where that is wanted, and what a test says of it holds."""
    fake = FakeOpenAI(missing="synthesize")
    assert fake.responses.retrieve("resp_x").id == "resp_x"
    fake.responses.retrieve.returns({"status": "queued"})
    queued = fake.responses.retrieve("resp_x")
    assert (queued.status, queued.output, queued.usage) == ("queued", [], None)


def test_compact(fake: FakeOpenAI) -> None:
    """Compaction keeps what the user said and makes the rest one opaque item."""
    if not hasattr(fake.responses, "compact"):
        pytest.skip("this SDK doesn't know the operation yet")
    first = ask(fake)
    compacted = fake.responses.compact(model="gpt-5", input="And now?", previous_response_id=first.id)
    assert [item.type for item in compacted.output] == ["message", "message", "compaction"]
    assert compacted.usage.total_tokens == compacted.usage.input_tokens + compacted.usage.output_tokens
    again = fake.responses.create(
        model="gpt-5", input=cast("Any", [item.to_dict(warnings=False) for item in compacted.output])
    )
    assert again.output_text == DEFAULT_TEXT


# ------------------------------------------------------------------------------------------------ in the background


def states(fake: FakeOpenAI, response: Response, count: int) -> list[str | None]:
    """The status at each of so many retrieves."""
    return [fake.responses.retrieve(response.id).status for _ in range(count)]


def test_background_moves_one_step_per_retrieve(fake: FakeOpenAI) -> None:
    """A background response is queued, then in progress, then completed, and says nothing before."""
    fake.responses.create.returns("Done.")
    response = ask(fake, background=True)
    assert (response.status, response.output, response.usage, response.completed_at) == ("queued", [], None, None)
    assert states(fake, response, 3) == ["in_progress", "completed", "completed"]
    done = fake.responses.retrieve(response.id)
    assert done.output_text == "Done."
    assert done.usage is not None
    assert done.completed_at is not None


def test_background_may_end_otherwise(fake: FakeOpenAI) -> None:
    """A scripted length is how a background response ends."""
    fake.responses.create.returns("word " * 50)
    response = ask(fake, background=True, max_output_tokens=16)
    assert states(fake, response, 2) == ["in_progress", "incomplete"]


def test_background_at_once() -> None:
    """With ``lifecycle="instant"`` a background response has ended when it comes."""
    fake = FakeOpenAI(lifecycle="instant")
    response = ask(fake, background=True)
    assert (response.status, response.output_text) == ("completed", DEFAULT_TEXT)


def test_background_by_hand() -> None:
    """With ``lifecycle="manual"`` nothing moves until a test says so."""
    fake = FakeOpenAI(lifecycle="manual")
    response = ask(fake, background=True)
    assert states(fake, response, 3) == ["queued"] * 3
    assert fake.advance(response, to="completed").output_text == DEFAULT_TEXT


def test_background_made_to_fail() -> None:
    """A test can let a background response fail."""
    fake = FakeOpenAI(lifecycle="manual")
    response = ask(fake, background=True)
    failed = fake.advance(response.id, to="failed")
    assert (failed.status, failed.error.code, failed.output) == ("failed", "server_error", [])


def test_cancel(fake: FakeOpenAI) -> None:
    """A background response can be cancelled, once or twice, and then stays so."""
    response = ask(fake, background=True)
    assert fake.responses.cancel(response.id).status == "cancelled"
    assert fake.responses.cancel(response.id).status == "cancelled"
    assert states(fake, response, 2) == ["cancelled"] * 2


def test_what_can_not_be_cancelled(fake: FakeOpenAI) -> None:
    """A response that doesn't run in the background, or has ended, can't be cancelled; nor one that isn't there."""
    with pytest.raises(openai.BadRequestError, match="Cannot cancel a synchronous response"):
        fake.responses.cancel(ask(fake).id)
    ended = ask(fake, background=True)
    states(fake, ended, 2)
    with pytest.raises(openai.BadRequestError, match="Cannot cancel a completed response"):
        fake.responses.cancel(ended.id)
    with pytest.raises(openai.NotFoundError):
        fake.responses.cancel("resp_x")


def test_background_goes_on_from_a_chain(fake: FakeOpenAI) -> None:
    """A background response can be part of a chain."""
    first = ask(fake)
    second = ask(fake, previous_response_id=first.id, background=True)
    states(fake, second, 2)
    third = ask(fake, previous_response_id=second.id)
    assert len(fake.responses.input_items.list(third.id).data) == 5


# ------------------------------------------------------------------------------------------------ streams, resumed


def test_a_background_stream_is_resumed(fake: FakeOpenAI) -> None:
    """Broken off somewhere, a background stream goes on behind the last number that was seen, with the same events."""
    fake.responses.create.returns("Once upon a time there was a fake.")
    expected = [event.to_dict() for event in ask(fake, background=True, stream=True)]
    stream = ask(fake, background=True, stream=True)
    seen = [next(stream) for _ in range(7)]
    stream.close()
    assert seen[0].type == "response.created"
    found = fake.responses.retrieve(seen[0].response.id, stream=True, starting_after=seen[-1].sequence_number)
    rest = list(found)
    assert [event.type for event in [*seen, *rest]] == [event["type"] for event in expected]
    assert [event.sequence_number for event in rest] == list(range(7, len(expected)))
    with fake.responses.stream(response_id=seen[0].response.id, starting_after=6) as resumed:
        assert resumed.get_final_response().output_text == "Once upon a time there was a fake."


def test_pieces_are_kept_for_later_streams(fake: FakeOpenAI) -> None:
    """How a script cuts a text holds when the response is streamed again."""
    from fakeopenai import chunks

    fake.responses.create.returns(chunks("Hel", "lo"))
    response = ask(fake)
    deltas = [
        event.delta
        for event in fake.responses.retrieve(response.id, stream=True)
        if event.type == "response.output_text.delta"
    ]
    assert deltas == ["Hel", "lo"]
