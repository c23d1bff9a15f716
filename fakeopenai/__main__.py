"""``python -m fakeopenai``: a tour of two minutes. ``python -m fakeopenai coverage``: what is faked, and how deeply.

The tour runs each step before the reader's eyes: it shows the source of a function, calls it, and shows what it
printed. So what is read is what has run. Nobody imports this module.
"""

from __future__ import annotations

import contextlib
import inspect
import io
import os
import re
import sys
import textwrap
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import openai
import pydantic

import fakeopenai
from fakeopenai import FakeAsyncOpenAI, FakeOpenAI, error, json_reply, tool_call

__all__ = ["main", "tour"]

WIDTH = 100


class Step(NamedTuple):
    """One step of the tour.

    Attributes:
        title: what it is about, in a line.
        text: what to look at.
        shown: the functions or classes whose source is shown, the last of which is run.
    """

    title: str
    text: str
    shown: tuple[Any, ...]


STEPS: list[Step] = []


def step(title: str, text: str, *before: Any) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    """Make a function the next step of the tour; ``before`` are shown ahead of it."""

    def add(function: Callable[[], Any]) -> Callable[[], Any]:
        STEPS.append(Step(title, text, (*before, function)))
        return function

    return add


# ------------------------------------------------------------------------------------------------ the steps


def summarize(client: openai.OpenAI, text: str) -> str | None:
    completion = client.chat.completions.create(
        model="gpt-5",
        messages=[
            {"role": "system", "content": "Summarize."},
            {"role": "user", "content": text},
        ],
    )
    return completion.choices[0].message.content


@step(
    "Inject it",
    "Your code takes a client; the test passes a fake one. FakeOpenAI is an openai.OpenAI: it needs no key, opens no "
    "socket, and never makes up what a model would say. You script that, or a fixed default text comes.",
    summarize,
)
def inject() -> None:
    fake = FakeOpenAI()
    fake.chat.completions.create.returns("A fox jumps over a dog.")

    print(summarize(fake, "The quick brown fox ..."))
    print(summarize(FakeOpenAI(), "unscripted"))


@step(
    "Script it",
    "One reply answers every call; several answer one call each. Replies can depend on the request, by its parameters "
    "or by a function of it. A typo in a partial response, or in a parameter's name, fails at once.",
)
def script() -> None:
    fake = FakeOpenAI()
    create = fake.chat.completions.create
    create.returns("first", "second")
    create.when(model="gpt-4o").returns("only for gpt-4o")
    create.when(where=lambda request: request.params.get("n") == 2).returns(
        {"choices": [{"message": {"content": "one"}}, {"message": {"content": "two"}}]}
    )

    hello: Any = [{"role": "user", "content": "Hello"}]
    for model, n in [("gpt-5", 1), ("gpt-4o", 1), ("gpt-5", 1), ("gpt-5", 2)]:
        completion = create(model=model, n=n, messages=hello)
        print(model, n, [choice.message.content for choice in completion.choices])


def agent(client: openai.OpenAI, question: str) -> str | None:
    messages: Any = [{"role": "user", "content": question}]
    tools: Any = [{"type": "function", "function": {"name": "weather"}}]
    while True:
        completion = client.chat.completions.create(
            model="gpt-5",
            messages=messages,
            tools=tools,
        )
        message = completion.choices[0].message
        if not message.tool_calls:
            return message.content
        messages.append(message)
        for call in message.tool_calls:
            messages.append({"role": "tool", "tool_call_id": call.id, "content": "sunny"})


@step(
    "Drive a tool loop",
    "tool_call() is a turn of the model; put several into a list for parallel calls. Ids, finish reasons and usage are "
    "filled in as the API does it, and a malformed history is refused as the API refuses it.",
    agent,
)
def tool_loop() -> None:
    fake = FakeOpenAI()
    both = [tool_call("weather", city="Paris"), tool_call("weather", city="Rome")]
    fake.script(both, "Sunny in both.")

    print(agent(fake, "Weather in Paris and Rome?"))
    print([message["role"] for message in fake.calls[-1].params["messages"]])
    fake.assert_complete()  # every scripted reply was used


@step(
    "Stream it",
    "The same script, streamed: the chunks come as the API sends them, through the SDK's own Stream classes and "
    "helpers. An asynchronous client can share the account.",
)
def stream() -> None:
    fake = FakeOpenAI(replies=["Hello, world!", "And hello again!"])
    hello: Any = {"model": "gpt-5", "messages": [{"role": "user", "content": "Hello"}]}

    for chunk in fake.chat.completions.create(**hello, stream=True):
        print(repr(chunk.choices[0].delta.content), chunk.choices[0].finish_reason, end="; ")
    print()

    async def asynchronously() -> str | None:
        afake = FakeAsyncOpenAI(backend=fake.backend)
        async with afake.chat.completions.stream(**hello) as events:
            return (await events.get_final_completion()).choices[0].message.content

    print(run(asynchronously()))


class City(pydantic.BaseModel):
    name: str
    inhabitants: int


@step(
    "Parse it",
    "Structured output comes from json_reply(), with a model of your own or any JSON. Unscripted, the answer obeys the "
    "schema that the request demands.",
    City,
)
def parse() -> None:
    fake = FakeOpenAI(replies=[json_reply(City(name="Oslo", inhabitants=700_000))])
    hello: Any = {"model": "gpt-5", "messages": [{"role": "user", "content": "Which city?"}]}

    for client in (fake, FakeOpenAI()):
        completion = client.chat.completions.parse(**hello, response_format=City)
        print(repr(completion.choices[0].message.parsed))


