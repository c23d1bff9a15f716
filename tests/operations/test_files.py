"""Files: what is uploaded is there, with its content, until it is deleted; and what the API refuses."""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import Any

import openai
import pytest

from fakeopenai import FakeAsyncOpenAI, FakeOpenAI

LINES = b'{"messages": []}\n\n{"messages": []}\n'


@pytest.mark.parametrize("form", ["bytes", "path", "open", "named", "tuple"])
def test_all_forms_of_a_file(fake: FakeOpenAI, tmp_path: Path, form: str) -> None:
    """However it is given, name, size and content are those of the file."""
    path = tmp_path / "notes.jsonl"
    path.write_bytes(LINES)
    named = io.BytesIO(LINES)
    named.name = "/somewhere/notes.jsonl"
    forms: dict[str, Any] = {
        "bytes": LINES,
        "path": path,
        "open": path.open("rb"),
        "named": named,
        "tuple": ("notes.jsonl", LINES, "application/jsonl"),
    }
    made = fake.files.create(file=forms[form], purpose="evals")
    forms["open"].close()
    name = "upload" if form == "bytes" else "notes.jsonl"
    assert (made.filename, made.bytes, made.status, made.purpose) == (name, len(LINES), "processed", "evals")
    assert made.id.startswith("file-")
    assert fake.files.retrieve(made.id) == made
    assert fake.files.content(made.id).content == LINES


@pytest.mark.parametrize("given", ["text", "text file", "text file in a tuple", "number in a tuple"])
def test_what_is_no_file(fake: FakeOpenAI, tmp_path: Path, given: str) -> None:
    """What httpx can't send is its own error, as with the real client; nothing is recorded and nothing is kept."""
    path = tmp_path / "notes.jsonl"
    path.write_bytes(LINES)
    with path.open() as opened:
        forms: dict[str, Any] = {
            "text": io.StringIO("abc"),
            "text file": opened,
            "text file in a tuple": ("notes.jsonl", opened),
            "number in a tuple": ("notes.jsonl", 5),
        }
        with pytest.raises((TypeError, AttributeError), match=r"Multipart file uploads|no attribute 'read'"):
            fake.files.create(file=forms[given], purpose="batch")
    assert (list(fake.calls), len(fake.state.files)) == ([], 0)


def test_content_is_binary(fake: FakeOpenAI, tmp_path: Path) -> None:
    """Content comes as the SDK's own binary answer: written, read as text, iterated, under its name."""
    made = fake.files.create(file=("notes.jsonl", LINES), purpose="batch")
    content = fake.files.content(made.id)
    content.write_to_file(tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b"".join(content.iter_bytes()) == LINES
    assert content.text == LINES.decode()
    assert content.response.headers["content-disposition"] == 'attachment; filename="notes.jsonl"'
    assert content.response.headers["content-type"] == "application/octet-stream"
    retrieve: Any = fake.files.retrieve_content
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        assert retrieve(made.id) == LINES.decode()


def test_some_content_is_only_for_models(fake: FakeOpenAI) -> None:
    """Files of some purposes can't be downloaded, as long as the account is strict."""
    made = fake.files.create(file=b"x", purpose="assistants")
    with pytest.raises(openai.BadRequestError, match="Not allowed to download files of purpose: assistants"):
        fake.files.content(made.id)
    lenient = FakeOpenAI(strict=False)
    assert lenient.files.content(lenient.files.create(file=b"x", purpose="assistants").id).content == b"x"


def test_expiry(fake: FakeOpenAI) -> None:
    """A file lasts as long as it is told to; one of a batch a month, others for ever."""
    told = fake.files.create(file=b"x", purpose="user_data", expires_after={"anchor": "created_at", "seconds": 3600})
    assert told.expires_at == told.created_at + 3600
    batch = fake.files.create(file=("b.jsonl", b""), purpose="batch")
    assert batch.expires_at == batch.created_at + 30 * 86_400
    assert fake.files.create(file=b"x", purpose="vision").expires_at is None


def test_listed_by_purpose(fake: FakeOpenAI) -> None:
    """The newest first, all of them or those of a purpose."""
    ids = [fake.files.create(file=b"x", purpose=purpose).id for purpose in ("vision", "evals", "vision")]
    assert [one.id for one in fake.files.list()] == ids[::-1]
    assert [one.id for one in fake.files.list(purpose="vision", order="asc")] == [ids[0], ids[2]]
    assert [one.id for one in fake.files.list(limit=1)] == ids[::-1]


def test_deleted(fake: FakeOpenAI) -> None:
    """Gone for good, content and places in vector stores included; a second time there is nothing to delete."""
    made = fake.files.create(file=b"x", purpose="assistants")
    store = fake.vector_stores.create(file_ids=[made.id])
    gone = fake.files.delete(made.id)
    assert (gone.id, gone.deleted) == (made.id, True)
    assert not list(fake.vector_stores.files.list(store.id))
    for ask in (fake.files.retrieve, fake.files.content, fake.files.delete):
        with pytest.raises(openai.NotFoundError, match=f"No such File object: {made.id}"):
            ask(made.id)


def test_refusals_say_it_twice(fake: FakeOpenAI) -> None:
    """The files API repeats its message outside of the error."""
    raw = fake.with_options(max_retries=0)
    with pytest.raises(openai.NotFoundError) as caught:
        raw.files.content("file-none")
    assert caught.value.response.json()["detail"] == {"message": "No such File object: file-none", "code": None}


@pytest.mark.parametrize(
    ("content", "line"), [(b"no json\n", 1), (b'{"a": 1}\n[1]\n', 2), (b'{"a": 1}\n{"a": \n', 2), (b"\xff\n", 1)]
)
def test_training_data_is_read(fake: FakeOpenAI, content: bytes, line: int) -> None:
    """What isn't JSON line by line is refused, and nothing is kept."""
    with pytest.raises(openai.BadRequestError, match=rf"Line {line} is not a dictionary"):
        fake.files.create(file=("train.jsonl", content), purpose="fine-tune")
    assert not list(fake.files.list())
    assert fake.files.create(file=("train.jsonl", LINES), purpose="fine-tune").bytes == len(LINES)


def test_batches_are_jsonl(fake: FakeOpenAI) -> None:
    """Lines of a batch have to be in a file of that name; what is in it is not looked at."""
    with pytest.raises(openai.BadRequestError, match=r"Invalid file format for Batch API\. Must be \.jsonl"):
        fake.files.create(file=("notes.txt", LINES), purpose="batch")
    assert fake.files.create(file=("notes.jsonl", b"no json"), purpose="batch").status == "processed"


def test_an_unknown_purpose(fake: FakeOpenAI) -> None:
    """Refused in the API's words, which list what there is."""
    purpose: Any = "world_domination"
    with pytest.raises(openai.BadRequestError, match="'world_domination' is not one of"):
        fake.files.create(file=b"x", purpose=purpose)


def test_waiting(fake: FakeOpenAI) -> None:
    """A file is processed at once, so that nobody waits."""
    made = fake.files.create(file=b"x", purpose="assistants")
    assert fake.files.wait_for_processing(made.id) == made
    assert fake.clock.sleeps == []


async def test_asynchronous(afake: FakeAsyncOpenAI) -> None:
    """The same through the asynchronous client."""
    made = await afake.files.create(file=("a.jsonl", LINES), purpose="batch")
    assert (await afake.files.content(made.id)).content == LINES
    assert [one.id async for one in afake.files.list()] == [made.id]
