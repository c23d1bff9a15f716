"""The four clients: real openai clients in every respect but http, environment and waiting."""

# A request is unpacked from a dict here, as applications do; pyright can't tell by that which overload is called.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

import asyncio
import copy
import inspect
import os
from typing import Any, cast

import openai
import pytest
from openai import AsyncAzureOpenAI, AsyncOpenAI, AzureOpenAI, OpenAI
from openai.types.chat import ChatCompletion

from fakeopenai import (
    FakeAsyncAzureOpenAI,
    FakeAsyncOpenAI,
    FakeAzureOpenAI,
    FakeOpenAI,
    NetworkBlocked,
    StateStore,
    UsageError,
    VirtualClock,
)

CLIENTS: list[tuple[type[Any], type[Any]]] = [
    (FakeOpenAI, OpenAI),
    (FakeAsyncOpenAI, AsyncOpenAI),
    (FakeAzureOpenAI, AzureOpenAI),
    (FakeAsyncAzureOpenAI, AsyncAzureOpenAI),
]
each_client = pytest.mark.parametrize(("fake_class", "real_class"), CLIENTS, ids=lambda cls: cls.__name__)


def finished(value: Any) -> Any:
    """The value itself, or what awaiting it gives."""
    return asyncio.run(cast("Any", value)) if inspect.isawaitable(value) else value


@each_client
def test_a_fake_is_an_instance_of_the_real_class(fake_class: type[Any], real_class: type[Any]) -> None:
    """Code that checks for the real client, by isinstance or by name, takes the fake for one."""
    fake = fake_class()
    assert isinstance(fake, real_class)
    assert issubclass(type(fake), OpenAI | AsyncOpenAI)
    assert "openai" in type(fake).__module__
    assert ("Async" in type(fake).__name__) == ("Async" in real_class.__name__)
    assert bool(fake)
    assert bool(fake.chat.completions)
    assert not fake.is_closed()


@each_client
def test_a_fake_answers_without_arguments(fake_class: type[Any], real_class: type[Any], ask: dict[str, Any]) -> None:
    """None of the real client's arguments is required, and the default answer is a ChatCompletion."""
    completion = finished(fake_class().chat.completions.create(**ask))
    assert type(completion) is ChatCompletion
    assert completion.choices[0].message.role == "assistant"


@each_client
def test_no_environment_variable_is_read(
    fake_class: type[Any], real_class: type[Any], monkeypatch: pytest.MonkeyPatch, ask: dict[str, Any]
) -> None:
    """Whatever OPENAI_* or AZURE_* variables hold, nothing of it is in a fake or in what it sends."""
    poison = "poison-from-the-environment"
    for name in [
        "OPENAI_API_KEY",
        "OPENAI_ADMIN_KEY",
        "OPENAI_ORG_ID",
        "OPENAI_PROJECT_ID",
        "OPENAI_WEBHOOK_SECRET",
        "AZURE_OPENAI_API_KEY",
        "AZURE_OPENAI_AD_TOKEN",
        "OPENAI_API_VERSION",
    ]:
        monkeypatch.setenv(name, poison)
    monkeypatch.setenv("OPENAI_BASE_URL", f"https://{poison}/v1")
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", f"https://{poison}/")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", f"x-poison: {poison}")
    fake = fake_class(max_retries=1)
    finished(fake.chat.completions.create(**ask))
    assert poison not in repr(vars(fake)) + str(fake.base_url) + repr(fake.default_headers)
    assert poison not in repr(dict(fake.calls[-1].headers))
    assert os.environ["OPENAI_API_KEY"] == poison


def test_the_base_url_is_the_apis_own() -> None:
    """Some libraries shape their requests by the host; a fake passes for the API itself."""
    fake = FakeOpenAI()
    assert str(fake.base_url) == "https://api.openai.com/v1/"
    assert fake.api_key.startswith("sk-")


@pytest.mark.parametrize("base_url", ["http://localhost:8000/v1", "https://example.com/some/path"])
def test_any_base_url_is_answered(base_url: str, ask: dict[str, Any]) -> None:
    """A base URL of one's own is kept, and changes nothing about who answers."""
    fake = FakeOpenAI(base_url=base_url)
    assert str(fake.base_url).rstrip("/") == base_url
    assert fake.chat.completions.with_raw_response.create(**ask).http_request.url.host in base_url


