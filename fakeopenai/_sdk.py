"""Everything private of openai that this project leans on, and the differences between its versions.

No other module imports a private name of openai. openai 2.x speaks ``httpx``, 3.x ``httpx2``: ``httpx`` here is the one
that the installed SDK uses. Checked on openai 2.0.0, 2.54.0, 3.0.0 and 3.54.0.
"""

from __future__ import annotations

import functools
import inspect
import json
import operator
import pathlib
import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import openai
import pydantic
from openai import _base_client, _streaming
from openai._base_client import AsyncAPIClient, AsyncPaginator, BaseAsyncPage, BaseClient, SyncAPIClient
from openai._constants import RAW_RESPONSE_HEADER
from openai._models import FinalRequestOptions, construct_type
from openai._resource import AsyncAPIResource, SyncAPIResource
from openai._types import NotGiven, Omit
from openai.lib.azure import API_KEY_SENTINEL as NO_AZURE_KEY

from . import tagged

try:
    from openai._utils import _json as _utils_json
except ImportError:  # openai 2.0 has none
    _utils_json = None  # type: ignore[assignment]

try:
    from openai.auth import _workload
except ImportError:  # openai before 2.31 has no workload identities
    _workload = None  # type: ignore[assignment]
try:
    from openai.auth import _x509
except ImportError:  # nor the early 3.x client certificates for them
    _x509 = None  # type: ignore[assignment]

if TYPE_CHECKING:
    import httpx2 as httpx
else:
    httpx = getattr(_base_client, "httpx2", None) or _base_client.httpx

__all__ = [
    "CERTIFICATE_EXCHANGES",
    "HOOKS",
    "MODULE_CLIENT",
    "NO_AZURE_KEY",
    "OMITTED",
    "RAW_RESPONSE_HEADER",
    "RESOURCE_BASES",
    "TOKEN_EXCHANGES",
    "AsyncAPIClient",
    "AsyncPaginator",
    "BaseAsyncPage",
    "BaseClient",
    "FinalRequestOptions",
    "SyncAPIClient",
    "build_headers",
    "encoded",
    "httpx",
    "init_parameters",
    "is_pristine",
    "is_request_method",
    "made",
    "model_type",
    "options_for",
    "retry_delay",
    "set_request_id",
    "stream_chunk_type",
    "untouched",
    "unwrap",
    "validator_of",
]

MODULE_CLIENT: type[openai.OpenAI] = openai._ModuleClient
"""The class of the client behind ``openai.chat.completions.create(...)``, which keeps its http client elsewhere."""

CERTIFICATE_EXCHANGES: tuple[type[Any], ...] = tuple(
    getattr(_x509, name) for name in ("SyncX509WorkloadIdentityAuth", "AsyncX509WorkloadIdentityAuth") if _x509
)
"""The classes that keep a client's http client for themselves, and send its requests past it: sync, async."""

TOKEN_EXCHANGES: tuple[type[Any], ...] = (
    *(
        getattr(_workload, name)
        for name in ("_WorkloadIdentityAuth", "WorkloadIdentityAuth")
        if hasattr(_workload, name)
    ),
    *CERTIFICATE_EXCHANGES,
)
"""The classes that exchange the identity of a workload for a token, with http clients of their own."""

OMITTED = (NotGiven, Omit)
"""Classes of the values that mean "not passed": ``openai.NOT_GIVEN``, ``openai.omit`` and subclasses."""

_HOME = str(pathlib.Path(openai.__file__).parent)


def is_pristine(function: Any) -> bool:
    """Whether a method is openai's own (or ours), not a wrapper that somebody put over it.

    A wrapper made by ``functools.wraps`` or wrapt keeps the name but not the code's file.
    """
    if type(function) is not types.FunctionType:
        return False
    file = function.__code__.co_filename
    return file.startswith((_HOME, _OURS))


_OURS = str(pathlib.Path(__file__).parent)


def unwrap(function: Any) -> Any:
    """The function below openai's own ``required_args`` wrapper, whose code says what the method does."""
    return inspect.unwrap(function)


_REQUESTING = {"_post", "_get", "_patch", "_put", "_delete", "_get_api_list"}


def is_request_method(function: Any) -> bool:
    """Whether a resource's method makes an HTTP request itself, as far as its code shows.

    Used for methods that the operation table doesn't know, those of an SDK newer than the table.
    """
    code = getattr(unwrap(function), "__code__", None)
    return code is not None and not _REQUESTING.isdisjoint(code.co_names)