@step(
    "Let it fail",
    "Errors are the API's, and go through the SDK's own retries. Nothing sleeps: the waits are noted on the clock.",
)
def failures() -> None:
    fake = FakeOpenAI(max_retries=2)
    create = fake.chat.completions.create
    create.raises(error(429, "Slow down.", retry_after=7), times=2)  # two failures,
    create.returns("At last.")  # then this
    create.when(model="gpt-6").raises(error(404, "No such model.", code="model_not_found"))

    print(summarize(fake, "..."), fake.calls[-1].attempts, "attempts", fake.clock.sleeps)
    try:
        create(model="gpt-6", messages=[{"role": "user", "content": "Hello"}])
    except openai.NotFoundError as caught:
        print(type(caught).__name__, caught.status_code, caught.code, caught.message)


@step(
    "Let it remember",
    "The account remembers what the API would: stored completions, files, threads, responses, ... An id that was never "
    "created is the API's own 404.",
)
def stored() -> None:
    fake = FakeOpenAI(replies=["Remember me."])
    made = fake.chat.completions.create(
        model="gpt-5",
        messages=[{"role": "user", "content": "Hello"}],
        store=True,
        metadata={"topic": "tour"},
    )

    print(fake.chat.completions.retrieve(made.id).choices[0].message.content)
    found = fake.chat.completions.list(metadata={"topic": "tour"})
    print([each.id == made.id for each in found])
    fake.chat.completions.delete(made.id)
    try:
        fake.chat.completions.retrieve(made.id)
    except openai.NotFoundError as caught:
        print(type(caught).__name__)


@step(
    "Look at the calls",
    "Every call is recorded, frozen and detached from your objects, with credentials masked.",
)
def calls() -> None:
    fake = FakeOpenAI(replies=["Short."])
    summarize(fake, "A long text.")

    call = fake.calls[-1]
    print(call.operation, call.params["model"], call.params["messages"][-1]["content"])
    print(call.headers["authorization"], call.response.choices[0].message.content)
    fake.chat.completions.create.assert_called_once_with(model="gpt-5")


@step("Read a failure", "An assertion that fails shows the nearest call, and what is different in it.")
def failing() -> None:
    fake = FakeOpenAI()
    summarize(fake, "A long text.")
    try:
        fake.chat.completions.create.assert_called_with(model="gpt-5-mini", temperature=0)
    except AssertionError as failure:
        print(failure)


def run(coroutine: Any) -> Any:
    """The coroutine's result."""
    import asyncio

    return asyncio.run(coroutine)


# ------------------------------------------------------------------------------------------------ showing them


class Style:
    """How parts of the tour look: in colour on a terminal, plain anywhere else."""

    def __init__(self, *, colour: bool) -> None:
        self._colour = colour

    def _in(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._colour and text else text

    def title(self, text: str) -> str:
        """A step's title."""
        return self._in("1;36", text)

    def code(self, line: str) -> str:
        """A line of source."""
        code, mark, comment = line.partition("  # ")
        return code + self._in("2", mark + comment)

    def result(self, line: str) -> str:
        """A line of output."""
        return self._in("32", line)


def source_of(shown: Any) -> list[str]:
    """The lines of a function or class as the tour shows them, without decorators and docstring."""
    lines = textwrap.dedent(inspect.getsource(shown)).rstrip().splitlines()
    start = next(index for index, line in enumerate(lines) if re.match(r"(async )?def |class ", line))
    return lines[start:]


def tour(write: Callable[[str], Any], *, colour: bool = False) -> None:
    """Run the tour.

    Args:
        write: gets each line, without its end.
        colour: whether lines may hold escape sequences for colours.
    """
    style = Style(colour=colour)
    began = time.perf_counter()
    write(style.title(f"fakeopenai {fakeopenai.__version__}: openai.OpenAI for tests, in memory"))
    for number, (title, text, shown) in enumerate(STEPS, 1):
        write("")
        heading = f"{number}. {title} "
        write(style.title(heading + "-" * (WIDTH - len(heading))))
        for line in textwrap.wrap(text, WIDTH):
            write(line)
        for each in shown:
            write("")
            for line in source_of(each):
                write(style.code(f"    {line}".rstrip()))
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            shown[-1]()
        write("")
        for line in printed.getvalue().splitlines():
            for piece in textwrap.wrap(line, WIDTH - 2, drop_whitespace=False) or [""]:
                write(style.result(f"> {piece}".rstrip()))
    write("")
    took = time.perf_counter() - began
    write(f"{len(STEPS)} steps, all of them run just now, in {took:.1f} s; no network, no key, no waiting.")
    write("Next: README.md, and `python -m fakeopenai coverage` for what is faked and how deeply.")


def main(argv: Sequence[str]) -> int:
    """The command line: the tour, or ``coverage``."""
    if argv[:1] == ["coverage"]:
        from .coverage import main as coverage

        return coverage(list(argv[1:])) or 0
    if argv:
        print("usage: python -m fakeopenai             a tour of two minutes", file=sys.stderr)
        print("       python -m fakeopenai coverage    what is faked, and how deeply", file=sys.stderr)
        return 0 if argv[0] in {"-h", "--help"} else 2
    tour(print, colour=sys.stdout.isatty() and "NO_COLOR" not in os.environ)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
