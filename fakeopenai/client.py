"""The four fake clients: views on a `Backend` that are real ``openai`` clients in every other respect.

What differs from the real client is here: how one is made (no environment variable, no http), ``request()``, the waits
between retries (recorded on the clock, never slept), and that copies share the account. One mixin serves all four. What
arguments there are, and what stands in for those that the real client demands, is in `client_options`.
"""

from __future__ import annotations

import asyncio
import copy
import weakref
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

import openai
from typing_extensions import Never, Self, Unpack

from . import _sdk
from ._sdk import FinalRequestOptions
from ._tree import FakeAsyncAzureOpenAITree, FakeAsyncOpenAITree, FakeAzureOpenAITree, FakeOpenAITree
from .backend import Backend
from .calls import CallLog
from .client_options import ACCOUNT, ClientOptions, real_arguments
from .clock import Clock
from .defaults import Defaults
from .errors import NetworkBlocked, UsageError, nearest
from .ids import Ids
from .request import Answer, Request
from .script import Condition, Script
from .state import StateStore
from .transport import CURRENT, InertAsyncClient, InertClient, inert
from .ways import HANDED_ON, UNDELIVERED, SentHeaders, deliver, open_for_sdk, request_of, usual_options

if TYPE_CHECKING:
    from .turn import ReplyLike

__all__ = ["FakeAsyncAzureOpenAI", "FakeAsyncOpenAI", "FakeAzureOpenAI", "FakeOpenAI"]

_VERSION_ONLY = frozenset({"api-version"})  # of Azure: no parameter of an operation

_OF_ONE_CLIENT = ("_client", "_custom_headers", "_fake_headers")
_prototypes: weakref.WeakKeyDictionary[type[Any], dict[str, Any]] = weakref.WeakKeyDictionary()