def test_the_real_clients_arguments_are_kept() -> None:
    """What was passed is what the attributes say, as on the real client."""
    fake = FakeOpenAI(
        api_key="sk-mine",
        organization="org-1",
        project="proj-1",
        timeout=7.5,
        max_retries=4,
        default_headers={"x-a": "b"},
    )
    assert (fake.api_key, fake.organization, fake.project) == ("sk-mine", "org-1", "proj-1")
    assert (fake.timeout, fake.max_retries) == (7.5, 4)
    assert fake.default_headers["x-a"] == "b"


def test_an_http_client_of_ones_own_is_accepted_and_never_used(ask: dict[str, Any]) -> None:
    """An application may pass an http client with its own transport; the fake answers all the same."""
    client = openai.DefaultHttpxClient()
    fake = FakeOpenAI(http_client=client)
    assert fake.chat.completions.create(**ask).id
    assert fake._client is not client
    client.close()


def test_an_unknown_argument_names_the_nearest() -> None:
    """A typo in the constructor fails at once, and says what was meant."""
    with pytest.raises(UsageError, match=r"FakeOpenAI\(\) has no argument 'reply'; did you mean 'replies'\?"):
        FakeOpenAI(reply=["x"])  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    with pytest.raises(UsageError, match="has no argument 'max_retry'; did you mean 'max_retries'"):
        FakeOpenAI(max_retry=1)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"state": {}}, r"state= takes a fakeopenai\.StateStore; got dict \{\}"),
        ({"clock": 3}, r"clock= takes a fakeopenai\.Clock; got int 3"),
        ({"missing": "maybe"}, "missing='maybe' is not one of 'error', 'synthesize'"),
        ({"lifecycle": "fast"}, "lifecycle='fast' is not one of 'instant', 'steps', 'manual'"),
        ({"replies": "Hello"}, r"replies= takes a list of replies.*write replies=\['Hello'\]"),
        ({"backend": object()}, r"backend= takes the account of another fake, fake\.backend"),
        ({"tokenizer": 3}, "tokenizer"),
    ],
)
def test_an_argument_of_the_wrong_kind_is_refused(arguments: dict[str, Any], message: str) -> None:
    """Each of the fake's own arguments says what it takes."""
    with pytest.raises(UsageError, match=message):
        FakeOpenAI(**arguments)


def test_backend_excludes_the_arguments_that_make_an_account() -> None:
    """An account that exists can't be given a state; that would be silently ignored otherwise."""
    with pytest.raises(UsageError, match="backend= is an account that exists already; state= would make a new one"):
        FakeOpenAI(backend=FakeOpenAI().backend, state=StateStore())


def test_sync_and_async_clients_share_an_account(ask: dict[str, Any]) -> None:
    """A backend handed over is the same script and the same log."""
    fake = FakeOpenAI(replies=["first", "second"])
    other = FakeAsyncOpenAI(backend=fake.backend)
    assert fake.chat.completions.create(**ask).choices[0].message.content == "first"
    assert asyncio.run(other.chat.completions.create(**ask)).choices[0].message.content == "second"
    assert len(fake.calls) == len(other.calls) == 2


@each_client
def test_copies_share_the_account(fake_class: type[Any], real_class: type[Any], ask: dict[str, Any]) -> None:
    """copy(), with_options() and copy.copy are views on the same account, as LangChain and others make them."""
    fake = fake_class()
    fake.chat.completions.create.returns("shared")
    copies = [
        fake.copy(),
        fake.with_options(http_client=fake._client, max_retries=0, _extra_kwargs={}),
        copy.copy(fake),
    ]
    for twin in copies:
        assert type(twin) is fake_class
        assert finished(twin.chat.completions.create(**ask)).choices[0].message.content == "shared"
    assert copies[1].max_retries == 0
    assert len(fake.calls) == 3


def test_a_deep_copy_is_a_detached_account(ask: dict[str, Any]) -> None:
    """copy.deepcopy: the same script and log so far, from then on independent, which no real client can be."""
    fake = FakeOpenAI(replies=["one", "two"])
    assert fake.chat.completions.create(**ask).choices[0].message.content == "one"
    twin = copy.deepcopy(fake)
    assert twin.chat.completions.create(**ask).choices[0].message.content == "two"
    assert fake.chat.completions.create(**ask).choices[0].message.content == "two"
    assert (len(fake.calls), len(twin.calls)) == (2, 2)


