"""Under a mock, and under the plugin's guard, nothing that real clients do tries to connect.

Each way of building a client, and each way of using one, runs twice here: inside, where it must be answered without
anything trying to look up a name or to connect, and outside, where it must be seen to try.
"""

# What is built and used here depends on the installed SDK, and is anything that it may give.
# pyright: reportPrivateUsage=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownLambdaType=false, reportUnknownParameterType=false

import importlib
import importlib.util
import pathlib
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import openai
import pytest
from openai import AsyncAzureOpenAI, AsyncOpenAI, AzureOpenAI, OpenAI

import fakeopenai
from fakeopenai._sdk import httpx
from tests.clients import ASK, AZURE, KEY, asay, identity, say

Build = Callable[[], Any]

HELLO = "Hello from the account."


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


# ------------------------------------------------------------------------------------------------ ways to build


class Subclassed(OpenAI):
    """A client of somebody's own."""


class OwnHttp(httpx.Client):
    """An http client of somebody's own."""


class OwnAsyncHttp(httpx.AsyncClient):
    """The same, asynchronous."""


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
    "workload identity": lambda: OpenAI(workload_identity=identity()),
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
    "workload identity": lambda: AsyncOpenAI(workload_identity=identity()),
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

    own = {**identity(), "provider": {"token_type": "jwt", "get_token": subject_token}}
    arguments: dict[str, Any] = {"workload_identity": own, "max_retries": 0}
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
