"""Chat completions: what one answer holds, for what was asked and what was scripted."""

from __future__ import annotations

import inspect
import json
from typing import Any, cast

import openai
import pydantic
import pytest
from openai.resources.chat import Completions

from fakeopenai import (
    FakeAsyncOpenAI,
    FakeOpenAI,
    Request,
    UnknownField,
    UsageError,
    json_reply,
    reasoning,
    refusal,
    reply,
    tool_call,
)
from fakeopenai.operations.generation import DEFAULT_TEXT
from fakeopenai.operations.model_facts import facts_of

Json = dict[str, Any]

HI: list[Any] = [{"role": "user", "content": "Hi"}]
CITY: Json = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER: Any = {"type": "function", "function": {"name": "get_weather", "parameters": CITY}}
CLOCK: Any = {"type": "function", "function": {"name": "get_time"}}


def wire(fake: FakeOpenAI, model: str = "gpt-4o", **asked: Any) -> Json:
    """The completion as JSON: what is not there was not sent."""
    arguments: Json = {"model": model, "messages": HI, **asked}
    raw = cast("Any", fake.chat.completions.with_raw_response.create)(**arguments)
    found: Json = json.loads(raw.text)
    return found


# ------------------------------------------------------------------------------------------------ families of models


@pytest.mark.parametrize(
    ("model", "keys", "choice"),
    [
        ("gpt-4o-mini-2024-07-18", {"service_tier", "system_fingerprint"}, {"logprobs"}),
        ("ft:gpt-4.1-nano:acme::abc", {"service_tier", "system_fingerprint"}, {"logprobs"}),
        ("gpt-3.5-turbo", {"service_tier", "system_fingerprint"}, {"logprobs"}),
        ("gpt-5-mini", {"service_tier", "system_fingerprint"}, set[str]()),
        ("o3-mini", {"service_tier", "system_fingerprint"}, set[str]()),
        ("gpt-audio", {"service_tier", "system_fingerprint"}, set[str]()),
        ("gpt-4o-search-preview", {"system_fingerprint"}, set[str]()),
    ],
)
@pytest.mark.parametrize("scripted", ["Hello", {"choices": [{"message": {"content": "Hello"}}]}, None])
def test_keys_by_family(model: str, keys: set[str], choice: set[str], scripted: Any) -> None:
    """Which keys an answer has depends on the model's family, however it was scripted."""
    fake = FakeOpenAI()
    if scripted is not None:
        fake.chat.completions.create.returns(scripted)
    found = wire(fake, model)
    assert set(found) == {"id", "object", "created", "model", "choices", "usage"} | keys
    assert set(found["choices"][0]) == {"index", "message", "finish_reason"} | choice
    assert found["model"] == model


@pytest.mark.parametrize(
    ("model", "prompt", "completion"),
    [
        ("gpt-5", set[str](), set[str]()),
        ("gpt-5.6-luna", {"cache_write_tokens"}, set[str]()),
        ("gpt-6", {"cache_write_tokens"}, set[str]()),
        ("gpt-audio-1.5", {"text_tokens", "image_tokens"}, {"text_tokens"}),
    ],
)
def test_usage_details_by_family(model: str, prompt: set[str], completion: set[str]) -> None:
    """Usage has the details that the API gives for that model, integers all."""
    usage = wire(FakeOpenAI(), model)["usage"]
    assert set(usage["prompt_tokens_details"]) == {"cached_tokens", "audio_tokens"} | prompt
    assert set(usage["completion_tokens_details"]) == {
        *("reasoning_tokens", "audio_tokens", "accepted_prediction_tokens", "rejected_prediction_tokens"),
        *completion,
    }
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]


def test_search_models_have_uuids() -> None:
    """The ids of completions that search the web are UUIDs."""
    assert len(wire(FakeOpenAI(), "gpt-4o-search-preview")["id"].removeprefix("chatcmpl-").split("-")) == 5


def test_chat_variants_do_not_reason() -> None:
    """The chat variants of reasoning models answer as models that don't reason."""
    assert not facts_of("gpt-5-chat-latest").reasons
    assert facts_of("openai/gpt-10.2").reasons


# ------------------------------------------------------------------------------------------------ the envelope


