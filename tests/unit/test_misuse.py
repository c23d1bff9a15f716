"""What a test author can get wrong, and the exact text that says so: what was called, what was expected, what to write.

The texts are pinned whole. Whoever changes one reads it here as its reader will.
"""

import asyncio
import copy
import gc
import warnings
from collections.abc import Callable
from typing import Any, cast
from unittest.mock import ANY

import openai
import pydantic
import pytest

from fakeopenai import (
    FakeAsyncOpenAI,
    FakeOpenAI,
    FakeOpenAIError,
    ScriptExhausted,
    UnconsumedReplies,
    UnknownField,
    UnscriptedCall,
    UsageError,
    break_after,
    chunks,
    error,
    json_reply,
    reply,
    tool_call,
)

WAY_OUT = " To answer with something that the API would not send, use fakeopenai.raw(...): it is returned as it is."


def said(action: Callable[[], Any], kind: type[BaseException]) -> str:
    """The text of the error that ``action`` raises."""
    with pytest.raises(kind) as caught:
        action()
    return str(caught.value)


def create_of(fake: FakeOpenAI) -> Any:
    """The endpoint that most of these tests misuse; typed loosely, since checkers would refuse the misuse."""
    return fake.chat.completions.create


def actions(*pairs: tuple[Callable[[Any], Any], str]) -> list[tuple[Callable[[Any], Any], str]]:
    """What one may do wrong, each with what is then said."""
    return list(pairs)


# ------------------------------------------------------------------------------------------------ scripting


def test_a_typo_in_a_partial(fake: FakeOpenAI) -> None:
    """It fails at the line that scripts it, before anything is called, and names the real field."""
    text = said(lambda: create_of(fake).returns({"choices": [{"mesage": {"content": "x"}}]}), UnknownField)
    assert text == (
        "Choice has no field 'mesage'; did you mean 'message'? It was given at choices[0] of the reply to "
        "chat.completions.create. Fields of Choice: index, message, logprobs, finish_reason." + WAY_OUT
    )
    assert not fake.calls


def test_a_value_of_the_wrong_type_in_a_partial(fake: FakeOpenAI) -> None:
    """So does a value that the response can't hold."""
    text = said(lambda: create_of(fake).returns({"choices": "Hello"}), UsageError)
    assert text == (
        "choices must be a list of Choice objects, not 'Hello' (str). "
        "It was given in the reply to chat.completions.create." + WAY_OUT
    )


def test_a_typo_in_a_default(fake: FakeOpenAI) -> None:
    """A default for a type that doesn't exist names the nearest."""
    text = said(lambda: fake.defaults.set("ChatCompletionMesage", {}), UsageError)
    assert text == (
        "There is no response type 'ChatCompletionMesage' in the installed openai. Did you mean ChatCompletionMessage?"
    )


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        (
            "Hello",
            (
                "embeddings.create.returns(): embeddings.create can't be answered with 'Hello': no model speaks there. "
                "Give a dict or model of its response (CreateEmbeddingResponse), an error, or raw(...)."
            ),
        ),
        (
            tool_call("get_weather", city="Paris"),
            (
                "embeddings.create.returns(): embeddings.create can't be answered with "
                "tool_call('get_weather', city='Paris'): no model speaks there. "
                "Give a dict or model of its response (CreateEmbeddingResponse), an error, or raw(...)."
            ),
        ),
        (
            b"\x00",
            (
                "embeddings.create.returns(): bytes can't be a reply: embeddings.create answers JSON "
                "(CreateEmbeddingResponse). "
                "Give a dict or model of its response (CreateEmbeddingResponse), an error, or raw(...)."
            ),
        ),
        (
            iter([{"object": "list"}]),
            (
                "embeddings.create.returns(): embeddings.create can't be answered with events: it does not stream. "
                "Give a dict or model of its response (CreateEmbeddingResponse), an error, or raw(...)."
            ),
        ),
    ],
    ids=["text", "tool call", "bytes", "events"],
)
def test_a_reply_of_the_wrong_kind_for_the_endpoint(fake: FakeOpenAI, wrong: Any, text: str) -> None:
    """What an endpoint can't answer is refused where it is scripted, and the message says what it can."""
    assert said(lambda: fake.embeddings.create.returns(wrong), UsageError) == text


