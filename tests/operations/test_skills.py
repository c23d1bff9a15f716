"""Skills: what they are called, and the archives that they are read as."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import openai
import pytest

from fakeopenai import FakeOpenAI

Needs = Callable[[str], None]
FRONT = b"---\nname: sums\ndescription: Adds numbers.\n---\n"


@pytest.fixture(autouse=True)
def _needed(needs: Needs) -> None:
    needs("skills.versions.content.retrieve")


def _packed(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_skill_is_described_by_its_front_matter() -> None:
    """Name and description are those in ``SKILL.md``."""
    skill = FakeOpenAI().skills.create(files=[("sums/SKILL.md", FRONT)])
    assert (skill.name, skill.description, skill.default_version) == ("sums", "Adds numbers.", "1")


def test_what_was_sent_comes_back_as_an_archive() -> None:
    """The files of the default version, and those of each version."""
    fake = FakeOpenAI()
    skill = fake.skills.create(files=[("SKILL.md", FRONT), ("add.py", b"sum")])
    fake.skills.versions.create(skill.id, files=[("SKILL.md", b"---\nname: b\n---\n")])
    assert _packed(fake.skills.content.retrieve(skill.id).read()) == {"SKILL.md": FRONT, "add.py": b"sum"}
    second = fake.skills.versions.content.retrieve("2", skill_id=skill.id)
    assert _packed(second.read()) == {"SKILL.md": b"---\nname: b\n---\n"}
    assert second.response.headers["content-type"] == "application/zip"


def test_a_skill_that_is_made_up_has_an_archive_too() -> None:
    """It holds the file that each skill has."""
    fake = FakeOpenAI(missing="synthesize")
    assert list(_packed(fake.skills.content.retrieve("skill_1").read())) == ["SKILL.md"]
    assert list(_packed(fake.skills.versions.content.retrieve("1", skill_id="skill_1").read())) == ["SKILL.md"]


def test_the_default_is_a_version_that_there_is() -> None:
    """Another default brings its name and description; one that is not there, or no more, is refused."""
    fake = FakeOpenAI()
    skill = fake.skills.create(files=[("SKILL.md", FRONT)])
    fake.skills.versions.create(skill.id, files=[("SKILL.md", b"---\nname: b\ndescription: B\n---\n")])
    changed = fake.skills.update(skill.id, default_version="2")
    assert (changed.default_version, changed.name, changed.description) == ("2", "b", "B")
    assert fake.skills.retrieve(skill.id).name == "b"
    fake.skills.versions.delete("1", skill_id=skill.id)
    for gone in ("1", "3", "latest"):
        with pytest.raises(openai.NotFoundError, match=f"Skill version with id '{gone}' not found"):
            fake.skills.update(skill.id, default_version=gone)
    assert fake.skills.retrieve(skill.id).default_version == "2"


def test_a_skill_that_a_test_put_has_its_earlier_versions() -> None:
    """Their numbers are known, though nothing else is."""
    fake = FakeOpenAI()
    fake.state.skills.put({"id": "skill_1", "latest_version": "3", "default_version": "3"})
    assert fake.skills.update("skill_1", default_version="2").default_version == "2"
    with pytest.raises(openai.NotFoundError):
        fake.skills.update("skill_1", default_version="4")
    assert FakeOpenAI(missing="synthesize").skills.update("skill_2", default_version="4").default_version == "4"
