"""Real clients: how tests build them and talk to them, and what they see of who tries to connect."""

# They are used with arguments from a dict, which leaves the SDK's overloads open.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from typing import Any

import pytest

KEY: dict[str, Any] = {"api_key": "sk-test"}
AZURE: dict[str, Any] = {"azure_endpoint": "https://x.openai.azure.com", "api_version": "2024-10-21"}
ASK: dict[str, Any] = {"model": "gpt-5", "messages": [{"role": "user", "content": "Hello!"}]}


def say(real: Any) -> Any:
    """What the model says to a real client."""
    return real.chat.completions.create(**ASK).choices[0].message.content


async def asay(real: Any) -> Any:
    """What the model says to a real asynchronous client."""
    return (await real.chat.completions.create(**ASK)).choices[0].message.content


def identity() -> Any:
    """A workload's identity, whose subject token the SDK would get from a metadata server."""
    auth = pytest.importorskip("openai.auth")
    provider = auth.gcp_id_token_provider()
    return {"identity_provider_id": "idp_1", "service_account_id": "sa_1", "client_id": "c", "provider": provider}