def test_a_reply_of_the_wrong_kind_from_a_function(fake: FakeOpenAI) -> None:
    """A reply function's result is checked in the same way; the call is recorded, once, as failed."""

    def answer(request: Any) -> str:
        return "Hello"

    fake.embeddings.create.returns(answer)
    text = said(lambda: fake.embeddings.create(model="text-embedding-3-small", input="x"), UsageError)
    assert text == (
        "the reply function answer of embeddings.create: embeddings.create can't be answered with 'Hello': no model "
        "speaks there. Give a dict or model of its response (CreateEmbeddingResponse), an error, or raw(...)."
    )
    assert [type(call.error) for call in fake.calls] == [UsageError]


_REPLIES = (
    "A reply is text, tool_call(...), a list of these, json_reply(...), refusal(...), a dict or model of the response, "
    "an exception, an HTTP status, error(...), a function of the request, or raw(...)."
)


class Weather(pydantic.BaseModel):
    """A model of the test author's own."""

    city: str = "Paris"


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        (None, f"chat.completions.create.returns(): None can't be a reply. {_REPLIES}"),
        (1.5, f"chat.completions.create.returns(): float 1.5 can't be a reply. {_REPLIES}"),
        ({"a", "b"}, None),
        ([], f"chat.completions.create.returns(): an empty list says nothing. {_REPLIES}"),
        (
            ["Hello", 1.5],
            f"chat.completions.create.returns(), element 1: float 1.5 can't be a reply. {_REPLIES}",
        ),
        (
            ["Hello", openai.RateLimitError],
            (
                "chat.completions.create.returns(), element 1: a list is one answer of the model (text, tool calls, "
                "items); RateLimitError can't be a part of it. For one reply per call, give them one by one: "
                "returns(a, b)."
            ),
        ),
        (
            Weather(),
            (
                "chat.completions.create.returns(): Weather is a model of your own, not a response of the API. "
                "For a model that answers with it as JSON write json_reply(Weather(...))."
            ),
        ),
        (
            Weather,
            "chat.completions.create.returns(): Weather is a class; give an instance, or json_reply(Weather(...)).",
        ),
        (
            200,
            (
                "chat.completions.create.returns(): 200 is no HTTP error status (400 to 599). A number is a failure; "
                "an answer is given as its text, or a dict or model of the response."
            ),
        ),
        (
            b"Hello",
            (
                "chat.completions.create.returns(): bytes can't be a reply: chat.completions.create answers JSON "
                "(ChatCompletion). Give text, tool_call(...), a dict or model of its response (ChatCompletion), an "
                "error, or raw(...)."
            ),
        ),
    ],
    ids=["None", "number", "set", "empty", "in a list", "error in a list", "own model", "class", "status", "bytes"],
)
def test_what_is_no_reply(fake: FakeOpenAI, wrong: Any, text: str | None) -> None:
    """It is refused with a list of what can be one, and its place in what was given."""
    found = said(lambda: create_of(fake).returns(wrong), UsageError)
    if text is not None:
        assert found == text


def test_which_of_several_replies_is_wrong(fake: FakeOpenAI) -> None:
    """Of several replies, the message counts to the wrong one."""
    text = said(lambda: create_of(fake).returns("first", None), UsageError)
    assert text == f"chat.completions.create.returns(): reply 2: None can't be a reply. {_REPLIES}"
    text = said(lambda: fake.script("first", None), UsageError)
    assert text == f"fake.script(): reply 2: None can't be a reply. {_REPLIES}"


def test_a_matcher_for_a_parameter_that_does_not_exist(fake: FakeOpenAI) -> None:
    """It could never match; the message names the nearest parameter, and the way to match what isn't declared."""
    text = said(lambda: create_of(fake).when(modle="gpt-5"), UsageError)
    assert text == (
        "chat.completions.create.when(): chat.completions.create has no parameter 'modle'; did you mean 'model'?\n"
        "What travels in extra_body is matched by where=lambda request: request.params.get('modle') == ..."
    )


