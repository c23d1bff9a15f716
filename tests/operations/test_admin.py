"""The organization: what an archived project and an active certificate refuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import openai
import pytest

from fakeopenai import FakeAsyncOpenAI, FakeOpenAI

Needs = Callable[[str], None]
Ask = Callable[[Any, str], Any]


@pytest.fixture
def projects(needs: Needs) -> Any:
    """The projects of an account."""
    needs("admin.organization.projects.archive")
    return FakeOpenAI().admin.organization.projects


USES: list[Ask] = [
    lambda projects, key: projects.update(key, name="again"),
    lambda projects, key: projects.service_accounts.create(key, name="robot"),
    lambda projects, key: projects.service_accounts.list(key),
    lambda projects, key: projects.users.create(key, role="member", user_id="user-1"),
    lambda projects, key: projects.users.list(key),
    lambda projects, key: projects.users.delete("user-1", project_id=key),
    lambda projects, key: projects.rate_limits.update_rate_limit("rl-1", project_id=key),
    lambda projects, key: projects.api_keys.delete("key_1", project_id=key),
    lambda projects, key: projects.certificates.activate(key, certificate_ids=["cert_1"]),
]


@pytest.mark.parametrize("ask", USES)
def test_an_archived_project_is_not_used_or_updated(projects: Any, ask: Ask) -> None:
    """Whatever would change it or what it has is refused, and so is listing its members, of which it has none."""
    project = projects.create(name="p")
    projects.archive(project.id)
    with pytest.raises(openai.BadRequestError, match=f"Project '{project.id}' is archived"):
        ask(projects, project.id)
    assert projects.retrieve(project.id).name == "p"


def test_an_archived_project_can_be_looked_at(projects: Any) -> None:
    """It is retrieved and archived again, and its keys are listed."""
    project = projects.create(name="p")
    account = projects.service_accounts.create(project.id, name="robot")
    projects.archive(project.id)
    assert projects.retrieve(project.id).status == projects.archive(project.id).status == "archived"
    assert [key.id for key in projects.api_keys.list(project.id)] == [account.api_key.id]


def test_other_projects_are_used_as_before(projects: Any) -> None:
    """An archived project takes no other with it, and a script may say anything of it."""
    kept, gone = projects.create(name="kept"), projects.create(name="gone")
    projects.archive(gone.id)
    assert projects.update(kept.id, name="new").name == "new"
    assert projects.service_accounts.create(kept.id, name="robot").api_key is not None
    projects.update.returns({"name": "scripted"})
    assert projects.update(gone.id, name="x").name == "scripted"


async def test_the_asynchronous_client_refuses_alike(needs: Needs) -> None:
    """Behaviour is one."""
    needs("admin.organization.projects.archive")
    projects: Any = FakeAsyncOpenAI().admin.organization.projects
    project = await projects.create(name="p")
    await projects.archive(project.id)
    with pytest.raises(openai.BadRequestError, match="is archived"):
        await projects.update(project.id, name="again")


def test_an_active_certificate_is_not_deleted(needs: Needs) -> None:
    """It has to be switched off, for the organization and for each project; then it is gone from both."""
    needs("admin.organization.projects.certificates.activate")
    organization: Any = FakeOpenAI().admin.organization
    certificates, projects = organization.certificates, organization.projects
    key = certificates.create(certificate="-----BEGIN CERTIFICATE-----").id
    project = projects.create(name="p")
    certificates.activate(certificate_ids=[key])
    projects.certificates.activate(project.id, certificate_ids=[key])
    switching_off: list[Callable[[], Any]] = [
        lambda: certificates.deactivate(certificate_ids=[key]),
        lambda: projects.certificates.deactivate(project.id, certificate_ids=[key]),
    ]
    for switch_off in switching_off:
        with pytest.raises(openai.BadRequestError, match="must be inactive for the organization and all projects"):
            certificates.delete(key)
        switch_off()
    assert certificates.delete(key).id == key
    assert projects.certificates.list(project.id).data == []
    with pytest.raises(openai.NotFoundError):
        certificates.delete(key)