@pytest.mark.parametrize(
    ("asked", "told"), [(None, "default"), ("auto", "default"), ("flex", "flex"), ("priority", "priority")]
)
def test_service_tier(fake: FakeOpenAI, asked: Any, told: str) -> None:
    """The service tier is the one asked for; left to the API, it is the default one."""
    assert wire(fake, service_tier=asked)["service_tier"] == told


def test_fields_that_change_nothing(fake: FakeOpenAI) -> None:
    """Seed, user, verbosity and the like are accepted and leave the answer as it is."""
    fake.chat.completions.create.returns("Hello")
    done = fake.chat.completions.create(
        model="gpt-5", messages=HI, seed=7, user="me", verbosity="low", reasoning_effort="minimal", store=True
    )
    assert done.choices[0].message.content == "Hello"


@pytest.mark.skipif(
    "moderation" not in inspect.signature(Completions.create).parameters,
    reason="this SDK can't ask for it",
)
def test_moderation(fake: FakeOpenAI) -> None:
    """Moderation that was asked for finds nothing, in input and output, over all categories."""
    found = wire(fake, "gpt-5", moderation={"model": "omni-moderation-latest"})["moderation"]
    for side in ("input", "output"):
        (result,) = found[side]["results"]
        assert found[side]["type"] == "moderation_results"
        assert result["flagged"] is False
        assert not any(result["categories"].values())
        assert (
            set(result["categories"]) == set(result["category_scores"]) == set(result["category_applied_input_types"])
        )


# ------------------------------------------------------------------------------------------------ choices


def test_n_choices_of_a_turn(fake: FakeOpenAI) -> None:
    """A scripted turn is said in each of n choices; only the ids of its calls differ."""
    fake.chat.completions.create.returns(tool_call("get_weather", city="Paris"))
    done = fake.chat.completions.create(model="gpt-4o", messages=HI, n=3, tools=[WEATHER])
    calls = [(choice.message.tool_calls or [])[0] for choice in done.choices]
    assert [choice.index for choice in done.choices] == [0, 1, 2]
    assert {call.to_json() for call in calls} != {calls[0].to_json()}
    assert len({call.id for call in calls}) == 3


def test_usage_of_n_choices(fake: FakeOpenAI) -> None:
    """Each choice is paid for, the prompt once."""
    fake.chat.completions.create.returns("Hello there")
    one = fake.chat.completions.create(model="gpt-4o", messages=HI).usage
    three = fake.chat.completions.create(model="gpt-4o", messages=HI, n=3).usage
    assert one is not None
    assert three is not None
    assert three.completion_tokens == 3 * one.completion_tokens
    assert three.prompt_tokens == one.prompt_tokens


def test_partial_choices(fake: FakeOpenAI) -> None:
    """Choices given in part are completed one by one."""
    fake.chat.completions.create.returns({"choices": [{"message": {"content": "A"}}, {"finish_reason": "length"}]})
    first, second = fake.chat.completions.create(model="gpt-4o", messages=HI, n=2).choices
    assert (first.index, first.message.content, first.finish_reason) == (0, "A", "stop")
    assert (second.index, second.message.content, second.finish_reason) == (1, None, "length")


def test_partial_without_choices(fake: FakeOpenAI) -> None:
    """A partial answer that says nothing of the choices has the default ones."""
    fake.chat.completions.create.returns({"system_fingerprint": "fp_mine"})
    done = fake.chat.completions.create(model="gpt-5", messages=HI, n=2)
    assert done.system_fingerprint == "fp_mine"
    assert [choice.message.content for choice in done.choices] == [DEFAULT_TEXT] * 2


def test_partial_with_a_typo(fake: FakeOpenAI) -> None:
    """A key that messages don't have fails the test, and the nearest one is named."""
    typo = {"choices": [{"message": {"contnt": "A"}}]}

    def answer(_: Request) -> Json:
        return typo

    fake.chat.completions.create.returns(answer)
    with pytest.raises(UnknownField, match=r"contnt.*did you mean 'content'"):
        fake.chat.completions.create(model="gpt-5", messages=HI)


@pytest.mark.parametrize("wrong", [{"choices": "A"}, {"choices": ["A"]}, {"choices": [{"message": "A"}]}])
def test_partial_of_the_wrong_type(fake: FakeOpenAI, wrong: Json) -> None:
    """A partial answer of the wrong type is an error of the test's, not of the fake's."""

    def answer(_: Request) -> Json:
        return wrong

    fake.chat.completions.create.returns(answer)
    with pytest.raises(UsageError):
        fake.chat.completions.create(model="gpt-5", messages=HI)


