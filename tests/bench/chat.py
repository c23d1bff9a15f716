"""Rows of chat completions, of making clients, of recording, and of starting up."""

# What is measured or compared here is called as untyped code does, through values that may be any client's.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownLambdaType=false, reportUnknownParameterType=false

from __future__ import annotations

import asyncio
import tracemalloc
from typing import Any

import pydantic

from fakeopenai import FakeAsyncOpenAI, FakeOpenAI

from .harness import Bench, Result, Spread, row, spread
from .real import MESSAGES, event_stream, json_bytes, magic_client, messages, mocked, mocked_async, recorded

ASK: Any = {"model": "gpt-5", "messages": MESSAGES}


class Weather(pydantic.BaseModel):
    """What the parsed answers hold."""

    city: str
    celsius: float
    windy: bool


_WEATHER = {"city": "Paris", "celsius": 21.5, "windy": False}


def _completion(text: str = "It is sunny.") -> Any:
    return FakeOpenAI(replies=[text]).chat.completions.create(**ASK)


def _create(bench: Bench, ask: Any) -> Result:
    fake = FakeOpenAI()
    answer = _completion()
    fake.chat.completions.create.returns("It is sunny.")
    real = mocked(json_bytes(answer.model_dump(mode="json")))
    magic = magic_client()
    magic.chat.completions.create.return_value = answer
    bench.cleanup += [fake.calls.clear, magic.chat.completions.create.reset_mock]
    return bench.against_real(
        lambda: fake.chat.completions.create(**ask),
        lambda: real.chat.completions.create(**ask),
        lambda: magic.chat.completions.create(**ask),
    )


@row("create-3", "chat.completions.create, 3 messages", "a", 0.016)
def create(bench: Bench) -> Result:
    """The call that most tests consist of."""
    return _create(bench, ASK)


@row("create-30", "chat.completions.create, 30 messages over 3", "x", 1.5)
def create_long(bench: Bench) -> Result:
    """What a longer history adds."""
    fake = FakeOpenAI()
    fake.chat.completions.create.returns("It is sunny.")
    ask: Any = {"model": "gpt-5", "messages": messages(30)}
    bench.cleanup.append(fake.calls.clear)
    return bench.ratio(
        lambda: fake.chat.completions.create(**ask), lambda: fake.chat.completions.create(**ASK), "with 3"
    )


@row("stream-50", "a stream of 50 chunks, consumed", "a", 0.06)
def stream(bench: Bench) -> Result:
    """Chunks are models on both sides."""
    from fakeopenai import chunks

    pieces = chunks(*[f"word{index} " for index in range(48)])  # a first chunk has the role, a last one the reason
    fake = FakeOpenAI()
    fake.chat.completions.create.returns(pieces)

    def answered(other: FakeOpenAI) -> Any:
        other.chat.completions.create.returns(pieces)
        return other.chat.completions.with_raw_response.create(**ASK, stream=True)

    content = recorded(answered)
    real = mocked(event_stream(content))
    models = list(fake.chat.completions.create(**ASK, stream=True))
    magic = magic_client()
    magic.chat.completions.create.side_effect = lambda **_: iter(models)
    bench.cleanup += [fake.calls.clear, magic.chat.completions.create.reset_mock]

    def consume(client: Any) -> int:
        return sum(1 for _ in client.chat.completions.create(**ASK, stream=True))

    assert consume(fake) == consume(real) == 50
    return bench.against_real(lambda: consume(fake), lambda: consume(real), lambda: consume(magic))


@row("client", "making a client, chat.completions included", "a", 0.3)
def client(bench: Bench) -> Result:
    """A test makes a client of its own."""
    responder = json_bytes({})
    return bench.against_real(
        lambda: FakeOpenAI().chat.completions,
        lambda: mocked(responder).chat.completions,
        lambda: magic_client().chat.completions,
    )


@row("parse", "chat.completions.parse with a pydantic class", "a", 0.7)
def parse(bench: Bench) -> Result:
    """The SDK's own work of making a schema and reading the answer stays."""
    from fakeopenai import json_reply

    fake = FakeOpenAI()
    fake.chat.completions.create.returns(json_reply(_WEATHER))
    real = mocked(json_bytes(_completion('{"city":"Paris","celsius":21.5,"windy":false}').model_dump(mode="json")))
    bench.cleanup.append(fake.calls.clear)

    def run(client: Any) -> Any:
        parsed = client.chat.completions.parse(**ASK, response_format=Weather).choices[0].message.parsed
        assert parsed.city == "Paris"
        return parsed

    return bench.against_real(lambda: run(fake), lambda: run(real))


