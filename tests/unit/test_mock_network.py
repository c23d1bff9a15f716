"""Under a mock, and under the plugin's guard, nothing that real clients do tries to connect.

Each way of building a client, and each way of using one, runs twice here: inside, where it must be answered without
anything trying to look up a name or to connect, and outside, where it must be seen to try.
"""

# What is built and used here depends on the installed SDK, and is anything that it may give.
# pyright: reportPrivateUsage=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownLambdaType=false, reportUnknownParameterType=false

import asyncio
import importlib
import importlib.util
import inspect
import pathlib
import socket
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import openai
import pytest
from openai import AsyncAzureOpenAI, AsyncOpenAI, AzureOpenAI, OpenAI

import fakeopenai
from fakeopenai import NetworkBlocked
from fakeopenai._sdk import RESOURCE_BASES, httpx
from fakeopenai._table import CLASSES
from fakeopenai.mocking.answering import Guard
from fakeopenai.mocking.seam import set_guard
from fakeopenai.operation import resolve

Build = Callable[[], Any]

AZURE: dict[str, Any] = {"azure_endpoint": "https://x.openai.azure.com", "api_version": "2024-10-21"}
ASK: dict[str, Any] = {"model": "gpt-5", "messages": [{"role": "user", "content": "Hello!"}]}
HELLO = "Hello from the account."
KEY: dict[str, Any] = {"api_key": "sk-test"}


class Tried(OSError):
    """Something tried to connect. To the SDK it is a network that is down."""


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Whatever tries to connect fails, and is noted here."""
    noted: list[str] = []

    def refuse(what: str) -> Any:
        def refused(*_: Any, **__: Any) -> Any:
            noted.append(what)
            raise Tried(what)

        return refused

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, refuse(f"socket.{name}"))
    for name in ("getaddrinfo", "create_connection", "gethostbyname"):
        monkeypatch.setattr(socket, name, refuse(name))
    for name in ("create_connection", "getaddrinfo", "sock_connect"):
        for loop in (asyncio.BaseEventLoop, asyncio.SelectorEventLoop):
            if name in vars(loop):
                monkeypatch.setattr(loop, name, refuse(f"loop.{name}"))
    return noted


@pytest.fixture(autouse=True)
def plain_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The SDK warns of what is deprecated; what it reads from the environment and its module is as in a new process."""
    for name in ("OPENAI_BASE_URL", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_API_TYPE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"api_key": "sk-test", "http_client": None, "api_type": None, "_client": None}.items():
        monkeypatch.setattr(openai, name, value)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def say(real: Any) -> Any:
    """What the model says to a real client."""
    return real.chat.completions.create(**ASK).choices[0].message.content


async def asay(real: Any) -> Any:
    """What the model says to a real asynchronous client."""
    return (await real.chat.completions.create(**ASK)).choices[0].message.content


# ------------------------------------------------------------------------------------------------ ways to build


class Subclassed(OpenAI):
    """A client of somebody's own."""


class OwnHttp(httpx.Client):
    """An http client of somebody's own."""


class OwnAsyncHttp(httpx.AsyncClient):
    """The same, asynchronous."""


def _identity() -> Any:
    """A workload's identity, whose subject token the SDK would get from a metadata server."""
    auth = pytest.importorskip("openai.auth")
    provider = auth.gcp_id_token_provider()
    return {"identity_provider_id": "idp_1", "service_account_id": "sa_1", "client_id": "c", "provider": provider}


def _certificate() -> Any:
    auth = pytest.importorskip("openai.auth")
    if not hasattr(auth, "x509_workload_identity"):
        pytest.skip("this SDK knows no client certificates")
    return auth.x509_workload_identity(identity_provider_id="idp_1", service_account_id="sa_1")


def _of(module: str, name: str) -> Any:
    """A class that not every environment has."""
    found = getattr(pytest.importorskip(module), name, None)
    if found is None:
        pytest.skip(f"{module} has no {name}")
    return found


def _other_httpx() -> Any:
    """The http library that the SDK also takes clients of, besides its own."""
    other = pytest.importorskip("httpx" if httpx.__name__ == "httpx2" else "httpx2")
    if importlib.util.find_spec("openai._httpx2") is None:
        pytest.skip("this SDK takes clients of one http library only")
    return other


def _aiohttp() -> Any:
    pytest.importorskip("aiohttp")
    try:
        return openai.DefaultAioHttpClient()
    except RuntimeError as reason:
        pytest.skip(str(reason))