def test_repr_says_what_the_account_has_seen(ask: dict[str, Any]) -> None:
    """The repr shows calls and state, and no key."""
    fake = FakeOpenAI(api_key="sk-secret")
    fake.chat.completions.create(**ask)
    assert repr(fake).startswith("<FakeOpenAI 1 calls, ")
    assert "sk-secret" not in repr(fake)
    assert repr(fake.chat.completions) == "<FakeCompletions fake.chat.completions>"
    assert repr(fake.chat.completions.create) == "<fake chat.completions.create: POST /chat/completions, 1 calls>"


def test_a_closed_client_fails_as_the_real_one(ask: dict[str, Any]) -> None:
    """After close(), calls fail as they do on a real client that was closed."""
    with FakeOpenAI(max_retries=0) as fake:
        fake.chat.completions.create(**ask)
    assert fake.is_closed()
    with pytest.raises((RuntimeError, openai.APIConnectionError)):
        fake.chat.completions.create(**ask)


async def test_a_closed_async_client_fails_as_the_real_one(ask: dict[str, Any]) -> None:
    """The same for the asynchronous context manager."""
    async with FakeAsyncOpenAI(max_retries=0) as fake:
        await fake.chat.completions.create(**ask)
    assert fake.is_closed()
    with pytest.raises((RuntimeError, openai.APIConnectionError)):
        await fake.chat.completions.create(**ask)


def test_the_http_client_cannot_be_replaced() -> None:
    """Nothing can give a fake a way to the network."""
    fake = FakeOpenAI()
    with pytest.raises(NetworkBlocked, match="keeps its inert http client"):
        fake._client = openai.DefaultHttpxClient()


def test_a_foreign_url_is_blocked() -> None:
    """A request through the inert client to what is no operation of the API says which it was."""
    fake = FakeOpenAI()
    with pytest.raises(NetworkBlocked, match=r"GET https://example\.com/weather: fakeopenai answers the operations"):
        fake._client.get("https://example.com/weather").raise_for_status()


@pytest.mark.parametrize("path", ["beta.realtime.connect", "realtime.connect"])
def test_websockets_are_blocked(path: str) -> None:
    """Whatever would open a WebSocket says that it can't, and what to do."""
    target: Any = FakeOpenAI()
    for name in path.split(".")[:-1]:
        target = getattr(target, name, None)
    if target is None:
        pytest.skip(f"openai {openai.__version__} has no {path}")
    with pytest.raises(NetworkBlocked, match=r"opens a WebSocket, and fakeopenai has no network"):
        target.connect(model="gpt-realtime")


def test_an_attribute_that_does_not_exist_names_the_nearest() -> None:
    """A typo in the path fails with the real attribute's name."""
    fake: Any = FakeOpenAI()
    with pytest.raises(
        AttributeError, match=r"fake\.chat\.completions has no attribute 'crate'.*did you mean 'create'"
    ):
        _ = fake.chat.completions.crate
    with pytest.raises(AttributeError, match=r"has no attribute 'retruns'; did you mean 'returns'\?"):
        fake.chat.completions.create.retruns("x")
    with pytest.raises(AttributeError, match=r"create\.respons can't be set"):
        fake.chat.completions.create.respons = {}


def test_time_of_recorded_calls_is_the_clocks(ask: dict[str, Any]) -> None:
    """With a virtual clock, timestamps are the same in each run."""
    clock = VirtualClock(start=1_700_000_000)
    fake = FakeOpenAI(clock=clock)
    assert fake.chat.completions.create(**ask).created == 1_700_000_000
    assert fake.calls[-1].started_at == 1_700_000_000


def test_a_seed_makes_ids_the_same_in_each_run(ask: dict[str, Any]) -> None:
    """Two accounts with one seed make the same ids; without a seed, others."""
    first, second, third = (FakeOpenAI(seed=seed).chat.completions.create(**ask).id for seed in (7, 7, None))
    assert first == second != third
    with pytest.raises(UsageError, match="Give either ids= or seed="):
        FakeOpenAI(seed=1, ids=FakeOpenAI().ids)