class _Fake:
    """What the four clients have in common."""

    backend: Backend
    _fake_asynchronous = False
    _fake_azure = False
    _fake_base: type[Any] = openai.OpenAI

    def __init__(self, **options: Unpack[ClientOptions]) -> None:
        arguments = cast("dict[str, Any]", options)
        account = {name: arguments.pop(name) for name in ACCOUNT if name in arguments}
        backend = arguments.pop("backend", None)
        if backend is None:
            backend = Backend(**account)
        elif not isinstance(backend, Backend):
            raise UsageError(
                f"backend= takes the account of another fake, fake.backend; got {type(backend).__name__} {backend!r}."
            )
        elif account:
            raise UsageError(
                f"backend= is an account that exists already; {', '.join(f'{name}=' for name in account)} would make "
                "a new one. Give them where the account is made."
            )
        cls = type(self)
        prototype = None if arguments else _prototypes.get(cls)
        if prototype is None:
            own = {*vars(self), *_OF_ONE_CLIENT}  # a subclass may have set attributes before it came here
            default = not arguments
            self._initialise(backend, arguments)
            if default:
                _prototypes[cls] = {name: value for name, value in vars(self).items() if name not in own}
        else:
            # A client with default arguments has the same attributes each time; the SDK takes 25 µs to work them out.
            vars(self).update(prototype)
            vars(self).update(
                _custom_headers={},
                _custom_query=dict(prototype["_custom_query"]),
                _client=inert(backend, asynchronous=self._fake_asynchronous),
                _fake_headers=SentHeaders(self),
            )
        vars(self)["backend"] = backend

    def _initialise(self, backend: Backend, given: dict[str, Any]) -> None:
        client = given.pop("http_client", None)
        if not isinstance(client, InertClient | InertAsyncClient) or client.fake_backend is not backend:
            client = inert(backend, asynchronous=self._fake_asynchronous)
        arguments = real_arguments(type(self).__name__, self._fake_base, given, azure=self._fake_azure)
        real_init: Any = self._fake_base.__init__
        real_init(self, http_client=client, **arguments)
        # The SDK fills what is None from the environment; a fake must not depend on it.
        attributes = vars(self)
        attributes["organization"] = arguments.get("organization")
        attributes["project"] = arguments.get("project")
        attributes["_custom_headers"] = dict(arguments.get("default_headers") or {})
        if self._fake_azure:
            attributes["_azure_ad_token"] = arguments.get("azure_ad_token")
        if "_ambient_authorizations" in attributes:
            attributes["_ambient_authorizations"] = frozenset()
        if "_base_url_was_default" in attributes and "base_url" not in given:
            attributes["_base_url_was_default"] = True
        attributes["_workload_identity_auth"] = None  # it would fetch tokens through an http client of its own
        attributes["_fake_headers"] = SentHeaders(self)
        attributes["_fake_hooked"] = (
            callable(arguments.get("api_key"))
            or given.get("provider") is not None
            or given.get("azure_ad_token_provider") is not None
            or not _VERSION_ONLY.issuperset(given.get("default_query") or ())
        )

    # ------------------------------------------------------------------------------------------------ what tests use

    @property
    def calls(self) -> CallLog:
        """All calls of the account, oldest first."""
        return self.backend.calls

    @property
    def state(self) -> StateStore:
        """What the account holds: files, threads, stored completions, ..."""
        return self.backend.state

    @property
    def defaults(self) -> Defaults:
        """The registry of default responses."""
        return self.backend.defaults

    @property
    def clock(self) -> Clock:
        """The account's clock, with the waits that were asked for."""
        return self.backend.clock

    @property
    def ids(self) -> Ids:
        """The maker of the account's ids."""
        return self.backend.ids

    def script(self, *turns: ReplyLike) -> Script:
        """Script the model's turns, for whichever generating endpoint is called next, one turn each, in order.

        Example:
            >>> from fakeopenai import FakeOpenAI
            >>> fake = FakeOpenAI()
            >>> _ = fake.script("first", "second")
        """
        if not turns:
            raise UsageError('script() was called with nothing: script("first turn", "second turn").')
        self.backend.turns.queue(list(turns))
        return self.backend.turns

    def when(self, *unnamed: Never, where: Callable[[Request], Any] | None = None, **params: Any) -> Condition:
        """Script the model's turns in the calls with these parameters, or for which ``where(request)`` is true.

        A request says the same to ``where`` through whichever endpoint it comes: ``request.last_user_text``,
        ``request.system_text``, ``request.tools``, ``request.tool_results``... Several agents at once are scripted by
        what sets them apart, and the order in which they run doesn't matter.

        Example:
            >>> from fakeopenai import FakeOpenAI, tool_call
            >>> fake = FakeOpenAI()
            >>> _ = fake.when(where=lambda request: "planner" in request.system_text).returns("1. search", "2. write")
            >>> _ = fake.when(where=lambda request: "critic" in request.system_text).returns("Looks good.")
            >>> fake.responses.create(model="gpt-5", instructions="You are the critic.", input="Well?").output_text
            'Looks good.'
            >>> system = {"role": "system", "content": "You are the planner."}
            >>> fake.chat.completions.create(model="gpt-5", messages=[system]).choices[0].message.content
            '1. search'
        """
        if unnamed:
            raise UsageError(
                'fake.when() takes conditions by name, when(model="gpt-5") or when(where=lambda request: ...); '
                f"got {unnamed[0]!r}."
            )
        turns = self.backend.turns
        return Condition(turns, turns.when(where, params))

    def assert_complete(self) -> None:
        """Fail if a scripted reply was never used."""
        self.backend.assert_complete()

    def reset(self) -> None:
        """Forget scripts, calls and defaults; what the account holds stays."""
        self.backend.reset()

    def advance(self, obj: Any, to: str | None = None) -> Any:
        """Move something that takes time (a run, a batch, a job) on: one step, or to a status.

        Args:
            obj: the object, or its id.
            to: the status to reach; the next one by default.
        """
        from .operations.lifecycle import advance

        return advance(self.backend, obj, to)

    # ------------------------------------------------------------------------------------------------ the SDK's hooks

    def _fake_page(self, request: Request, answer: Answer) -> Any:
        """A page as the SDK makes it, able to fetch the next one."""
        operation = request.operation
        options = copy.copy(usual_options(operation))
        options.url = _filled(operation.path, request.path_params)
        options.params = request.query
        page = deliver(self, request, answer, operation.page_type)
        if page is not UNDELIVERED:
            page._set_private_attributes(client=self, model=operation.response_type, options=options)
        return page

    def _fake_retry_wait(self, remaining: int, options: Any, response: Any) -> None:
        client = cast("Any", self)
        self.backend.clock.wait(client._calculate_retry_timeout(remaining, options, response and response.headers))

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "_client" and not isinstance(value, InertClient | InertAsyncClient):
            raise NetworkBlocked(
                f"{type(self).__name__}._client was to be replaced by {value!r}; a fake client answers in memory and "
                "keeps its inert http client."
            )
        attributes = vars(self)
        if name in _sdk.HOOKS or name in _KEY_HOOKS:
            attributes["_fake_hooked"] = True
        if "_fake_headers" in attributes:
            attributes["_fake_headers"].detach()
            attributes["_fake_headers"] = SentHeaders(self)
        super().__setattr__(name, value)

    if not TYPE_CHECKING:  # checkers know the attributes; this would make them accept any

        def __getattr__(self, name: str) -> Any:
            cls = type(self)
            if name.startswith("_"):
                raise AttributeError(f"{cls.__name__!r} object has no attribute {name!r}")
            suggestion = nearest(name, [known for known in dir(cls) if not known.startswith("_")])
            hint = f"; did you mean {suggestion!r}?" if suggestion else "."
            raise AttributeError(f"{cls.__name__} has no attribute {name!r}, nor has openai {openai.__version__}{hint}")

    def __copy__(self) -> Self:
        """Another view on the same account."""
        return cast("Self", cast("Any", self).copy())

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """A detached account: the same state, script and calls, from now on on its own."""
        twin = object.__new__(type(self))
        memo[id(self)] = twin
        skipped = {name for name, value in vars(self).items() if hasattr(cast("object", type(value)), "_fake_path")}
        backend = copy.deepcopy(self.backend, memo)
        attributes = {name: value for name, value in vars(self).items() if name not in skipped}
        attributes.update(
            backend=backend,
            _client=inert(backend, asynchronous=self._fake_asynchronous),
            _fake_headers=SentHeaders(twin),
            _custom_headers=dict(attributes["_custom_headers"]),
            _custom_query=dict(attributes["_custom_query"]),
        )
        vars(twin).update(attributes)
        return twin

    def __reduce_ex__(self, protocol: Any) -> Any:
        """A fake can't be pickled: in another process it would be another account."""
        name = type(self).__name__
        raise TypeError(
            f"cannot pickle {name!r} object: it is an account in the memory of this process. Make a fake in the "
            "process that uses it. Responses and recorded calls can be pickled."
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {len(self.calls)} calls, {self.state!r}>"


_KEY_HOOKS = {"_api_key_provider", "_refresh_api_key", "_workload_identity_auth", "_strict_response_validation"}


def _filled(path: str, values: Mapping[str, str]) -> str:
    return path.format(**values) if values else path


class _SyncFake(_Fake):
    def request(
        self, cast_to: Any, options: FinalRequestOptions, *, stream: bool = False, stream_cls: Any = None, **more: Any
    ) -> Any:
        """Where every method of the SDK arrives; see `fakeopenai.ways`."""
        request = HANDED_ON.get()
        if request is not None:
            HANDED_ON.set(None)
        else:
            request = request_of(self, cast_to, options, stream=stream)
            if request is not None and open_for_sdk(self, cast_to, options):
                request.pin_headers()
                answer = self.backend.settle(self.backend.answer(request))
                value = deliver(self, request, answer, cast_to, options=options, stream_cls=stream_cls)
                if value is not UNDELIVERED:
                    return value
                request.pending = answer
        token = CURRENT.set(None if request is None else (cast("Any", self)._client, request))
        try:
            return cast("Any", super()).request(cast_to, options, stream=stream, stream_cls=stream_cls, **more)
        finally:
            CURRENT.reset(token)

    def _sleep_for_retry(self, *, retries_taken: int, max_retries: int, options: Any, response: Any) -> None:
        self._fake_retry_wait(max_retries - retries_taken, options, response)


class _AsyncFake(_Fake):
    _fake_asynchronous = True
    _fake_base = openai.AsyncOpenAI

    async def request(
        self, cast_to: Any, options: FinalRequestOptions, *, stream: bool = False, stream_cls: Any = None, **more: Any
    ) -> Any:
        """Where every method of the SDK arrives; see `fakeopenai.ways`."""
        request = HANDED_ON.get()
        if request is not None:
            HANDED_ON.set(None)
        else:
            request = request_of(self, cast_to, options, stream=stream)
            if request is not None and open_for_sdk(self, cast_to, options):
                request.pin_headers()
                await self._fake_checkpoint()
                answer = await self.backend.settle_async(self.backend.answer(request))
                value = deliver(self, request, answer, cast_to, options=options, stream_cls=stream_cls)
                if value is not UNDELIVERED:
                    return value
                request.pending = answer
        token = CURRENT.set(None if request is None else (cast("Any", self)._client, request))
        try:
            return await cast("Any", super()).request(cast_to, options, stream=stream, stream_cls=stream_cls, **more)
        finally:
            CURRENT.reset(token)

    async def _sleep_for_retry(self, *, retries_taken: int, max_retries: int, options: Any, response: Any) -> None:
        self._fake_retry_wait(max_retries - retries_taken, options, response)
        await self._fake_checkpoint()

    async def _fake_checkpoint(self) -> None:
        """Let other tasks run, once per call, as a real call would."""
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            import anyio.lowlevel  # comes with openai; this is trio

            await anyio.lowlevel.checkpoint()
        else:
            await asyncio.sleep(0)


if TYPE_CHECKING:
    # To type checkers the mixins add only what no real client has; `request` and the rest stay the SDK's.
    class _SyncMixin(_Fake): ...

    class _AsyncMixin(_Fake): ...

else:

    class _Copying:
        def copy(self, *, _extra_kwargs: Mapping[str, Any] = {}, **changes: Any) -> Any:
            """Another client on the same account, with some arguments changed."""
            return super().copy(_extra_kwargs={"backend": self.backend, **_extra_kwargs}, **changes)

        with_options = copy

    class _SyncMixin(_Copying, _SyncFake):
        pass

    class _AsyncMixin(_Copying, _AsyncFake):
        pass


class FakeOpenAI(_SyncMixin, FakeOpenAITree):
    """A drop-in ``openai.OpenAI`` that answers in memory: no http, no environment variables, no waiting.

    Takes the real client's arguments, none of them required, and those below.

    Args:
        replies: what the model says, turn by turn, through whichever endpoint asks: a list, or a responder function.
        state: a `StateStore` to attach; a fresh one by default.
        defaults: a `Defaults` registry; an empty one by default.
        backend: the account of another fake (``other.backend``), to be another view on it.
        clock: a `SystemClock` (default) or `VirtualClock`.
        ids: an `Ids`; excludes ``seed``.
        seed: makes ids and all other randomness the same in each run.
        strict: refuse requests that the API would refuse (default); or a set of the names of rules that are off, as
            in ``strict={"json_word"}`` (`fakeopenai.rules` has the table).
        allow_unoffered: let a script call tools that the request doesn't offer, though it offers others; what
            ``strict={"unoffered_tool"}`` does, beside a ``strict`` of any other kind.
        models: the models that there are, such as ``["gpt-5"]``; any other is refused. By default any name will do.
        validate_exists: refuse ids in bodies that name nothing in this account.
        missing: ``"error"`` (404, default) or ``"synthesize"`` for ids in paths that name nothing.
        lifecycle: ``"steps"`` (default), ``"instant"`` or ``"manual"``.
        tokenizer: counts tokens; a tiktoken encoding, or any function of a text. A fast estimate by default.
        unscripted: ``"default"`` or ``"error"``: what a generating call gets when nothing is scripted for it.

    Example:
        >>> fake = FakeOpenAI(replies=["Hello!"])
        >>> answer = fake.chat.completions.create(model="gpt-5", messages=[{"role": "user", "content": "Hi"}])
        >>> answer.choices[0].message.content
        'Hello!'

    Raises:
        UsageError: an unknown argument, or one of the wrong kind.
    """


class FakeAsyncOpenAI(_AsyncMixin, FakeAsyncOpenAITree):
    """A drop-in ``openai.AsyncOpenAI`` that answers in memory. Arguments as those of `FakeOpenAI`.

    ``FakeAsyncOpenAI(backend=fake.backend)`` is the same account as the synchronous ``fake``.
    """


class FakeAzureOpenAI(_SyncMixin, FakeAzureOpenAITree):
    """A drop-in ``openai.AzureOpenAI`` that answers in memory. Arguments as those of `FakeOpenAI`, and Azure's."""

    _fake_azure = True
    _fake_base = openai.AzureOpenAI


class FakeAsyncAzureOpenAI(_AsyncMixin, FakeAsyncAzureOpenAITree):
    """A drop-in ``openai.AsyncAzureOpenAI`` that answers in memory. Arguments as those of `FakeAzureOpenAI`."""

    _fake_azure = True
    _fake_base = openai.AsyncAzureOpenAI