SYNC: dict[str, Build] = {
    "from openai import OpenAI": lambda: OpenAI(**KEY),
    "openai.OpenAI": lambda: openai.OpenAI(**KEY),
    "openai.Client": lambda: openai.Client(**KEY),
    "openai._client.OpenAI": lambda: importlib.import_module("openai._client").OpenAI(**KEY),
    "import_module": lambda: importlib.import_module("openai").OpenAI(**KEY),
    "callable key": lambda: OpenAI(api_key=_of("openai", "OpenAI") and (lambda: "sk-test")),
    "subclass": lambda: Subclassed(**KEY),
    "base url": lambda: OpenAI(**KEY, base_url="http://localhost:8000/some/v1/"),
    "http client": lambda: OpenAI(**KEY, http_client=httpx.Client()),
    "http client of one's own": lambda: OpenAI(**KEY, http_client=OwnHttp(transport=httpx.HTTPTransport(retries=0))),
    "http client with a proxy": lambda: OpenAI(**KEY, http_client=httpx.Client(proxy="http://localhost:3128")),
    "http client of the other library": lambda: OpenAI(**KEY, http_client=_other_httpx().Client()),
    "DefaultHttpxClient": lambda: OpenAI(**KEY, http_client=openai.DefaultHttpxClient()),
    "DefaultHttpx2Client": lambda: OpenAI(
        **KEY, http_client=pytest.importorskip("httpx2") and _of("openai", "DefaultHttpx2Client")()
    ),
    "with_options": lambda: OpenAI(**KEY).with_options(timeout=3),
    "copy": lambda: OpenAI(**KEY).copy(http_client=httpx.Client()),
    "azure": lambda: AzureOpenAI(api_key="key", **AZURE),
    "azure deployment": lambda: AzureOpenAI(api_key="key", azure_deployment="mine", **AZURE),
    "azure token": lambda: AzureOpenAI(azure_ad_token="token", **AZURE),
    "azure token provider": lambda: AzureOpenAI(azure_ad_token_provider=lambda: "token", **AZURE),
    "azure copy": lambda: AzureOpenAI(api_key="key", **AZURE).with_options(timeout=3),
    "bedrock": lambda: _of("openai", "BedrockOpenAI")(api_key="key", aws_region="us-east-1"),
    "workload identity": lambda: OpenAI(workload_identity=_identity()),
    "workload certificate": lambda: OpenAI(workload_identity=_certificate(), max_retries=0),
    "workload certificate, copy": lambda: OpenAI(workload_identity=_certificate(), max_retries=0).with_options(
        timeout=3
    ),
}

ASYNC: dict[str, Build] = {
    "from openai import AsyncOpenAI": lambda: AsyncOpenAI(**KEY),
    "openai.AsyncClient": lambda: openai.AsyncClient(**KEY),
    "http client": lambda: AsyncOpenAI(**KEY, http_client=httpx.AsyncClient()),
    "http client of one's own": lambda: AsyncOpenAI(**KEY, http_client=OwnAsyncHttp()),
    "http client of the other library": lambda: AsyncOpenAI(**KEY, http_client=_other_httpx().AsyncClient()),
    "DefaultAsyncHttpxClient": lambda: AsyncOpenAI(**KEY, http_client=openai.DefaultAsyncHttpxClient()),
    "DefaultAioHttpClient": lambda: AsyncOpenAI(**KEY, http_client=_aiohttp()),
    "with_options": lambda: AsyncOpenAI(**KEY).with_options(timeout=3),
    "copy": lambda: AsyncOpenAI(**KEY).copy(http_client=httpx.AsyncClient()),
    "azure": lambda: AsyncAzureOpenAI(api_key="key", **AZURE),
    "azure deployment": lambda: AsyncAzureOpenAI(api_key="key", azure_deployment="mine", **AZURE),
    "azure token provider": lambda: AsyncAzureOpenAI(azure_ad_token_provider=lambda: "token", **AZURE),
    "bedrock": lambda: _of("openai", "AsyncBedrockOpenAI")(api_key="key", aws_region="us-east-1"),
    "workload identity": lambda: AsyncOpenAI(workload_identity=_identity()),
    "workload certificate": lambda: AsyncOpenAI(workload_identity=_certificate(), max_retries=0),
}