def test_a_condition_without_a_condition(fake: FakeOpenAI) -> None:
    """``when()`` alone would match everything, silently."""
    text = said(lambda: create_of(fake).when(), UsageError)
    assert text == (
        "chat.completions.create.when() was called without a condition: "
        'when(model="gpt-5"), or when(where=lambda request: ...).'
    )
    text = said(lambda: create_of(fake).when(where="gpt-5"), UsageError)
    assert text == "chat.completions.create.when(where=...) takes a function of the request; got str 'gpt-5'."


def test_returns_with_nothing(fake: FakeOpenAI) -> None:
    """Neither ``returns()``, nor one under a condition, nor ``script()`` can be empty."""
    assert said(lambda: create_of(fake).returns(), UsageError) == (
        "chat.completions.create.returns() was called with nothing. Give the reply for every call, "
        'returns("Hello"), or one for each call in order, returns("first", "second").'
    )
    assert said(lambda: create_of(fake).when(model="gpt-5").returns(), UsageError) == (
        "chat.completions.create.when(model='gpt-5').returns() was called with nothing. Give the reply for every call, "
        'returns("Hello"), or one for each call in order, returns("first", "second").'
    )
    assert said(fake.script, UsageError) == ('script() was called with nothing: script("first turn", "second turn").')


@pytest.mark.parametrize(
    ("action", "text"),
    actions(
        (
            lambda create: create.raises("Hello"),
            (
                "chat.completions.create.raises() takes an exception, an exception class, an HTTP status or "
                "error(...); got 'Hello'. To answer with it, write returns(...)."
            ),
        ),
        (
            lambda create: create.raises(503, times=0),
            "chat.completions.create.raises(times=...) takes a number of calls, at least 1; got 0.",
        ),
        (
            lambda create: create.raises(openai.APIStatusError),
            "chat.completions.create.raises(): APIStatusError names no HTTP status; write error(status, ...) instead.",
        ),
        (
            lambda _: error(200),
            "error(status) takes an HTTP status from 400 to 599; got 200.",
        ),
        (
            lambda _: chunks(),
            'chunks() needs at least one piece: chunks("Hel", "lo").',
        ),
        (
            lambda _: break_after(-1),
            "break_after(n) takes the number of chunks that come through, an integer >= 0; got -1.",
        ),
        (
            lambda _: tool_call("shell", input="ls", city="Paris"),
            (
                "tool_call('shell', input=...) is a custom tool's call, which has no arguments; "
                "got also city. Write either input=... or the arguments."
            ),
        ),
        (
            lambda _: reply(503, finish_reason="stop"),
            "finish_reason= belongs to what a model says; 503 is no such reply.",
        ),
    ),
    ids=["raises text", "times", "no status", "error", "chunks", "break_after", "tool_call", "finish_reason"],
)
def test_builders_say_what_they_take(fake: FakeOpenAI, action: Callable[[Any], Any], text: str) -> None:
    """Each builder refuses what it can't make sense of."""
    assert said(lambda: action(create_of(fake)), UsageError) == text


# ------------------------------------------------------------------------------------------------ sync and async


def test_a_sync_fake_where_async_is_awaited(fake: FakeOpenAI, ask: dict[str, Any]) -> None:
    """Python itself refuses to await a completion, as it would with the real client; the README says what it means."""

    async def awaiting() -> None:
        await create_of(fake)(**ask)

    text = said(lambda: asyncio.run(awaiting()), TypeError)
    assert "ChatCompletion" in text
    assert "await" in text
    assert fake.chat.completions.create.call_count == 1


def test_an_async_fake_that_is_not_awaited(ask: dict[str, Any]) -> None:
    """What comes is a coroutine, as from the real client; Python's warning names the method that nobody awaited."""

    def forgetful() -> None:
        made = cast("Any", FakeAsyncOpenAI().chat.completions.create)(**ask)
        print(made.choices)

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert said(forgetful, AttributeError) == "'coroutine' object has no attribute 'choices'"
        gc.collect()
    assert [str(each.message) for each in caught] == ["coroutine 'AsyncCompletions.create' was never awaited"]


def test_an_async_function_on_a_sync_fake(fake: FakeOpenAI, ask: dict[str, Any]) -> None:
    """It can't be awaited there; the call is recorded as failed, and no coroutine is left behind."""

    async def answer(request: Any) -> str:
        return "Hello"

    create_of(fake).returns(answer)
    text = said(lambda: create_of(fake)(**ask), UsageError)
    assert text == (
        "chat.completions.create was called through a synchronous client, but the reply scripted for it is "
        "asynchronous, answer.\n"
        "  to do:     script a plain function or generator (both kinds of client take it), or call through "
        "FakeAsyncOpenAI(backend=fake.backend)."
    )
    assert [type(call.error) for call in fake.calls] == [UsageError]