def test_completion_as_reply(fake: FakeOpenAI) -> None:
    """An answer that was received can be scripted as it is."""
    done = fake.chat.completions.create(model="gpt-5", messages=HI)
    fake.chat.completions.create.returns(done)
    assert fake.chat.completions.create(model="gpt-5", messages=HI).to_dict() == done.to_dict()


# ------------------------------------------------------------------------------------------------ texts and their ends


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
def test_limit(fake: FakeOpenAI, name: str) -> None:
    """A text longer than the limit is cut, and the finish reason says so."""
    fake.chat.completions.create.returns("one two three four five six seven")
    asked: Json = {name: 4}
    (choice,) = wire(fake, **asked)["choices"]
    assert choice["finish_reason"] == "length"
    assert choice["message"]["content"]
    assert "one two three four five six seven".startswith(choice["message"]["content"])


def test_limit_that_suffices(fake: FakeOpenAI) -> None:
    """A limit that isn't reached changes nothing."""
    fake.chat.completions.create.returns("Hello")
    (choice,) = fake.chat.completions.create(model="gpt-4o", messages=HI, max_tokens=500).choices
    assert (choice.message.content, choice.finish_reason) == ("Hello", "stop")


@pytest.mark.parametrize("stop", ["three", ["four", "three"], [" three"]])
def test_stop(fake: FakeOpenAI, stop: Any) -> None:
    """A text ends before the first of the stop sequences."""
    fake.chat.completions.create.returns("one two three four")
    (choice,) = fake.chat.completions.create(model="gpt-4o", messages=HI, stop=stop).choices
    assert (str(choice.message.content).strip(), choice.finish_reason) == ("one two", "stop")


def test_partial_is_not_cut(fake: FakeOpenAI) -> None:
    """A partial answer is the test's own word: no limit shortens it."""
    fake.chat.completions.create.returns({"choices": [{"message": {"content": "one two three four"}}]})
    (choice,) = fake.chat.completions.create(model="gpt-4o", messages=HI, max_tokens=1, stop="two").choices
    assert choice.message.content == "one two three four"


def test_finish_reason_of_the_script(fake: FakeOpenAI) -> None:
    """A finish reason that is scripted stands."""
    fake.chat.completions.create.returns(reply("No", finish_reason="content_filter"))
    assert fake.chat.completions.create(model="gpt-4o", messages=HI).choices[0].finish_reason == "content_filter"


def test_refusal(fake: FakeOpenAI) -> None:
    """A refusal has no content, and is paid for."""
    fake.chat.completions.create.returns(refusal("I can't help with that."))
    done = fake.chat.completions.create(model="gpt-4o", messages=HI)
    assert (done.choices[0].message.content, done.choices[0].message.refusal) == (None, "I can't help with that.")
    assert done.usage is not None
    assert done.usage.completion_tokens > 0


def test_reasoning_is_counted_not_shown(fake: FakeOpenAI) -> None:
    """Chat doesn't show the reasoning of a model that reasons, but usage tells of it; others don't reason."""
    fake.chat.completions.create.returns([reasoning("Let me think about this."), "42"])
    usage = wire(fake, "gpt-5")["usage"]
    assert usage["completion_tokens_details"]["reasoning_tokens"] > 0
    assert usage["completion_tokens"] > usage["completion_tokens_details"]["reasoning_tokens"]
    assert wire(fake, "gpt-4o")["usage"]["completion_tokens_details"]["reasoning_tokens"] == 0


def test_reasoning_uses_up_the_limit(fake: FakeOpenAI) -> None:
    """A model that thinks for longer than it may has nothing left to say."""
    fake.chat.completions.create.returns([reasoning("Let me think about this for a while."), "42"])
    (choice,) = fake.chat.completions.create(model="o3", messages=HI, max_completion_tokens=5).choices
    assert (choice.message.content, choice.finish_reason) == ("", "length")


# ------------------------------------------------------------------------------------------------ other