def _built(build: Build) -> Any:
    try:
        real = build()
    except TypeError as reason:  # an argument, or a kind of it, that came later
        pytest.skip(f"openai {openai.__version__}: {reason}")
    real.max_retries = 0  # outside, a retry would sleep
    return real


@pytest.mark.parametrize("early", [True, False], ids=["before", "inside"])
@pytest.mark.parametrize("name", SYNC)
def test_no_way_of_building_a_client_leads_to_the_network(name: str, early: bool, tried: list[str]) -> None:
    """Built before the mock or inside, a client is answered by it; outside, the same client tries to connect."""
    real = _built(SYNC[name]) if early else None
    with fakeopenai.mock(replies=[HELLO]) as mock:
        real = real or _built(SYNC[name])
        assert say(real) == HELLO
        assert mock.chat.completions.create.call_count == 1
    assert not tried
    with pytest.raises((openai.OpenAIError, OSError)):
        say(real)
    assert tried
    real.close()


@pytest.mark.parametrize("early", [True, False], ids=["before", "inside"])
@pytest.mark.parametrize("name", ASYNC)
async def test_nor_of_building_an_asynchronous_client(name: str, early: bool, tried: list[str]) -> None:
    """The same for the asynchronous classes."""
    real = _built(ASYNC[name]) if early else None
    async with fakeopenai.mock(replies=[HELLO]) as mock:
        real = real or _built(ASYNC[name])
        assert await asay(real) == HELLO
        assert mock.chat.completions.create.call_count == 1
    assert not tried
    with pytest.raises((openai.OpenAIError, OSError)):
        await asay(real)
    assert tried
    await real.close()


