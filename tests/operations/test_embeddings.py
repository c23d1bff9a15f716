"""Embeddings: unit vectors that depend on the input and nothing else."""

from __future__ import annotations

import base64
import math
import struct
from typing import Any

import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeopenai import FakeAsyncOpenAI, FakeOpenAI

SMALL = "text-embedding-3-small"


@pytest.mark.parametrize(
    ("model", "dimensions"), [(SMALL, 1536), ("text-embedding-3-large", 3072), ("text-embedding-ada-002", 1536)]
)
def test_dimensions_of_the_models(fake: FakeOpenAI, model: str, dimensions: int) -> None:
    """Each model has its own; others can be asked for."""
    assert len(fake.embeddings.create(model=model, input="Hi").data[0].embedding) == dimensions
    assert len(fake.embeddings.create(model=SMALL, input="Hi", dimensions=8).data[0].embedding) == 8


@given(text=st.text(min_size=1), dimensions=st.integers(2, 64))
def test_unit_vectors(text: str, dimensions: int) -> None:
    """Of length one, the same in every account, and the beginning of the longer one."""
    vectors = [
        FakeOpenAI().embeddings.create(model=SMALL, input=text, dimensions=length).data[0].embedding
        for length in (dimensions, dimensions, dimensions * 2)
    ]
    assert math.isclose(math.hypot(*vectors[0]), 1, abs_tol=1e-5)
    assert vectors[0] == vectors[1]
    scale = math.hypot(*vectors[2][:dimensions])
    assert all(math.isclose(a, b / scale, abs_tol=1e-5) for a, b in zip(vectors[0], vectors[2], strict=False))


def test_several_inputs(fake: FakeOpenAI) -> None:
    """Texts, tokens and lists of tokens: a vector each, in order; equal inputs have equal vectors."""
    texts = fake.embeddings.create(model=SMALL, input=["a", "b", "a"], dimensions=4)
    assert [one.index for one in texts.data] == [0, 1, 2]
    assert texts.data[0].embedding == texts.data[2].embedding != texts.data[1].embedding
    tokens = fake.embeddings.create(model=SMALL, input=[1, 2, 3], dimensions=4)
    assert (len(tokens.data), tokens.usage.prompt_tokens) == (1, 3)
    lists = fake.embeddings.create(model=SMALL, input=[[1, 2, 3], [4]], dimensions=4)
    assert (len(lists.data), lists.usage.total_tokens) == (2, 4)
    assert lists.data[0].embedding == tokens.data[0].embedding


def test_base64_is_the_same_vector(fake: FakeOpenAI) -> None:
    """As numbers or as base64 (which the SDK asks for by itself): the same values."""
    decoded = fake.embeddings.create(model=SMALL, input="Hi", dimensions=4).data[0].embedding
    assert fake.embeddings.create.calls[-1].params["encoding_format"] == "base64"
    numbers = fake.embeddings.create(model=SMALL, input="Hi", dimensions=4, encoding_format="float").data[0].embedding
    text: Any = (
        fake.embeddings.create(model=SMALL, input="Hi", dimensions=4, encoding_format="base64").data[0].embedding
    )
    assert list(struct.unpack("<4f", base64.b64decode(text))) == numbers == list(decoded)


def test_the_envelope(fake: FakeOpenAI) -> None:
    """The oldest model answers under another name, and tokens are counted."""
    found = fake.embeddings.create(model="text-embedding-ada-002", input="Hello world")
    assert (found.object, found.model) == ("list", "text-embedding-ada-002-v2")
    assert found.usage.prompt_tokens == found.usage.total_tokens > 0


def test_scripted_vectors(fake: FakeOpenAI) -> None:
    """A test's vectors are completed with what goes with them."""
    fake.embeddings.create.returns({"data": [{"embedding": [1.0, 0.0]}, {"embedding": [0.0, 1.0]}]})
    found = fake.embeddings.create(model=SMALL, input=["a", "b"])
    assert [one.embedding for one in found.data] == [[1.0, 0.0], [0.0, 1.0]]
    assert [(one.object, one.index) for one in found.data] == [("embedding", 0), ("embedding", 1)]
    assert found.model == SMALL


def test_refused(fake: FakeOpenAI) -> None:
    """Dimensions below one are refused in the API's words."""
    with pytest.raises(openai.BadRequestError, match="-42 is less than the minimum of 1 - 'dimensions'"):
        fake.embeddings.create(model=SMALL, input="Hi", dimensions=-42)


async def test_asynchronous(afake: FakeAsyncOpenAI) -> None:
    """The same vector through the asynchronous client."""
    found = await afake.embeddings.create(model=SMALL, input="Hi", dimensions=4)
    assert (
        found.data[0].embedding
        == FakeOpenAI().embeddings.create(model=SMALL, input="Hi", dimensions=4).data[0].embedding
    )
