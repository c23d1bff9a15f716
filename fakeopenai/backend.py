"""The OpenAI account that lives in memory: its state, defaults, script, calls, clock and ids, and how it answers.

Clients are views on a `Backend`; several may share one. `Backend.answer` is the whole pipeline, pure and synchronous:
record, validate, script, operation, assemble, persist. It never sleeps and never awaits: a latency and an ``async``
reply function are handed to the caller, who waits in the manner of its client (`settle`, `settle_async`).
"""

from __future__ import annotations

import copy
import functools
import inspect
import marshal
import threading
from collections.abc import AsyncIterable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal, cast

from . import rules
from .assemble import assemble
from .calls import Call, CallLog
from .clock import Clock, SystemClock
from .defaults import Defaults
from .errors import ApiError, UnconsumedReplies, UnscriptedCall, UsageError
from .faults import Faults
from .fitting import fit, suit
from .ids import Ids
from .operation import Operation
from .operations import behaviour_of
from .params import validator_for
from .replies import Reply
from .request import Answer, Pending, Request
from .rules.models import check_known, coerce_models
from .script import Rule, Script
from .snapshot import freeze, thaw
from .state import StateStore, Store
from .stringify import params_line
from .tokens import coerce_tokenizer

if TYPE_CHECKING:
    from .tokens import TokenizerLike

__all__ = ["Backend", "Lifecycle", "Missing"]

Lifecycle = Literal["instant", "steps", "manual"]
Missing = Literal["error", "synthesize"]

_CHOICES = {
    "lifecycle": ("instant", "steps", "manual"),
    "missing": ("error", "synthesize"),
    "unscripted": ("default", "error"),
}


def choice(name: str, value: str, allowed: tuple[str, ...]) -> str:
    """``value`` if it is allowed for the argument ``name``; a UsageError that lists what is, otherwise."""
    if value not in allowed:
        listed = ", ".join(map(repr, allowed))
        raise UsageError(f"{name}={value!r} is not one of {listed}.")
    return value


