"""Plain use of the API, asserted alike of the fake and, with ``--live``, of the real thing.

Each of these costs a fraction of a cent there and cleans up behind itself.
"""

import openai
import pytest
from openai import OpenAI

MODEL = "gpt-4o-mini"


def test_a_completion_has_its_envelope(client: OpenAI) -> None:
    """A completion says who made it, what it cost and why it ended."""
    answer = client.chat.completions.create(
        model=MODEL, messages=[{"role": "user", "content": "Say hello."}], max_completion_tokens=20
    )
    assert answer.id.startswith("chatcmpl-")
    assert answer.object == "chat.completion"
    assert answer.model.startswith(MODEL)
    assert answer.choices[0].finish_reason in {"stop", "length"}
    assert answer.choices[0].message.content
    assert answer.usage is not None
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    assert answer.usage.completion_tokens_details is not None
    assert answer._request_id is not None
    assert answer._request_id.startswith("req_")


def test_a_stream_begins_with_the_role_and_ends_with_the_usage(client: OpenAI) -> None:
    """The first delta names the role, one chunk says why it ended, and the last has the usage and no choice."""
    chunks = list(
        client.chat.completions.create(
            model=MODEL,
            messages=[{"role": "user", "content": "Count to three."}],
            stream=True,
            stream_options={"include_usage": True},
            max_completion_tokens=20,
        )
    )
    assert chunks[0].choices[0].delta.role == "assistant"
    assert [bool(chunk.choices[0].finish_reason) for chunk in chunks[:-1]] == [False] * (len(chunks) - 2) + [True]
    assert chunks[-1].choices == []
    assert chunks[-1].usage is not None
    assert len({chunk.id for chunk in chunks}) == 1


def test_a_request_that_cannot_be_is_refused(client: OpenAI) -> None:
    """A temperature out of bounds is a 400 that names the parameter."""
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": "Hi"}], temperature=9)
    assert caught.value.status_code == 400
    assert caught.value.param == "temperature"
    assert caught.value.type == "invalid_request_error"
    assert caught.value.request_id


def test_a_file_comes_lists_and_goes(client: OpenAI) -> None:
    """An uploaded file is retrieved, listed and deleted; after that it is a 404."""
    made = client.files.create(file=("facts.jsonl", b'{"a": 1}\n'), purpose="user_data")
    try:
        found = client.files.retrieve(made.id)
        assert (found.filename, found.bytes, found.purpose) == ("facts.jsonl", 9, "user_data")
        assert made.id in {file.id for file in client.files.list(limit=100)}
    finally:
        gone = client.files.delete(made.id)
    assert (gone.id, gone.deleted) == (made.id, True)
    with pytest.raises(openai.NotFoundError) as caught:
        client.files.retrieve(made.id)
    assert caught.value.type == "invalid_request_error"