@pytest.mark.parametrize("kind", ["openai", "azure"])
def test_nor_the_module_level_client(kind: str, tried: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """``openai.chat.completions.create``, loaded inside; and again with the client that is loaded already."""
    if kind == "azure":
        for name, value in {"api_type": "azure", "api_version": "2024-10-21", "max_retries": 0}.items():
            monkeypatch.setattr(openai, name, value)
        monkeypatch.setattr(openai, "azure_endpoint", "https://x.openai.azure.com")
    monkeypatch.setattr(openai, "max_retries", 0)
    for _ in range(2):
        with fakeopenai.mock(replies=[HELLO]):
            assert say(openai) == HELLO
    assert not tried
    with pytest.raises(openai.APIConnectionError):
        say(openai)
    assert tried


# ------------------------------------------------------------------------------------------------ ways to use


def _upload_parts(real: Any) -> None:
    real.uploads.upload_file_chunked(
        file=b"x" * 100, filename="data.jsonl", bytes=100, mime_type="text/jsonl", purpose="batch", part_size=40
    )


def _posted(real: Any) -> None:
    real.post("/chat/completions", body=ASK, cast_to=object)


def _streamed_response(real: Any) -> None:
    with real.chat.completions.with_streaming_response.create(**ASK) as response:
        response.parse()


def _streamed_helper(real: Any) -> None:
    with real.chat.completions.stream(**ASK) as stream:
        assert stream.get_final_completion().choices


def _thread(real: Any) -> None:
    real.beta.threads.create_and_run_poll(assistant_id=real.beta.assistants.create(model="gpt-4o").id)


def _many_files(real: Any) -> None:
    store = real.vector_stores.create()
    real.vector_stores.file_batches.upload_and_poll(store.id, files=[("a.txt", b"a"), ("b.txt", b"b")])


USES: dict[str, Callable[[Any], Any]] = {
    "stream": lambda real: list(real.chat.completions.create(**ASK, stream=True)),
    "stream helper": _streamed_helper,
    "raw response": lambda real: real.chat.completions.with_raw_response.create(**ASK).parse(),
    "streamed response": _streamed_response,
    "post": _posted,
    "responses": lambda real: real.responses.create(model="gpt-5", input="Hi"),
    "responses stream": lambda real: list(real.responses.create(model="gpt-5", input="Hi", stream=True)),
    "embeddings": lambda real: real.embeddings.create(model="text-embedding-3-small", input="Hi"),
    "file": lambda real: real.files.create(file=("data.jsonl", b"{}"), purpose="batch"),
    "file of a path": lambda real: real.files.create(file=pathlib.Path(__file__), purpose="user_data"),
    "file in parts": _upload_parts,
    "files in threads": _many_files,
    "image": lambda real: real.images.edit(image=b"png", prompt="a hat"),
    "transcription": lambda real: real.audio.transcriptions.create(file=("a.wav", b"RIFF"), model="whisper-1"),
    "speech": lambda real: real.audio.speech.create(model="tts-1", voice="alloy", input="Hi").read(),
    "pages": lambda real: list(real.batches.list()),
    "pollers": _thread,
    "moderation": lambda real: real.moderations.create(input="Hi"),
}


@pytest.mark.parametrize("name", USES)
def test_no_way_of_using_a_client_leads_to_the_network(name: str, tried: list[str]) -> None:
    """Streams, uploads, threads of the SDK's own, pages, pollers: answered inside, and seen to try outside."""
    real = _built(SYNC["from openai import OpenAI"])
    with fakeopenai.mock(missing="synthesize") as mock:
        USES[name](real)
        assert mock.calls
    assert not tried
    with pytest.raises((openai.OpenAIError, OSError)):
        USES[name](real)
    assert tried
    real.close()


async def test_nor_do_asynchronous_streams_and_uploads(tried: list[str]) -> None:
    """A stream, a file, and a token in another thread."""
    real = AsyncOpenAI(**KEY, max_retries=0)
    async with fakeopenai.mock():
        stream: Any = await real.chat.completions.create(**ASK, stream=True)
        assert [chunk async for chunk in stream]
        await real.files.create(file=("data.jsonl", b"{}"), purpose="batch")
    assert not tried
    with pytest.raises(openai.APIConnectionError):
        await real.chat.completions.create(**ASK, stream=True)
    assert tried
    await real.close()


def test_made_up_tokens_are_kept_nowhere(tried: list[str]) -> None:
    """A client that is used under a mock asks for a real token afterwards; providers aren't asked inside."""
    asked: list[str] = []

    def subject_token() -> str:
        asked.append("asked")
        return "subject"

    identity = {**_identity(), "provider": {"token_type": "jwt", "get_token": subject_token}}
    arguments: dict[str, Any] = {"workload_identity": identity, "max_retries": 0}
    real = OpenAI(**arguments)
    with fakeopenai.mock(failures=[401]) as mock:
        say(real)
        assert not asked
        assert mock.calls[-1].headers["authorization"]
    with pytest.raises((openai.OpenAIError, OSError)):
        say(real)
    assert asked
    assert tried
    real.close()


# ------------------------------------------------------------------------------------------------ WebSockets


def _sockets() -> list[str]:
    """The paths of all resources of the installed SDK that have a ``connect``."""
    found: list[str] = []
    for path, name in CLASSES.items():
        try:
            cls = resolve(name)
        except (ImportError, AttributeError):
            continue
        if hasattr(cls, "connect"):
            found.append(path)
    return found


SOCKETS = _sockets()


def _resource(client: Any, path: str) -> Any:
    for name in path.split("."):
        client = getattr(client, name)
    return client


def _manager(client: Any, path: str) -> Any:
    """What ``connect`` returns, called with the model or the id that it takes."""
    connect = _resource(client, path).connect
    known = inspect.signature(resolve(CLASSES[path]).connect).parameters
    return connect(**{name: "gpt-realtime" for name in ("model", "session_id") if name in known})


def test_there_are_sockets_to_block() -> None:
    """Else the tests below would prove nothing."""
    assert {"realtime", "beta.realtime"} <= set(SOCKETS)


@pytest.mark.parametrize("path", SOCKETS)
def test_no_socket_is_opened(path: str, tried: list[str]) -> None:
    """``connect`` is an error that says what to write, on either client, Azure too; outside, it does try."""
    clients = [_built(build) for build in (SYNC["openai.OpenAI"], SYNC["azure"], ASYNC["openai.AsyncClient"])]
    with fakeopenai.mock():
        for real in clients:
            with pytest.raises(NetworkBlocked) as caught:
                _manager(real, path)
            assert f"openai_mock.{path}.connect = " in str(caught.value)
            assert caught.value.operation == f"{path}.connect"
    assert not tried
    pytest.importorskip("websockets")
    with pytest.raises((openai.OpenAIError, OSError)), _manager(clients[0], path):
        pass  # pragma: no cover - nothing is there to connect to
    assert tried


@pytest.mark.parametrize("path", SOCKETS)
async def test_nor_by_what_was_made_before(path: str, tried: list[str]) -> None:
    """A manager of connections that waits to be entered, in each of its ways."""
    manager, again = (_manager(OpenAI(**KEY), path) for _ in range(2))
    later, awaited = (_manager(AsyncOpenAI(**KEY), path) for _ in range(2))
    with fakeopenai.mock():
        with pytest.raises(NetworkBlocked, match="opens a WebSocket"), manager:
            pass  # pragma: no cover
        with pytest.raises(NetworkBlocked, match="opens a WebSocket"):
            again.enter()
        with pytest.raises(NetworkBlocked, match="opens a WebSocket"):
            async with later:
                pass  # pragma: no cover
        with pytest.raises(NetworkBlocked, match="opens a WebSocket"):
            await awaited.enter()
    assert not tried
    pytest.importorskip("websockets")
    with pytest.raises((openai.OpenAIError, OSError)):
        async with later:
            pass  # pragma: no cover
    assert tried


@pytest.mark.parametrize("path", SOCKETS)
def test_a_double_of_the_tests_own_is_connected_instead(path: str) -> None:
    """Put on the mock, it answers the ``connect`` of every client; the decorator of its path is enough."""
    connected: list[Any] = []

    def double(**arguments: Any) -> str:
        connected.append(arguments)
        return "connection"

    with fakeopenai.mock() as whole:
        _resource(whole, path).connect = double
        assert _manager(OpenAI(**KEY), path) == _manager(AsyncOpenAI(**KEY), path) == "connection"
    with _resource(fakeopenai.mock, path)() as part:
        part.connect = double
        assert _manager(openai, path) == "connection"
    assert len(connected) == 3


def test_a_socket_that_is_not_mocked_says_so() -> None:
    """With the decorator to add, as any other call."""
    with fakeopenai.mock.files(), pytest.raises(NetworkBlocked) as caught:
        _manager(OpenAI(**KEY), "realtime")
    for part in ("realtime.connect was called", "not mocked here", "add @fakeopenai.mock.realtime(...)"):
        assert part in str(caught.value)


def test_resources_that_are_imported_inside_are_covered() -> None:
    """The SDK imports a resource when a client first uses it: in a new process, that is inside of the mock."""
    code = """
import sys
import openai, fakeopenai
with fakeopenai.mock():
    assert "openai.resources.realtime.realtime" not in sys.modules
    try:
        openai.OpenAI(api_key="sk-test").realtime.connect(model="gpt-realtime")
    except fakeopenai.NetworkBlocked as caught:
        print("blocked")
from openai.resources.realtime import Realtime
print(Realtime.connect.__module__, "__wrapped__" in vars(Realtime.connect))
"""
    import subprocess

    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.stdout.split() == ["blocked", "openai.resources.realtime.realtime", "False"], run.stderr


def test_all_is_put_back() -> None:
    """Methods that open sockets, that exchange tokens, and the bases of resources: what was there is there again."""
    from fakeopenai.mocking import detours
    from fakeopenai.mocking.seam import _patched

    def state() -> list[dict[str, Any]]:
        classes = {cls for cls, _, _ in detours.socket_openers()} | {cls for cls, *_ in patched}
        return [dict(vars(cls)) for cls in sorted(classes, key=repr)]

    with fakeopenai.mock():
        patched = list(_patched)
    before = state()
    with fakeopenai.mock():
        assert state() != before
    assert state() == before
    assert not any("__init_subclass__" in vars(base) for base in RESOURCE_BASES)


def test_an_sdk_that_cannot_be_patched_is_left_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where something to patch is missing, what has been patched before it is put back."""
    from openai._base_client import SyncAPIClient

    monkeypatch.setattr(
        "fakeopenai.mocking.detours.socket_openers", lambda: iter([(OpenAI, "nothing", lambda _: None)])
    )
    with pytest.raises(KeyError, match="nothing"), fakeopenai.mock():
        pass  # pragma: no cover
    assert "_client" not in vars(SyncAPIClient)


# ------------------------------------------------------------------------------------------------ the guard


@pytest.fixture
def guard() -> Iterator[Guard]:
    """The plugin's guard, with no mock open."""
    guard = Guard()
    set_guard(guard)
    yield guard
    set_guard(None)


async def test_the_guard_refuses_all_of_it(guard: Guard, tried: list[str]) -> None:
    """Calls, sockets and what needs a token are refused and noted; nothing is tried, and a mock inside answers."""
    real, later = OpenAI(**KEY, max_retries=0), AsyncOpenAI(**KEY, max_retries=0)
    with pytest.raises(NetworkBlocked, match="--fakeopenai-block is on"):
        say(real)
    with pytest.raises(NetworkBlocked, match="outside of every mock"):
        await asay(later)
    with pytest.raises(NetworkBlocked, match=r"called realtime\.connect outside of every mock"):
        _manager(real, "realtime")
    with pytest.raises(NetworkBlocked, match=r"called GET https://api\.openai\.com/nothing outside"):
        real.get("https://api.openai.com/nothing", cast_to=object)
    with fakeopenai.mock(replies=[HELLO]):
        assert say(real) == HELLO
    assert guard.refused == [
        "chat.completions.create",
        "chat.completions.create",
        "realtime.connect",
        "GET https://api.openai.com/nothing",
    ]
    if importlib.util.find_spec("openai.auth"):
        arguments: dict[str, Any] = {"workload_identity": _identity(), "max_retries": 0}
        with pytest.raises(NetworkBlocked):
            say(OpenAI(**arguments))
    assert not tried


# ------------------------------------------------------------------------------------------------ http clients' own


def test_event_hooks_see_requests_and_responses() -> None:
    """Those of a custom http client run as they would: on each attempt, and on what they change."""
    seen: list[Any] = []

    def stamp(request: Any) -> None:
        request.headers["x-trace"] = "yes"
        seen.append(request.url.path)

    http = httpx.Client(
        event_hooks={"request": [stamp], "response": [lambda response: seen.append(response.status_code)]}
    )
    with fakeopenai.mock(replies=[HELLO, HELLO], failures=1) as mock:
        assert say(OpenAI(**KEY, http_client=http)) == HELLO
        assert mock.calls[0].headers["x-trace"] == "yes"
        assert mock.calls[0].attempts == 2
        chunks = list(OpenAI(**KEY, http_client=http).chat.completions.create(**ASK, stream=True))
        assert chunks
    assert seen == ["/v1/chat/completions", 500, "/v1/chat/completions", 200, "/v1/chat/completions", 200]


async def test_asynchronous_event_hooks_too() -> None:
    """They may read the answer, as httpx lets them."""
    seen: list[Any] = []

    async def request_seen(request: Any) -> None:
        seen.append(request.method)

    async def response_seen(response: Any) -> None:
        await response.aread()
        seen.append(response.json()["object"])

    http = httpx.AsyncClient(event_hooks={"request": [request_seen], "response": [response_seen]})
    async with fakeopenai.mock(replies=[HELLO]):
        assert await asay(AsyncOpenAI(**KEY, http_client=http)) == HELLO
    assert seen == ["POST", "chat.completion"]


class Signed(httpx.Auth):
    """Authentication of somebody's own: first it asks for a challenge."""

    def auth_flow(self, request: Any) -> Any:
        """Two requests, the second one signed."""
        response = yield httpx.Request("GET", "https://api.openai.com/v1/models")
        request.headers["x-signature"] = str(response.status_code)
        yield request


class Strayed(httpx.Auth):
    """Authentication that asks somebody else."""

    def auth_flow(self, request: Any) -> Any:
        """A request that is none of the API's."""
        yield httpx.Request("POST", "https://login.example.com/token")
        yield request  # pragma: no cover - never got there


async def test_authentication_of_http_clients_runs() -> None:
    """Its requests to the API are answered; one to elsewhere is an error and never sent."""
    with fakeopenai.mock(replies=[HELLO, HELLO]) as mock:
        assert say(OpenAI(**KEY, http_client=httpx.Client(auth=Signed()))) == HELLO
        assert await asay(AsyncOpenAI(**KEY, http_client=httpx.AsyncClient(auth=Signed()))) == HELLO
        assert [call.operation for call in mock.calls] == ["models.list", "chat.completions.create"] * 2
        assert mock.calls[-1].headers["x-signature"] == "200"
        with pytest.raises(NetworkBlocked, match=r"login\.example\.com/token"):
            say(OpenAI(**KEY, http_client=httpx.Client(auth=Strayed())))
        with pytest.raises(NetworkBlocked, match=r"login\.example\.com/token"):
            await asay(AsyncOpenAI(**KEY, http_client=httpx.AsyncClient(auth=Strayed())))


def test_hooks_do_not_see_what_the_tests_author_got_wrong() -> None:
    """A hook that looks at the status doesn't take our error for one of the API's."""
    http = httpx.Client(event_hooks={"response": [lambda response: response.raise_for_status()]})
    with fakeopenai.mock.files(), pytest.raises(NetworkBlocked, match="not mocked here"):
        say(OpenAI(**KEY, http_client=http))