class Backend:
    """An OpenAI account in memory.

    Args:
        replies: what the model says, turn by turn, through whichever generating endpoint is called next: a list of
            replies, or a function of the request (a responder).
        state: the store to attach; a fresh one by default.
        defaults: the registry of default responses; an empty one by default.
        clock: `SystemClock` by default.
        ids: the maker of ids; excludes ``seed``.
        seed: makes the ids, and whatever else is random, the same in each run.
        strict: whether requests are checked as the API checks them; or a set of the names of rules that are off
            (`fakeopenai.rules`).
        allow_unoffered: whether a script may call tools that the request doesn't offer.
        models: the models that the account has, so that any other is refused; all there are, by default.
        validate_exists: whether ids in bodies must name objects of this account.
        missing: what an unknown id in a path gives: the API's 404 (``"error"``), or an object made up from its type
            (``"synthesize"``).
        lifecycle: how things that take time move on: one step per retrieve (``"steps"``), at once (``"instant"``), or
            only by ``advance`` (``"manual"``).
        tokenizer: counts tokens: a function of a text, or an object with ``encode`` or ``count``.
        unscripted: what an unscripted generating call gets: a default reply (``"default"``) or an error (``"error"``).
    """

    def __init__(
        self,
        *,
        replies: Any = None,
        state: StateStore | None = None,
        defaults: Defaults | None = None,
        clock: Clock | None = None,
        ids: Ids | None = None,
        seed: int | str | None = None,
        strict: bool | Collection[str] = True,
        allow_unoffered: bool = False,
        validate_exists: bool = False,
        missing: Missing = "error",
        lifecycle: Lifecycle = "steps",
        tokenizer: TokenizerLike | None = None,
        unscripted: Literal["default", "error"] = "default",
        models: Iterable[str] | None = None,
    ) -> None:
        if ids is not None and seed is not None:
            raise UsageError("Give either ids= or seed=, not both: seed= makes the ids itself.")
        parts: tuple[tuple[str, Any, type[Any], str], ...] = (
            ("state", state, Store, "StateStore"),
            ("defaults", defaults, Defaults, "Defaults"),
            ("clock", clock, Clock, "Clock"),
            ("ids", ids, Ids, "Ids"),
        )
        for name, value, cls, takes in parts:
            if value is not None and not isinstance(cast("object", value), cls):
                raise UsageError(f"{name}= takes a fakeopenai.{takes}; got {type(value).__name__} {value!r}.")
        self.state = StateStore() if state is None else state
        if getattr(self.state, "ids", self) is None:
            self.state.ids = self.new_id
        self.defaults = Defaults() if defaults is None else defaults
        self.clock = SystemClock() if clock is None else clock
        self.ids = Ids(seed) if ids is None else ids
        self.strict = strict is not False
        self.rules_off = rules.switched_off(strict)
        if allow_unoffered:
            self.rules_off |= {"unoffered_tool"}
        self.models = coerce_models(models)
        self.validate_exists = validate_exists
        self.missing: Missing = choice("missing", missing, _CHOICES["missing"])  # type: ignore[assignment]
        self.lifecycle: Lifecycle = choice("lifecycle", lifecycle, _CHOICES["lifecycle"])  # type: ignore[assignment]
        self.count_tokens = coerce_tokenizer(tokenizer)
        self.unscripted = choice("unscripted", unscripted, _CHOICES["unscripted"])
        self.calls = CallLog()
        self.lock = threading.RLock()
        self.turns = Script("fake")
        self.faults: Faults | None = None
        self.settings: dict[tuple[str, str], str] = {}
        self._scripts: dict[str, Script] = {}
        self._logs: dict[str, CallLog] = {}
        if replies is not None:
            self.script_turns(replies)

    # ------------------------------------------------------------------------------------------------ the pipeline

    def answer(self, request: Request, snapshot: bytes | None = None) -> Answer | Pending:
        """Answer one request.

        Args:
            request: what is asked; asked again after a retryable error, it counts as a further attempt of one call.
            snapshot: the frozen body, if the caller has one and has already validated it.

        Raises:
            FakeOpenAIError: a mistake of the test author's.
        """
        call = request.call
        if call is None:
            call = self._record(request, snapshot)
        else:
            call._attempt()
        reply: Reply | None = None
        try:
            if self.strict:
                if snapshot is None:
                    validator_for(request.operation).check(_judged(request))
                rules.check(request, self, plain=snapshot is not None)
            if self.models is not None:
                check_known(request.operation.name, request.get("model"), self.models, self)
            reply = self._scripted(request)
            if reply is not None:
                if reply.kind == "call":
                    return self._call(request, reply)
                if reply.kind == "events" and isinstance(reply.value, AsyncIterable):
                    from .readymade import collected

                    return Pending(request, reply, collected(reply))
            return self._respond(request, reply)
        except ApiError as refusal:
            if reply is not None:
                self._give_back(reply)
            return self._refuse(request, refusal)
        except BaseException as failure:
            self._fail(request, failure)
            raise

    def settle(self, answer: Answer | Pending) -> Answer:
        """The answer, in the manner of a synchronous client: that of an async reply function is refused."""
        if isinstance(answer, Pending):
            close = getattr(answer.awaitable, "close", None)
            if close is not None:
                close()
            name = answer.request.operation.name
            failure = UsageError(
                f"{name} was called through a synchronous client, but the reply scripted for it is asynchronous, "
                f"{answer.function!r}.\n"
                "  to do:     script a plain function or generator (both kinds of client take it), or call through "
                "FakeAsyncOpenAI(backend=fake.backend).",
                operation=name,
            )
            self._fail(answer.request, failure)
            raise failure
        return answer

    async def settle_async(self, answer: Answer | Pending) -> Answer:
        """The answer, in the manner of an asynchronous client: reply functions are awaited."""
        while isinstance(answer, Pending):
            answer = await self._resume(answer)
        return answer

    def _fail(self, request: Request, failure: BaseException) -> None:
        call = request.call
        call._fail(failure, self.clock.now() - call.started_at)

    def _record(self, request: Request, snapshot: bytes | None) -> Call:
        operation = request.operation
        if snapshot is None:
            snapshot = None if request.body is None else freeze(request.body)
        call = request.call = Call(
            operation,
            snapshot,
            path_params=request.path_params,
            query=request.query,
            headers=request._headers,
            files=request.files,
            stream=request.stream,
            started_at=self.clock.now(),
        )
        request.account = self
        log = self._logs.get(operation.name)
        if log is None:
            log = self.log(operation.name)
        log._append(call)
        return call

    def _scripted(self, request: Request) -> Reply | None:
        """The reply that the test scripted for this request: failures first, the operation's own script, the turns."""
        if self.faults is not None and not request.passed:
            failure = self.faults.failure(request.operation)
            if failure is not None:
                return failure
        script = self._scripts.get(request.operation.name)
        if script is not None and script.active:
            with self.lock:
                reply = script.take(request, self.turns)
            if reply is not None:
                return reply
        if self._scripts:
            for name in behaviour_of(request.operation).continues:
                begun = self._scripts.get(name)
                if begun is not None and begun.active:
                    with self.lock:
                        reply = begun.follow(request)
                    if reply is not None:
                        return reply
        if self.turns.active and behaviour_of(request.operation).generates:
            with self.lock:
                return self.turns.take(request, script)
        return None

    def _give_back(self, reply: Reply) -> None:
        """Keep a reply for the next call, since the API has refused this one before the model could say anything."""
        with self.lock:
            for script in (*self._scripts.values(), self.turns):
                script.give_back(reply)

    def _call(self, request: Request, reply: Reply) -> Answer | Pending:
        """Ask a reply function. It sees a request of its own, so that nothing it does to it reaches the caller."""
        call = request.call
        request.body = None if call._snapshot is None else thaw(call._snapshot)
        result = reply.value(request)
        if inspect.isawaitable(result):
            return Pending(request, reply, result)
        return self._respond_with(request, reply, result)

    async def _resume(self, pending: Pending) -> Answer | Pending:
        request = pending.request
        try:
            return self._respond_with(request, pending.function, await pending.awaitable)
        except ApiError as refusal:
            return self._refuse(request, refusal)
        except BaseException as failure:
            self._fail(request, failure)
            raise

    def _respond_with(self, request: Request, function: Reply, result: Any) -> Answer | Pending:
        """The answer that a reply function has given, or, if it has passed, that of whatever comes after it."""
        operation = request.operation
        where = f"the reply function {function!r} of {operation.name}"
        if result is NotImplemented:
            request.passed = (*request.passed, function)
            reply = self._scripted(request)
            if reply is not None and reply.kind == "call":
                return self._call(request, reply)
            return self._respond(request, reply)
        if result is None and operation.cast_to != "None":
            raise UsageError(
                f"{where} returned None. Return a reply, or NotImplemented to pass the request on.",
                operation=operation.name,
            )
        reply = suit(operation, result, where)
        if reply.kind == "call":
            raise UsageError(f"{where} returned another function; return the reply itself.", operation=operation.name)
        return self._respond(request, reply)

    def _respond(self, request: Request, reply: Reply | None) -> Answer:
        """The answer, once it is known what was scripted for it."""
        operation = request.operation
        behaviour = behaviour_of(operation)
        if reply is not None and reply.kind not in {"turn", "partial"}:
            from .readymade import ready_answer  # few scripts have any

            if reply.kind != "content" or not behaviour.content:
                return self._finish(request, ready_answer(request, reply, self), reply)
        if reply is None and behaviour.generates and self.unscripted == "error":
            raise UnscriptedCall(
                f"{operation.name} was called, nothing is scripted for it, and unscripted calls are errors here.\n"
                f"  the call:  {params_line(request.params, 100)}\n"
                f'  to do:     fake.{operation.name}.returns("...")',
                operation=operation.name,
            )
        if self.strict and reply is not None and reply.kind == "turn" and reply.value.tool_calls:
            from .rules.turns import check_turn

            check_turn(request, reply.value, self)
        computed: Any = behaviour.compute(request, self, reply)
        if isinstance(computed, Answer):
            return self._finish(request, computed, reply)
        partial = reply.value if reply is not None and reply.kind == "partial" else None
        if behaviour.whole and partial is None and not self.defaults.active:
            body = computed
        else:
            body = self._assemble(request, computed, partial)
        if behaviour.persist is not None:
            behaviour.persist(request, self, body)
        answer = Answer(body)
        if request.stream and behaviour.events is not None:
            answer.events = behaviour.events(request, self, body, reply)
        return self._finish(request, answer, reply)

    def _assemble(self, request: Request, computed: Any, partial: Any) -> Any:
        operation = request.operation
        kind: Any = operation.page_type or operation.response_type
        if kind is type(None) and partial is not None:  # the API sends something, of which the SDK knows nothing
            return {**cast("dict[str, Any]", computed or {}), **cast("dict[str, Any]", partial)}
        return assemble(kind, computed, partial, defaults=self.defaults, request=request)

    def _refuse(self, request: Request, refusal: ApiError) -> Answer:
        answer = Answer(refusal.body, status=refusal.status, headers=refusal.headers, fragile=True)
        return self._finish(request, answer, None)

    def _finish(self, request: Request, answer: Answer, reply: Reply | None) -> Answer:
        """Give the answer its request id and note it in the record."""
        answer.request_id = answer.headers.get("x-request-id") or request.request_id or self.ids.make("req_")
        if reply is not None:
            if reply.latency is not None:
                answer.latency = reply.latency
            if reply.headers and not answer.headers:
                answer.headers = dict(reply.headers)
            if reply.break_after is not None and answer.events is not None:
                from .readymade import broken

                answer.events = broken(answer.events, reply.break_after)
                answer.fragile = True
        if self.faults is not None and answer.latency is None:
            answer.latency = self.faults.latency(request.operation, self.ids.random)
        call = request.call
        if answer.status < 300 and answer.exception is None:
            body = answer.body
            call._finish(
                None if body is None else marshal.dumps(body),
                answer.request_id,
                self.clock.now() - call.started_at,
                content=answer.content,
            )
        return answer

    # ------------------------------------------------------------------------------------------------ what tests use

    def new_id(self, resource: str) -> str:
        """A new id for an object of a resource, such as ``"files"``."""
        from .operations.resources import named

        return named(resource).new_id(self.ids)

    def setting(self, name: Literal["lifecycle", "missing"], operation: Operation) -> str:
        """How the account does something in one operation: as set for that, else as for all."""
        return self.settings.get((name, operation.name)) or getattr(self, name)

    def set_for(self, operation: Operation, name: Literal["lifecycle", "missing"], value: str | None) -> None:
        """Have one operation do something in another way than the rest of the account; None for as the rest does."""
        if value is None:
            self.settings.pop((name, operation.name), None)
        else:
            self.settings[name, operation.name] = choice(name, value, _CHOICES[name])

    def script(self, operation: Operation) -> Script:
        """The script of one operation."""
        script = self._scripts.get(operation.name)
        if script is None:
            script = self._scripts.setdefault(
                operation.name, Script(operation.name, operation, wrap=functools.partial(fit, operation))
            )
        return script

    def log(self, name: str) -> CallLog:
        """The log of one operation's calls, a view of `calls`."""
        log = self._logs.get(name)
        if log is None:
            log = self._logs.setdefault(name, self.calls.view(name))
        return log

    def script_turns(self, found: Any) -> Rule | None:
        """Add turns of the model: a list of replies, one each, or a function of the request for all of them."""
        if callable(found) and not isinstance(found, type):
            return self.turns.returns(found, call="replies")
        if isinstance(found, str | Mapping | type) or not isinstance(found, Iterable):
            raise UsageError(
                f"replies= takes a list of replies, one for each turn of the model, or a function of the request; "
                f"got {type(cast('object', found)).__name__} {found!r}. For a single reply write replies=[{found!r}]."
            )
        return self.turns.queue(list(cast("Iterable[Any]", found)))

    def unused(self) -> list[str]:
        """One line for each reply that was scripted and never given."""
        scripts = [*self._scripts.values(), self.turns]
        failures = [] if self.faults is None else self.faults.unused()
        return [*failures, *(line for script in scripts for line in script.unused())]

    def assert_complete(self) -> None:
        """Fail if a scripted reply was never used.

        Raises:
            UnconsumedReplies: lists what is left.
        """
        unused = self.unused()
        if unused:
            raise UnconsumedReplies(self.incompleteness(unused), unused=unused)

    def incompleteness(self, unused: list[str]) -> str:
        """What to say of replies that were never used."""
        listed = "\n".join(f"  - {line}" for line in unused)
        calls = "\n".join(f"  - {call.summary}" for call in self.calls) or "  (none)"
        return (
            f"{len(unused)} scripted {'reply was' if len(unused) == 1 else 'replies were'} never used:\n{listed}\n"
            f"calls made:\n{calls}\n"
            "to do: script only what the code asks for, or find out why it stopped asking."
        )

    def reset(self) -> None:
        """Forget scripts, calls, the user's defaults and what was set for single operations. State stays."""
        for script in (*self._scripts.values(), self.turns):
            script.reset()
        if self.faults is not None:
            self.faults.reset()
        self.calls.clear()
        self.defaults.reset()
        self.settings.clear()

    def __deepcopy__(self, memo: dict[int, Any]) -> Backend:
        """A detached account with the same state, defaults, scripts and calls."""
        twin = object.__new__(type(self))
        memo[id(self)] = twin
        for name, value in vars(self).items():
            if name == "lock":
                twin.lock = threading.RLock()
            else:
                setattr(twin, name, copy.deepcopy(value, memo))
        return twin

    def __repr__(self) -> str:
        return f"<Backend {len(self.calls)} calls, {self.state!r}>"


def _judged(request: Request) -> dict[str, Any]:
    """The parameters that the API looks at: what it doesn't know in a URL it overlooks."""
    params = request.params
    if not request.query:
        return params
    overlooked = request.query.keys() - request.operation.arguments - (request.body or {}).keys()
    return {name: value for name, value in params.items() if name not in overlooked}
