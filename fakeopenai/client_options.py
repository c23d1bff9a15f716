"""What the fake clients take: an account's options, and the real clients' arguments with what stands in for them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal, TypedDict, cast

from . import _sdk
from .errors import UsageError, nearest

if TYPE_CHECKING:
    from .backend import Backend, Lifecycle, Missing
    from .clock import Clock
    from .defaults import Defaults
    from .ids import Ids
    from .request import Request
    from .state import StateStore
    from .tokens import TokenizerLike
    from .turn import ReplyLike

__all__ = ["ACCOUNT", "AccountOptions", "ClientOptions", "real_arguments"]

_BASE_URL = "https://api.openai.com/v1"
# Made up, so that no fake ever holds a real key; one of each kind that the SDK asks for.
_API_KEY = "sk-fake"
_MADE_UP: dict[str, Any] = {"api_key": _API_KEY, "admin_api_key": "sk-admin-fake", "webhook_secret": "whsec_ZmFrZQ=="}
_AZURE: dict[str, Any] = {
    "api_key": _API_KEY,
    "azure_endpoint": "https://fake.openai.azure.com",
    "api_version": "2024-10-21",
    "admin_api_key": _MADE_UP["admin_api_key"],
    "webhook_secret": _MADE_UP["webhook_secret"],
}


class AccountOptions(TypedDict, total=False):
    """What a new account takes; see `FakeOpenAI`."""

    replies: Iterable[ReplyLike] | Callable[[Request], Any]
    state: StateStore
    defaults: Defaults
    clock: Clock
    ids: Ids
    seed: int | str | None
    strict: bool | Collection[str]
    allow_unoffered: bool
    models: Iterable[str] | None
    validate_exists: bool
    missing: Missing
    lifecycle: Lifecycle
    tokenizer: TokenizerLike | None
    unscripted: Literal["default", "error"]


class ClientOptions(AccountOptions, total=False):
    """What a fake client takes: an account's options or an account, and the real clients' arguments."""

    backend: Backend
    api_key: Any
    admin_api_key: str | None
    organization: str | None
    project: str | None
    webhook_secret: str | None
    base_url: Any
    websocket_base_url: Any
    timeout: Any
    max_retries: int
    default_headers: Mapping[str, str] | None
    default_query: Mapping[str, object] | None
    http_client: Any
    workload_identity: Any
    provider: Any
    data_residency: Any
    azure_endpoint: str
    azure_deployment: str | None
    azure_ad_token: str | None
    azure_ad_token_provider: Any
    api_version: str | None
    _strict_response_validation: bool
    _enforce_credentials: bool


ACCOUNT = tuple(AccountOptions.__annotations__)
"""The names of an account's options."""


def real_arguments(made: str, base: type[Any], given: Mapping[str, Any], *, azure: bool) -> dict[str, Any]:
    """The arguments for a real client's ``__init__``, but for its http client.

    Args:
        made: the name of the class that is made, for messages.
        base: the real class.
        given: what the caller gave.
        azure: whether it is one of Azure's.

    Raises:
        UsageError: neither the real client nor an account takes one of them.
    """
    defaults = dict(_AZURE if azure else _MADE_UP)
    if not azure and not given.keys() & {"base_url", "data_residency", "provider"}:
        defaults["base_url"] = _BASE_URL
    if azure and given.get("base_url") is not None:
        del defaults["azure_endpoint"]
    if given.get("workload_identity") is not None or given.get("provider") is not None:
        defaults.pop("api_key")
        defaults.pop("admin_api_key", None)
    provides_token = given.get("azure_ad_token_provider") is not None
    if provides_token or given.get("azure_ad_token") is not None:
        defaults["api_key"] = _sdk.NO_AZURE_KEY  # the SDK refuses a key beside a token
    known = _sdk.init_parameters(cast("Any", base))
    arguments = {name: value for name, value in defaults.items() if name in known}
    arguments.update({name: value for name, value in given.items() if value is not None or name not in arguments})
    for name in arguments:
        if name not in known:
            names = [*known, *ACCOUNT, "backend"]
            suggestion = nearest(name, (each for each in names if not each.startswith("_")))
            hint = f"; did you mean {suggestion!r}?" if suggestion else "."
            raise UsageError(
                f"{made}() has no argument {name!r}{hint} It takes those of "
                f"openai.{base.__name__}, and {', '.join(ACCOUNT)}, backend."
            )
    return arguments