def test_a_reply_function_that_returns_nothing(fake: FakeOpenAI, ask: dict[str, Any]) -> None:
    """A forgotten ``return`` is not taken for a reply."""

    def answer(request: Any) -> None:
        pass

    create_of(fake).returns(answer)
    assert said(lambda: create_of(fake)(**ask), UsageError) == (
        "the reply function answer of chat.completions.create returned None. "
        "Return a reply, or NotImplemented to pass the request on."
    )


def test_a_reply_function_that_returns_a_function(fake: FakeOpenAI, ask: dict[str, Any]) -> None:
    """A function is asked once, not until it tires."""

    def answer(request: Any) -> Any:
        return answer

    create_of(fake).returns(answer)
    assert said(lambda: create_of(fake)(**ask), UsageError) == (
        "the reply function answer of chat.completions.create returned another function; return the reply itself."
    )


def test_events_for_a_call_that_does_not_stream(fake: FakeOpenAI, ask: dict[str, Any]) -> None:
    """A hand-made stream answers calls with ``stream=True`` only."""
    create_of(fake).returns([{"object": "chat.completion.chunk", "choices": []}])
    assert said(lambda: create_of(fake)(**ask), UsageError) == (
        "chat.completions.create was called without streaming, but events are scripted for it, "
        "[{'object': 'chat.completion.chunk', 'choices': []}].\n"
        "  to do:     have the code pass stream=True, or script the answer itself: its text, or a dict of it."
    )


def test_pieces_of_text_are_no_events(fake: FakeOpenAI, ask: dict[str, Any]) -> None:
    """A generator of strings is not a stream of chunks; the message names what is."""
    create_of(fake).returns(iter(["Hel", "lo"]))
    assert said(lambda: list(create_of(fake)(**ask, stream=True)), UsageError) == (
        "'Hel' can't be an event of a stream: an event is a dict or a model of the SDK. "
        'Pieces of text are written chunks("Hel", "lo").'
    )


# ------------------------------------------------------------------------------------------------ used up, never used


def test_a_script_used_up(fake: FakeOpenAI, ask: dict[str, Any]) -> None:
    """One call more than there are replies: the call, the script, and what to add. No retry loop swallows it."""
    create_of(fake).returns("first", tool_call("get_weather", city="Paris"))
    create_of(fake)(**ask)
    create_of(fake)(**ask)
    with pytest.raises(ScriptExhausted) as caught:
        create_of(fake)(**ask)
    assert str(caught.value) == (
        "chat.completions.create was called once more than replies are scripted for it.\n"
        "  the call:  model='gpt-5' messages=[1: 'Hi']\n"
        "  scripted:  chat.completions.create.returns('first', tool_call('get_weather', city='Paris')): 2 of 2 used\n"
        '  to do:     add a reply to returns(...), or give a single one, returns("..."), which answers every call.'
    )
    assert (caught.value.operation, caught.value.replies) == ("chat.completions.create", 2)
    assert caught.value.request.params["model"] == "gpt-5"
    assert isinstance(caught.value, AssertionError)
    assert len(fake.calls) == 3


def test_a_scripts_turns_used_up(ask: dict[str, Any]) -> None:
    """Of turns for whichever endpoint, the message says how to add one."""
    fake = FakeOpenAI(replies=["only"])
    create_of(fake)(**ask)
    assert said(lambda: create_of(fake)(**ask), ScriptExhausted) == (
        "chat.completions.create was called once more than replies are scripted for it.\n"
        "  the call:  model='gpt-5' messages=[1: 'Hi']\n"
        "  scripted:  fake.script('only'): 1 of 1 used\n"
        '  to do:     give the model one turn more: fake.script(..., "...") or FakeOpenAI(replies=[..., "..."]).'
    )


