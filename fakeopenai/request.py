"""One request to the API, the same whichever way it came (direct, sdk or wire), and the answer to it.

Imports leaves only; endpoints, clients and the inert transport make requests, the backend answers them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from .operation import Operation

if TYPE_CHECKING:
    from .backend import Backend
    from .view import Message, OfferedTool, ToolResult

__all__ = ["Answer", "Pending", "Request"]


class Request:
    """What the code under test asks for.

    Attributes:
        operation: the API operation.
        path_params: values of the path template, such as ``{"file_id": "file-abc"}``.
        query: query parameters, typed as the caller gave them.
        body: the JSON body (for multipart requests: the form's fields), or None.
        files: uploaded files of a multipart request as ``(field, (filename, content, content_type))``.
        headers: the request's headers, as sent.
        stream: whether an event stream was asked for.
        request_id: the id of the answer, where an operation had to know it before there was an answer; else ``""``.
    """

    __slots__ = (
        "_headers",
        "account",
        "body",
        "call",
        "files",
        "operation",
        "passed",
        "path_params",
        "pending",
        "query",
        "request_id",
        "stream",
    )

    def __init__(
        self,
        operation: Operation,
        body: dict[str, Any] | None = None,
        *,
        path_params: dict[str, str] | None = None,
        query: dict[str, Any] | None = None,
        files: list[tuple[str, Any]] | None = None,
        headers: Any = None,
        stream: bool = False,
    ) -> None:
        self.operation = operation
        self.body = body
        self.path_params = path_params or {}
        self.query = query or {}
        self.files = files or []
        self._headers: Any = headers
        self.stream = stream
        self.request_id = ""
        self.account: Backend | None = None  # the account that it was asked of, once it has been
        self.passed: tuple[Any, ...] = ()  # the reply functions that have passed it on
        self.call: Any = None  # the record of this request, once the backend has made one
        self.pending: Answer | None = None  # an answer already known, that the wire way has to deliver

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers as sent; worked out when first asked for."""
        headers: Any = self._headers
        if callable(headers):
            headers = self._headers = headers()
        return headers or {}

    def pin_headers(self) -> None:
        """Work the headers out now, since what they follow from may change."""
        self._headers = self.headers

    @property
    def params(self) -> dict[str, Any]:
        """Path, query and body parameters, merged as the caller named them."""
        body: Any = self.body if isinstance(self.body, dict) else {}  # who posts a list has no parameters
        return {**self.path_params, **self.query, **body}

    def get(self, name: str, default: Any = None) -> Any:
        """One parameter, from wherever it travels: body, query or path. An explicit null counts as absent."""
        for source in (self.body, self.query, self.path_params):
            if source and (value := source.get(name)) is not None:
                return value
        return default

    # What a model gets to see, the same for all endpoints that one speaks through. Most tests never look.

    @property
    def model(self) -> str | None:
        """The model that is asked."""
        return cast("str | None", self.get("model"))

    @property
    def messages(self) -> tuple[Message, ...]:
        """The whole history that the model sees, oldest first, earlier turns that the account knows included.

        Example:
            >>> from fakeopenai import FakeOpenAI
            >>> fake = FakeOpenAI(replies=lambda request: f"You said {request.messages[0].text!r}.")
            >>> fake.responses.create(model="gpt-5", input="Hi").output_text
            "You said 'Hi'."
        """
        from . import view

        return view.messages(self)

    @property
    def last_user_text(self) -> str:
        """The text of the last message of the user; empty if there is none."""
        from . import view

        return view.last_user_text(self)

    @property
    def system_text(self) -> str:
        """All that the model is told by the system or the developer, instructions included."""
        from . import view

        return view.system_text(self)

    @property
    def tools(self) -> tuple[OfferedTool, ...]:
        """The tools that the model may call."""
        from . import view

        return view.tools(self)

    @property
    def tool_results(self) -> tuple[ToolResult, ...]:
        """What tools have answered since the user last spoke, in order; empty as long as none has.

        Example:
            >>> from fakeopenai import FakeOpenAI, tool_call
            >>> fake = FakeOpenAI()
            >>> create = fake.responses.create
            >>> _ = create.when(where=lambda request: request.tool_results).returns("It is sunny.")
            >>> _ = create.returns(tool_call("get_weather", city="Paris"))
            >>> call = create(model="gpt-5", input="Weather?").output[0]
            >>> result = {"type": "function_call_output", "call_id": call.call_id, "output": "sunny"}
            >>> create(model="gpt-5", input=[call, result]).output_text
            'It is sunny.'
        """
        from . import view

        return view.tool_results(self)

    def __repr__(self) -> str:
        return f"<Request {self.operation.name} {self.params!r}>"


class Answer:
    """What comes back for a request, in wire terms; the ways turn it into what the SDK returns or raises.

    Exactly one of these says what it is: ``body`` (a JSON value), ``content`` (bytes), ``events`` (an event stream) or
    ``exception`` (no answer at all: a connection error, a time-out, or an exception of the test author's own).

    Attributes:
        status: HTTP status.
        headers: further response headers, with lower-case names.
        body: JSON value.
        content: bytes of a binary or text answer.
        content_type: of ``content``.
        events: ``(event name or None, data)`` pairs; data is a JSON object. Made lazily, one pass.
        exception: to be raised instead of an answer.
        request_id: the answer's ``x-request-id``.
        latency: seconds to wait before it is delivered; the wire way does so, and times out if the client would.
        fragile: whether only the wire way can deliver it as the SDK would (errors, malformed bodies, broken streams).
    """

    __slots__ = (
        "body",
        "content",
        "content_type",
        "events",
        "exception",
        "fragile",
        "headers",
        "latency",
        "request_id",
        "status",
    )

    def __init__(
        self,
        body: Any = None,
        *,
        status: int = 200,
        headers: dict[str, str] | None = None,
        content: bytes | None = None,
        content_type: str = "application/json",
        events: Iterator[tuple[str | None, Any]] | None = None,
        exception: BaseException | None = None,
        request_id: str = "",
        latency: float | None = None,
        fragile: bool = False,
    ) -> None:
        self.body = body
        self.status = status
        self.headers = headers or {}
        self.content = content
        self.content_type = content_type
        self.events = events
        self.exception = exception
        self.request_id = request_id
        self.latency = latency
        self.fragile = fragile

    def __repr__(self) -> str:
        what = "stream" if self.events is not None else repr(self.exception or self.content or self.body)
        return f"<Answer {self.status} {what}>"


class Pending:
    """An answer that waits for an ``async`` reply function.

    Attributes:
        request: what was asked.
        function: the reply function, as it was scripted.
        awaitable: what calling it gave.
    """

    __slots__ = ("awaitable", "function", "request")

    def __init__(self, request: Request, function: Any, awaitable: Awaitable[Any]) -> None:
        self.request = request
        self.function = function
        self.awaitable = awaitable