@row("async-1000", "1,000 concurrent async calls", "a", 0.05)
def concurrent(bench: Bench) -> Result:
    """Gathered in one event loop; making the loop is outside."""
    count = bench.sized(1000)
    fake = FakeAsyncOpenAI()
    fake.chat.completions.create.returns("It is sunny.")
    real = mocked_async(json_bytes(_completion().model_dump(mode="json")))
    loop = asyncio.new_event_loop()

    async def gathered(client: Any) -> None:
        await asyncio.gather(*[client.chat.completions.create(**ASK) for _ in range(count)])

    bench.cleanup.append(fake.calls.clear)
    bench.rounds = min(bench.rounds, 7)  # the real client takes seconds
    try:
        return bench.against_real(
            lambda: loop.run_until_complete(gathered(fake)), lambda: loop.run_until_complete(gathered(real))
        )
    finally:
        loop.close()


def traced(count: int, work: Any) -> float:
    """KiB that so many units of work leave behind, each."""
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    for index in range(count):
        work(index)
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return (after - before) / count / 1024


@row("call-memory", "memory per recorded call, 3 short messages", "KiB", 2.7)
def memory(bench: Bench) -> Result:
    """Texts differ from call to call, and the answers are dropped: what is left is the record."""
    fake = FakeOpenAI()

    def call(index: int) -> None:
        said: Any = [{**message, "content": f"{message['content']} {index}"} for message in MESSAGES]
        fake.chat.completions.create(model="gpt-5", messages=said)

    traced(50, call)
    return Result(spread([traced(bench.sized(2000), call) for _ in range(3)]))


@row("call-flat", "time per call, 100,000 calls recorded over 10", "x", 1.5)
def flat(bench: Bench) -> Result:
    """Recording must not slow down as the log grows."""
    few, many = FakeOpenAI(), FakeOpenAI()
    for fake, count in ((few, 10), (many, bench.sized(100_000))):
        for _ in range(count):
            fake.chat.completions.create(**ASK)

    def forget() -> None:
        few.calls.clear()
        for _ in range(10):
            few.chat.completions.create(**ASK)

    bench.cleanup.append(forget)
    return bench.ratio(
        lambda: many.chat.completions.create(**ASK), lambda: few.chat.completions.create(**ASK), "with 10"
    )


_IMPORT = "import time; t=time.perf_counter(); import openai; print(time.perf_counter()-t)"
_IMPORT_BOTH = """
import time, openai
t = time.perf_counter()
from fakeopenai import FakeOpenAI
print(time.perf_counter() - t)
"""


@row("import", "from fakeopenai import FakeOpenAI, added to import openai", "%", 5)
def importing(bench: Bench) -> Result:
    """In fresh processes; with the import of ``FakeOpenAI`` itself, since the package imports lazily."""
    alone, added = bench.processes(_IMPORT, _IMPORT_BOTH)
    base = spread(alone).median
    found = spread(added)
    return Result(
        Spread(*(100 * each / base for each in (found.median, found.low, found.high))),
        None,
        found.median,
        f"import openai: {base * 1e3:.0f} ms",
    )


_FIRST = """
import time
{before}
from fakeopenai import FakeOpenAI
fake = FakeOpenAI()
ask = {{"model": "gpt-5", "messages": [{{"role": "user", "content": "Hi"}}]}}
times = []
for _ in range(2):
    t = time.perf_counter()
    fake.chat.completions.create(**ask)
    times.append(time.perf_counter() - t)
print(1e3 * (times[0] - times[1]))
"""
_SDK_LOADED = "import openai; openai.OpenAI(api_key='x').chat.completions; import openai.types.chat"


@row("first-call", "first call of a process over the second", "ms", 40)
def first_call(bench: Bench) -> Result:
    """With the SDK's own modules loaded before; without, it is in the note."""
    warm, cold = bench.processes(_FIRST.format(before=_SDK_LOADED), _FIRST.format(before=""))
    return Result(spread(warm), note=f"{spread(cold).median:.0f} ms with the SDK's own imports of that moment")
