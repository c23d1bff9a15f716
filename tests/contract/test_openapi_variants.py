"""What the fake answers is what the API's description allows: options that change it, scripted models, streams."""

from __future__ import annotations

from typing import Any

import openai.types.audio
import pytest

from fakeopenai import FakeOpenAI
from fakeopenai.operation import Operation, find, installed
from tests.contract._openapi import Description
from tests.contract._openapi_cases import ASKED, SCRIPTS, STREAMS, VARIANTS
from tests.contract._openapi_exceptions import check, events
from tests.contract._openapi_reach import ANSWERED, ask, reach


def operation_of(name: str, arguments: dict[str, Any]) -> Operation:
    """The operation of that name, if the installed SDK has it and knows of what is asked."""
    found = find(name)
    assert found is not None
    if not installed(found) or not arguments.keys() <= set(found.arguments):
        pytest.skip(f"this openai has no {name} with {', '.join(arguments)}")
    if "diarize" in str(arguments.get("model")) and not hasattr(openai.types.audio, "TranscriptionDiarized"):
        pytest.skip("this openai knows no transcripts with speakers")
    return found


def named(case: Any) -> str:
    """A case by its operation."""
    return case if isinstance(case, str) else ""


@pytest.mark.parametrize(("name", "arguments"), VARIANTS, ids=named)
def test_options(description: Description, name: str, arguments: dict[str, Any]) -> None:
    """An answer is as described with each option that changes its shape."""
    operation = operation_of(name, arguments)
    check(description, operation, ask(FakeOpenAI(), operation, arguments))


@pytest.mark.parametrize(("name", "arguments"), STREAMS, ids=named)
def test_streams(description: Description, name: str, arguments: dict[str, Any]) -> None:
    """Every event of a stream is as described."""
    operation, fake = operation_of(name, arguments), FakeOpenAI()
    asked = {**reach(fake, operation), **arguments}
    if name.endswith("responses.retrieve"):  # what was made in the background can be streamed later
        started: Any = fake.responses.create(model="gpt-5", input="Hi", background=True, stream=True)
        asked["response_id"] = next(iter(started)).response.id
    if "stream" in operation.arguments:
        asked["stream"] = True
    response = ask(fake, operation, asked)
    assert response.headers["content-type"].startswith("text/event-stream")
    assert len(events(response)) > 1
    check(description, operation, response)


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_responses_of_scripted_models(description: Description, script: Any, asked: dict[str, Any]) -> None:
    """A response is one, whatever it holds, when it comes and when it is read again."""
    fake = FakeOpenAI(strict=False)
    fake.responses.create.returns(script)
    create, retrieve = operation_of("responses.create", {}), operation_of("responses.retrieve", {})
    created = ask(fake, create, {**ANSWERED, **asked})
    check(description, create, created)
    check(description, retrieve, ask(fake, retrieve, {"response_id": created.json()["id"]}))


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_events_of_scripted_models(description: Description, script: Any) -> None:
    """Every event of a streamed response is one, whatever it holds."""
    fake = FakeOpenAI(strict=False)
    fake.responses.create.returns(script)
    operation = operation_of("responses.create", {})
    check(description, operation, ask(fake, operation, {**ANSWERED, "stream": True}))


@pytest.mark.parametrize("script", [SCRIPTS["refusal"], SCRIPTS["call"]], ids=["refusal", "call"])
@pytest.mark.parametrize("streamed", [False, True])
def test_chat_completions_of_scripted_models(description: Description, script: Any, streamed: bool) -> None:
    """A chat completion is one, streamed or not, whatever it holds."""
    fake = FakeOpenAI(strict=False)
    fake.chat.completions.create.returns(script)
    operation = operation_of("chat.completions.create", {})
    asked = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Hi"}], "stream": streamed}
    check(description, operation, ask(fake, operation, asked))