def test_citations(fake: FakeOpenAI) -> None:
    """Citations of a web search are scripted with the message."""
    citation = {"type": "url_citation", "url_citation": {"url": "https://a.example", "title": "A", "start_index": 0}}
    fake.chat.completions.create.returns({"choices": [{"message": {"content": "See A.", "annotations": [citation]}}]})
    (found,) = wire(fake, "gpt-4o-search-preview", web_search_options={})["choices"][0]["message"]["annotations"]
    assert found["url_citation"]["url"] == "https://a.example"
    assert found["url_citation"]["end_index"] == 0


def test_json_reply_parses(fake: FakeOpenAI) -> None:
    """A scripted model is what `parse` gives back."""

    class City(pydantic.BaseModel):
        name: str

    fake.chat.completions.create.returns(json_reply(City(name="Paris")))
    parsed = fake.chat.completions.parse(model="gpt-5", messages=HI, response_format=City)
    assert parsed.choices[0].message.parsed == City(name="Paris")


def test_parse_refuses_what_was_cut(fake: FakeOpenAI) -> None:
    """What was cut or filtered can't be parsed, and the SDK's own exceptions say so."""

    class City(pydantic.BaseModel):
        name: str

    fake.chat.completions.create.returns(reply("{", finish_reason="length"), reply("{", finish_reason="content_filter"))
    with pytest.raises(openai.LengthFinishReasonError):
        fake.chat.completions.parse(model="gpt-5", messages=HI, response_format=City)
    with pytest.raises(openai.ContentFilterFinishReasonError):
        fake.chat.completions.parse(model="gpt-5", messages=HI, response_format=City)


def test_items_belong_to_responses(fake: FakeOpenAI) -> None:
    """An output item can't be said through chat; the error names the endpoint that can."""
    fake.script(["See A.", {"type": "web_search_call", "id": "ws_1"}])
    with pytest.raises(UsageError) as caught:
        fake.chat.completions.create(model="gpt-5", messages=HI)
    assert caught.value.operation == "chat.completions.create"
    assert str(caught.value) == (
        "chat.completions.create can't say an item of type 'web_search_call': items belong to the Responses API.\n"
        "  to do:     script it through fake.responses.create, or give chat what it can say: text, tool_call(...), "
        "refusal(...)\n"
        '             or any part of a completion: {"choices": [{"message": {"content": "..."}}]}'
    )
    assert len(fake.calls) == 1


def test_defaults_of_the_test(fake: FakeOpenAI) -> None:
    """Defaults that a test sets go over what is computed, and bring no key back that the API doesn't send."""
    fake.defaults.set("ChatCompletionMessage", {"content": "Mine"})
    found = wire(fake, "gpt-5")
    assert found["choices"][0]["message"]["content"] == "Mine"
    assert "logprobs" not in found["choices"][0]


@pytest.mark.parametrize(
    ("wrong", "param", "code"),
    [
        ({"temperature": 99.0}, "temperature", "decimal_above_max_value"),
        ({"messages": []}, "messages", "empty_array"),
        ({"n": 0}, "n", "integer_below_min_value"),
        (
            {
                "messages": [
                    {"role": "user", "content": [{"type": "file", "file": {"file_data": "data:audio/ogg;base64,T2"}}]}
                ]
            },
            "messages[0].content[0].file.file_data",
            "invalid_value",
        ),
    ],
)
def test_refused_requests(fake: FakeOpenAI, wrong: Json, param: str, code: str) -> None:
    """What the API refuses is refused, with its param and code, and no reply is used up."""
    fake.chat.completions.create.returns("one", "two")
    with pytest.raises(openai.BadRequestError) as caught:
        wire(fake, **wrong)
    assert (caught.value.param, caught.value.code) == (param, code)
    assert fake.chat.completions.create(model="gpt-4o", messages=HI).choices[0].message.content == "one"


def test_pdf_is_taken(fake: FakeOpenAI) -> None:
    """A PDF inside a message is accepted."""
    part: Any = {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERi0="}}
    assert fake.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": [part]}]).choices


async def test_async_is_the_same(afake: FakeAsyncOpenAI) -> None:
    """The asynchronous client answers as the synchronous one does."""
    afake.chat.completions.create.returns(tool_call("get_time"), "It is noon.")
    first = await afake.chat.completions.create(model="gpt-5", messages=HI, tools=[CLOCK])
    second = await afake.chat.completions.create(model="gpt-5", messages=HI)
    assert first.choices[0].finish_reason == "tool_calls"
    assert second.choices[0].message.content == "It is noon."
