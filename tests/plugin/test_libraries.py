"""Libraries that build their own clients, with their code as it is, under the decorator. Each is optional here."""

# pyright: reportMissingImports=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from typing import Any

import pydantic
import pytest

import fakeopenai
from fakeopenai import chunks, json_reply, tool_call

pytestmark = pytest.mark.filterwarnings("ignore")


class City(pydantic.BaseModel):
    """What the model is asked for."""

    name: str
    people: int


def test_langchain() -> None:
    """``ChatOpenAI``: invoke, stream, tools, structured output."""
    langchain_openai: Any = pytest.importorskip("langchain_openai")
    with fakeopenai.mock(
        replies=["Hello", chunks("Hel", "lo"), tool_call("look", at="it"), json_reply(City(name="Paris", people=2))],
        unused="error",
    ) as mock:
        chat = langchain_openai.ChatOpenAI(model="gpt-4o", api_key="sk-test")
        assert chat.invoke("Hi").content == "Hello"
        assert "".join(chunk.content for chunk in chat.stream("Hi")) == "Hello"
        schema = {"type": "object", "properties": {"at": {"type": "string"}}}
        tool = {"type": "function", "function": {"name": "look", "parameters": schema}}
        assert chat.bind_tools([tool]).invoke("Hi").tool_calls[0]["args"] == {"at": "it"}
        city = chat.with_structured_output(City, method="json_schema").invoke("Which city?")
        assert city == City(name="Paris", people=2)
        assert len(mock.calls) == 4


async def test_langchain_async() -> None:
    """Its asynchronous client, and embeddings."""
    langchain_openai: Any = pytest.importorskip("langchain_openai")
    async with fakeopenai.mock(replies=["Hello"], failures=1) as mock:
        chat = langchain_openai.ChatOpenAI(model="gpt-4o", api_key="sk-test")
        assert (await chat.ainvoke("Hi")).content == "Hello"
        assert mock.calls[0].attempts == 2
    with fakeopenai.mock.embeddings(data=[{"embedding": [0.5, 0.25]}]):
        embeddings = langchain_openai.OpenAIEmbeddings(api_key="sk-test", check_embedding_ctx_length=False)
        assert embeddings.embed_query("x") == [0.5, 0.25]


def test_instructor() -> None:
    """A patched client, whose structured answers come as tool calls; a wrong one is asked for again."""
    instructor: Any = pytest.importorskip("instructor")
    with fakeopenai.mock(
        replies=[tool_call("City", name="Paris", people="many"), tool_call("City", name="Paris", people=2)],
        unused="error",
    ):
        client = instructor.from_provider("openai/gpt-4o", api_key="sk-test")
        city = client.chat.completions.create(response_model=City, messages=[{"role": "user", "content": "Which?"}])
        assert city.model_dump() == {"name": "Paris", "people": 2}


@fakeopenai.mock(replies=["Hello", chunks("Hel", "lo")], unused="error")
def test_llama_index() -> None:
    """``llama_index.llms.openai``: chat and stream."""
    llms: Any = pytest.importorskip("llama_index.llms.openai")
    llm = llms.OpenAI(model="gpt-4o", api_key="sk-test")
    assert llm.complete("Hi").text == "Hello"
    assert [part.delta for part in llm.stream_complete("Hi")][-1] in {"lo", ""}
