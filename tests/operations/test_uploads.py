"""Uploads: parts that become one file, and what can't be done with one that is over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openai
import pytest

from fakeopenai import FakeAsyncOpenAI, FakeOpenAI

CONTENT = b"0123456789"


def _begin(fake: FakeOpenAI, **more: Any) -> Any:
    arguments: dict[str, Any] = {
        "bytes": 10,
        "filename": "a.txt",
        "mime_type": "text/plain",
        "purpose": "evals",
        **more,
    }
    return fake.uploads.create(**arguments)


def test_parts_become_a_file(fake: FakeOpenAI) -> None:
    """In the order that the request gives, whichever came first; the file is one of the account."""
    upload = _begin(fake)
    assert (upload.status, upload.expires_at - upload.created_at, upload.file) == ("pending", 3600, None)
    last = fake.uploads.parts.create(upload.id, data=CONTENT[4:])
    first = fake.uploads.parts.create(upload.id, data=CONTENT[:4])
    assert (first.upload_id, first.object) == (upload.id, "upload.part")
    done = fake.uploads.complete(upload.id, part_ids=[first.id, last.id])
    assert done.status == "completed"
    assert done.file is not None
    assert (done.file.filename, done.file.bytes, done.file.purpose) == ("a.txt", 10, "evals")
    assert fake.files.retrieve(done.file.id) == done.file
    assert fake.files.content(done.file.id).content == CONTENT


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # openai 2.0 leaves the file open
@pytest.mark.parametrize("on_disk", [True, False])
def test_chunked(fake: FakeOpenAI, tmp_path: Path, on_disk: bool) -> None:
    """The SDK's helper cuts, sends and completes."""
    path = tmp_path / "a.txt"
    path.write_bytes(CONTENT)
    chunked: Any = fake.uploads.upload_file_chunked
    source = {"file": path} if on_disk else {"file": CONTENT, "filename": "a.txt", "bytes": 10}
    done = chunked(mime_type="text/plain", purpose="evals", part_size=3, **source)
    assert (done.status, fake.uploads.parts.create.call_count) == ("completed", 4)
    assert fake.files.content(done.file.id).content == CONTENT


def test_nothing_is_done_to_an_upload_that_is_over(fake: FakeOpenAI) -> None:
    """Cancelled or completed, it takes no parts and no further end."""
    cancelled = fake.uploads.cancel(_begin(fake).id)
    assert cancelled.status == "cancelled"
    upload = _begin(fake, bytes=1)
    part = fake.uploads.parts.create(upload.id, data=b"x")
    fake.uploads.complete(upload.id, part_ids=[part.id])
    for over in (cancelled.id, upload.id):
        with pytest.raises(openai.BadRequestError, match="with status"):
            fake.uploads.parts.create(over, data=b"x")
        with pytest.raises(openai.BadRequestError, match="Cannot complete upload"):
            fake.uploads.complete(over, part_ids=[part.id])
        with pytest.raises(openai.BadRequestError, match="Cannot cancel upload"):
            fake.uploads.cancel(over)


def test_what_does_not_fit(fake: FakeOpenAI) -> None:
    """A size that isn't the promised one, a part of elsewhere, a wrong sum: refused, and the upload goes on waiting."""
    upload, other = _begin(fake), _begin(fake)
    part = fake.uploads.parts.create(upload.id, data=CONTENT)
    foreign = fake.uploads.parts.create(other.id, data=CONTENT)
    with pytest.raises(openai.BadRequestError, match="The parts have 20 bytes"):
        fake.uploads.complete(upload.id, part_ids=[part.id, part.id])
    with pytest.raises(openai.BadRequestError, match="No upload part found"):
        fake.uploads.complete(upload.id, part_ids=[foreign.id])
    with pytest.raises(openai.BadRequestError, match="md5"):
        fake.uploads.complete(upload.id, part_ids=[part.id], md5="0")
    assert not list(fake.files.list())
    assert (
        fake.uploads.complete(upload.id, part_ids=[part.id], md5="781e5e245d69b566979b86e28d23f2c7").status
        == "completed"
    )


def test_no_such_upload(fake: FakeOpenAI) -> None:
    """Whatever is asked of it."""
    with pytest.raises(openai.NotFoundError, match="No upload found with id 'upload_none'"):
        fake.uploads.parts.create("upload_none", data=b"x")
    with pytest.raises(openai.NotFoundError):
        fake.uploads.complete("upload_none", part_ids=[])


def test_purposes_are_looked_at(fake: FakeOpenAI) -> None:
    """Training data has to be readable here as well."""
    upload = _begin(fake, purpose="fine-tune", filename="a.jsonl")
    part = fake.uploads.parts.create(upload.id, data=CONTENT)
    with pytest.raises(openai.BadRequestError, match="not a dictionary"):
        fake.uploads.complete(upload.id, part_ids=[part.id])


def test_scripted(fake: FakeOpenAI) -> None:
    """What a test says of an upload holds."""
    fake.uploads.complete.returns({"status": "expired"})
    assert fake.uploads.complete("upload_any", part_ids=["part_any"]).status == "expired"


async def test_asynchronous(afake: FakeAsyncOpenAI) -> None:
    """The helper of the asynchronous client."""
    done = await afake.uploads.upload_file_chunked(
        file=CONTENT, filename="a.txt", bytes=10, mime_type="text/plain", purpose="evals", part_size=3
    )
    assert done.file is not None
    assert (await afake.files.content(done.file.id)).content == CONTENT