# What the shorter ways skip. Tracing libraries patch these on the class; clients note it when one is set on an
# instance.
HOOKS = frozenset(
    {
        "request",
        "get",
        "post",
        "patch",
        "put",
        "delete",
        "get_api_list",
        "_request_api_list",
        "_process_response",
        "_process_response_data",
        "_build_request",
        "_prepare_options",
        "_prepare_request",
        "_send_request",
    }
)
"""Methods of a client that run between a resource's method and its answer: who replaces one wants it to run."""

_hooks_of = operator.attrgetter(*sorted(name for name in HOOKS if hasattr(openai.OpenAI, name)))
_last_pristine: dict[type[Any], tuple[tuple[Any, ...], Any]] = {}
_NONE_YET: tuple[tuple[Any, ...], Any] = ((), None)


def untouched(cls: type[Any], base: type[Any]) -> bool:
    """Whether every hook of a fake client class, and the ``request`` of its real base, is openai's own or ours.

    Looked up at each call, since patches come and go: identities are compared with those last found pristine (500 ns);
    the slow look at the code behind them is repeated only when one has changed. Identities, since wrapt's wrappers, to
    which many tracers resort, equal what they wrap.
    """
    hooks, request = _hooks_of(cls), base.request
    known, known_request = _last_pristine.get(cls, _NONE_YET)
    if request is known_request:
        for hook, pristine in zip(hooks, known, strict=True):
            if hook is not pristine:
                break
        else:
            return True
    if all(map(is_pristine, (*hooks, request))):
        _last_pristine[cls] = (hooks, request)
        return True
    return False


RESOURCE_BASES = (SyncAPIResource, AsyncAPIResource)
"""The bases of all resource classes."""


def model_type(cast_to: Any) -> type[openai.BaseModel] | None:
    """``cast_to`` if it is one of the SDK's model classes (pages included), else None."""
    return cast_to if isinstance(cast_to, type) and issubclass(cast_to, openai.BaseModel) else None


def options_for(verb: str, url: str, *, admin: bool, headers: dict[str, str]) -> FinalRequestOptions:
    """The SDK's options of a request without parameters, from which its headers follow."""
    values: dict[str, Any] = {"method": verb.lower(), "url": url, "headers": headers}
    if "security" in FinalRequestOptions.model_fields:
        values["security"] = {"admin_api_key_auth": True} if admin else {"bearer_auth": True}
    return FinalRequestOptions.construct(None, **values)


def same_headers(options: FinalRequestOptions, usual: FinalRequestOptions) -> bool:
    """Whether these options give the same headers as the others, which have none but the operation's own."""
    return (
        options.headers == usual.headers
        and options.idempotency_key is None
        and isinstance(options.timeout, NotGiven)
        and getattr(options, "security", None) == getattr(usual, "security", None)
    )


def retry_delay(client: Any, retries_taken: int, max_retries: int, options: Any, response: Any) -> float:
    """The seconds that a client would sleep before it tries again."""
    headers = None if response is None else response.headers
    return float(client._calculate_retry_timeout(max_retries - retries_taken, options, headers))


def build_headers(client: Any, options: FinalRequestOptions) -> dict[str, str]:
    """The headers that the client would send with these options, names in lower case."""
    return dict(client._build_headers(options, retries_taken=0))


def _encoded_by_httpx(obj: Any) -> bytes:
    """What httpx makes of a body, to which openai 2.0 leaves it."""
    return json.dumps(obj, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


encoded: Callable[[Any], bytes] = getattr(_utils_json, "openapi_dumps", _encoded_by_httpx)
"""The body of a request as the SDK encodes it. TypeError or ValueError for what has no place in JSON."""


def stream_chunk_type(stream_cls: Any) -> Any:
    """``ChatCompletionChunk`` from ``Stream[ChatCompletionChunk]``."""
    return _streaming.extract_stream_chunk_type(stream_cls)


@functools.cache
def validator_of(kind: Any) -> Callable[[Any], Any]:
    """A function from JSON to a value of this type, which may be a model class or a union of some.

    It is pydantic's compiled validator itself, without the half microsecond of ``model_validate``.
    """
    return tagged.validator(kind)


def made(kind: Any, data: Any, validate: Callable[[Any], Any]) -> Any:
    """A value of this type from JSON: validated, or as the SDK constructs it where its types don't know what came."""
    try:
        return validate(data)
    except pydantic.ValidationError:
        return construct_type(type_=kind, value=data)


def set_request_id(model: openai.BaseModel, request_id: str) -> None:
    """What ``openai._models.add_request_id`` does, without pydantic's detour through its attribute handlers."""
    object.__setattr__(model, "_request_id", request_id)


@functools.cache
def init_parameters(cls: type[Any]) -> frozenset[str]:
    """Names of the arguments of a real client's constructor."""
    return frozenset(inspect.signature(cls.__init__).parameters) - {"self"}