def test_which_queue_had_what(fake: FakeOpenAI, ask: dict[str, Any]) -> None:
    """An endpoint's own script goes before the account's turns; when it runs out, the message names those left over."""
    create_of(fake).returns("a", "b")
    fake.script("c")
    create_of(fake)(**ask)
    create_of(fake)(**ask)
    assert said(lambda: create_of(fake)(**ask), ScriptExhausted) == (
        "chat.completions.create was called once more than replies are scripted for it.\n"
        "  the call:  model='gpt-5' messages=[1: 'Hi']\n"
        "  scripted:  chat.completions.create.returns('a', 'b'): 2 of 2 used\n"
        "  besides:   fake.script('c'): 0 of 1 used\n"
        '  to do:     add a reply to returns(...), or give a single one, returns("..."), which answers every call.'
    )


def test_a_conditions_script_used_up(fake: FakeOpenAI, ask: dict[str, Any]) -> None:
    """The message shows the condition whose replies are used up."""
    create_of(fake).when(model="gpt-5").returns("a", "b")
    create_of(fake)(**ask)
    create_of(fake)(**ask)
    text = said(lambda: create_of(fake)(**ask), ScriptExhausted)
    assert "  scripted:  chat.completions.create.when(model='gpt-5').returns('a', 'b'): 2 of 2 used\n" in text


def test_a_reply_never_used(fake: FakeOpenAI, ask: dict[str, Any]) -> None:
    """``assert_complete()`` lists each reply that is left, and the calls that were made."""
    create_of(fake).returns("first", "second", "third")
    create_of(fake).when(model="gpt-4o").returns("never")
    fake.embeddings.create.raises(503, times=1)
    create_of(fake)(**ask)
    with pytest.raises(UnconsumedReplies) as caught:
        fake.assert_complete()
    assert str(caught.value) == (
        "4 scripted replies were never used:\n"
        "  - chat.completions.create.when(model='gpt-4o').returns('never'): never called\n"
        "  - chat.completions.create.returns(...): reply 2 of 3, 'second'\n"
        "  - chat.completions.create.returns(...): reply 3 of 3, 'third'\n"
        "  - embeddings.create.raises(...): reply 1 of 1, 503\n"
        "calls made:\n"
        "  - chat.completions.create model='gpt-5' messages=[1: 'Hi'] -> 'first'\n"
        "to do: script only what the code asks for, or find out why it stopped asking."
    )
    assert len(caught.value.unused) == 4


def test_what_unscripted_takes() -> None:
    """A misspelled choice is told at once, not taken for the default."""
    wrong: Any = "fail"
    with pytest.raises(UsageError, match="unscripted='fail' is not one of 'default', 'error'"):
        FakeOpenAI(unscripted=wrong)


def test_an_unscripted_call_where_that_is_an_error(ask: dict[str, Any]) -> None:
    """``unscripted="error"``: a generating call without a script says what to script."""
    fake = FakeOpenAI(unscripted="error")
    assert said(lambda: create_of(fake)(**ask), UnscriptedCall) == (
        "chat.completions.create was called, nothing is scripted for it, and unscripted calls are errors here.\n"
        "  the call:  model='gpt-5' messages=[1: 'Hi']\n"
        '  to do:     fake.chat.completions.create.returns("...")'
    )


# ------------------------------------------------------------------------------------------------ names


def test_an_unknown_argument_of_the_constructor() -> None:
    """The nearest argument is named."""
    make: Any = FakeOpenAI
    text = said(lambda: make(reply=["x"]), UsageError)
    head, _, tail = text.partition(" It takes those of ")
    assert head == "FakeOpenAI() has no argument 'reply'; did you mean 'replies'?"
    assert tail.startswith("openai.OpenAI, and replies, state, defaults, clock, ids, seed, strict, ")


@pytest.mark.parametrize(
    ("reach", "text"),
    actions(
        (
            lambda fake: fake.chats,
            f"FakeOpenAI has no attribute 'chats', nor has openai {openai.__version__}; did you mean 'chat'?",
        ),
        (
            lambda fake: fake.chat.completion,
            (
                f"fake.chat has no attribute 'completion', nor has openai {openai.__version__}; "
                "did you mean 'completions'?"
            ),
        ),
        (
            lambda fake: fake.chat.completions.crate,
            (
                f"fake.chat.completions has no attribute 'crate', nor has openai {openai.__version__}; "
                "did you mean 'create'?"
            ),
        ),
        (
            lambda fake: fake.chat.completions.returns("x"),
            (
                "fake.chat.completions is a resource; 'returns' belongs to its methods: "
                "fake.chat.completions.create.returns. Its methods are create, retrieve, update, list, delete."
            ),
        ),
        (
            lambda fake: fake.chat.completions.create.retruns("x"),
            "fake.chat.completions.create has no attribute 'retruns'; did you mean 'returns'?",
        ),
        (
            lambda fake: fake.chat.completions.create.assert_awaited_once_with(model="gpt-5"),
            (
                "fake.chat.completions.create has no attribute 'assert_awaited_once_with'; "
                "did you mean assert_called_once_with(...)?"
            ),
        ),
        (
            lambda fake: fake.chat.completions.create.return_value.choices,
            "fake.chat.completions.create has no attribute 'return_value'; did you mean returns(...)?",
        ),
        (
            lambda fake: setattr(fake.chat.completions.create, "respons", {}),
            (
                "fake.chat.completions.create.respons can't be set. To script a reply write "
                "fake.chat.completions.create.returns(...)."
            ),
        ),
    ),
    ids=["root", "resource", "method", "verb on a resource", "verb", "mock, asked", "mock, set", "assignment"],
)
def test_an_attribute_that_does_not_exist(fake: FakeOpenAI, reach: Callable[[Any], Any], text: str) -> None:
    """Wherever the typo is, the message names what was probably meant."""
    assert said(lambda: reach(fake), AttributeError) == text


def test_the_root_stays_a_normal_object(fake: FakeOpenAI) -> None:
    """Asking for attributes politely, and private ones, works as on any object."""
    assert getattr(fake, "chats", None) is None
    assert not hasattr(fake, "_nothing")
    assert not hasattr(fake, "__wrapped__")


# ------------------------------------------------------------------------------------------------ nothing is lost


@pytest.mark.parametrize(
    "scripted",
    ["used up", "unscripted", "async function", "raising function", "refused", "wrong reply"],
)
def test_a_call_that_fails_is_recorded_once(scripted: str, ask: dict[str, Any]) -> None:
    """Nothing is recorded twice, and nothing is lost, when a call fails, whatever way it took."""

    async def asynchronous(request: Any) -> str:
        return "Hello"

    def failing(request: Any) -> str:
        raise RuntimeError("a bug in the test")

    def wrong(request: Any) -> None:
        return None

    fake = FakeOpenAI(unscripted="error")
    create = create_of(fake)
    match scripted:
        case "used up":
            create.returns("a", "b")
            create(**ask)
            create(**ask)
            create.calls.clear()
        case "async function":
            create.returns(asynchronous)
        case "raising function":
            create.returns(failing)
        case "refused":
            ask = {**ask, "messages": [{"role": "nobody", "content": "Hi"}]}
        case "wrong reply":
            create.returns(wrong)
        case _:
            pass
    for way, more in enumerate([{}, {"extra_headers": {"x-way": "sdk"}}], 1):
        with pytest.raises((FakeOpenAIError, RuntimeError, openai.BadRequestError)) as caught:
            create(**ask, **more)
        assert len(create.calls) == way
        assert create.last.params["model"] == "gpt-5"
        assert type(create.last.error) is type(caught.value)


def test_a_failed_call_changes_no_script(fake: FakeOpenAI, ask: dict[str, Any]) -> None:
    """A request that is refused takes no reply from the queue."""
    create_of(fake).returns("first", "second")
    with pytest.raises(openai.BadRequestError):
        create_of(fake)(model="gpt-5", messages=[{"role": "nobody", "content": "Hi"}])
    assert create_of(fake)(**ask).choices[0].message.content == "first"


def test_changing_a_scripted_object_later_changes_nothing(fake: FakeOpenAI, ask: dict[str, Any]) -> None:
    """What is scripted is detached from the test's own objects."""
    partial: dict[str, Any] = {"choices": [{"message": {"content": "before"}}]}
    create_of(fake).returns(partial)
    partial["choices"][0]["message"]["content"] = "after"
    partial["nonsense"] = ANY
    assert create_of(fake)(**ask).choices[0].message.content == "before"
    assert json_reply({"a": 1}) == json_reply(copy.deepcopy({"a": 1}))
