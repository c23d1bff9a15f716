"""Records of calls, their logs, and the assertions on them, with the messages as golden texts."""

# pyright: reportPrivateUsage=false
# (The methods with an underscore are for the backend, whose part the tests play.)

from __future__ import annotations

import collections.abc
import copy
import gc
import itertools
import textwrap
import threading
import timeit
import tracemalloc
from collections.abc import Callable
from typing import Any
from unittest import mock

import openai
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from openai.pagination import SyncCursorPage
from openai.types import FileObject
from openai.types.chat import ChatCompletion
from pydantic import BaseModel

from fakeopenai.calls import Call, CallLog
from fakeopenai.calls.failures import no_such_attribute
from fakeopenai.calls.record import Headers, RecordedFile, file_params
from fakeopenai.errors import CallAssertionError, FakeOpenAIError, UsageError
from fakeopenai.operation import Operation, find
from fakeopenai.snapshot import freeze


def known(name: str) -> Operation:
    """An operation of the table."""
    operation = find(name)
    assert operation is not None
    return operation


CHAT = known("chat.completions.create")
EMBED = known("embeddings.create")
UPLOAD = known("files.create")
RETRIEVE = known("files.retrieve")
LIST = known("files.list")
CONTENT = known("files.content")
TRANSCRIBE = known("audio.transcriptions.create")
MODELS = known("models.list")

FILE = {
    "id": "file-1",
    "object": "file",
    "bytes": 3,
    "created_at": 1,
    "filename": "a.jsonl",
    "purpose": "batch",
    "status": "processed",
}


def completion(text: str | None = "It is sunny.", **message: Any) -> dict[str, Any]:
    """The JSON of a chat completion, as the API sends it."""
    return {
        "id": "chatcmpl-CG7LgwtA0xcBKvSdW8MS8TAcXbgiE",
        "object": "chat.completion",
        "created": 1735689600,
        "model": "gpt-5-2025-08-07",
        "choices": [
            {
                "index": 0,
                "message": {
                    "role": "assistant",
                    "content": text,
                    "refusal": None,
                    "annotations": [],
                    **message,
                },
                "logprobs": None,
                "finish_reason": "stop",
            }
        ],
        "usage": {
            "prompt_tokens": 31,
            "completion_tokens": 8,
            "total_tokens": 39,
            "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
            "completion_tokens_details": {
                "reasoning_tokens": 0,
                "audio_tokens": 0,
                "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
        },
        "service_tier": "default",
        "system_fingerprint": None,
    }


def user(text: str) -> dict[str, str]:
    """A message."""
    return {"role": "user", "content": text}


def asked(text: str, **params: Any) -> dict[str, Any]:
    """The body of a chat request."""
    return {"model": "gpt-5", "messages": [user(text)], **params}


def record(
    log: CallLog, body: Any = None, answer: Any = None, operation: Operation = CHAT, error: Any = None, **how: Any
) -> Call:
    """What the backend does for a call."""
    call = Call(operation, freeze(body), **how)
    log._append(call)
    if error is not None:
        call._fail(error, 0.5)
    else:
        call._finish(freeze(completion() if answer is None else answer), "req_1", 0.5)
    return call


@pytest.fixture
def everything() -> CallLog:
    """The log of an account."""
    return CallLog()


@pytest.fixture
def log(everything: CallLog) -> CallLog:
    """The log of one operation."""
    return everything.view("chat.completions.create")


@pytest.fixture
def three(log: CallLog) -> CallLog:
    """A log of three calls."""
    record(log, asked("Hi"))
    record(log, asked("And in London?", temperature=0.3), completion("Rain."))
    record(log, asked("Bye", tools=[{"type": "function", "function": {"name": "get_weather"}}]))
    return log


def failing(assertion: Callable[..., Any], *args: Any, **kwargs: Any) -> CallAssertionError:
    """The error that an assertion fails with."""
    with pytest.raises(CallAssertionError) as caught:
        assertion(*args, **kwargs)
    return caught.value


def text_of(assertion: Callable[..., Any], *args: Any, **kwargs: Any) -> str:
    """The message that an assertion fails with."""
    return str(failing(assertion, *args, **kwargs))


def golden(text: str) -> str:
    """A golden text, as it is indented here."""
    return textwrap.dedent(text).strip("\n")


# ------------------------------------------------------------------------------------------------------------ records


def test_a_call_tells_what_was_asked() -> None:
    """Path, query and body apart and merged, and all that goes with them."""
    call = Call(
        known("beta.threads.messages.update"),
        freeze({"metadata": {"a": "b"}}),
        path_params={"thread_id": "thread_1", "message_id": "msg_1"},
        query={"limit": 2},
        headers={"X-Trace": "t"},
        stream=True,
        started_at=12.5,
    )
    assert call.operation == "beta.threads.messages.update"
    assert call.path_params == {"thread_id": "thread_1", "message_id": "msg_1"}
    assert call.query == {"limit": 2}
    assert call.body == {"metadata": {"a": "b"}}
    assert call.params == {"thread_id": "thread_1", "message_id": "msg_1", "limit": 2, "metadata": {"a": "b"}}
    assert call.headers["x-trace"] == "t"
    assert call.stream is True
    assert call.started_at == 12.5
    assert (call.attempts, call.response, call.error, call.duration, call.request_id) == (1, None, None, None, None)
    assert call.files == {}


@pytest.mark.parametrize("snapshot", [None, freeze(None)])
def test_a_call_without_a_body_has_parameters_all_the_same(snapshot: bytes | None) -> None:
    """A GET has no body."""
    call = Call(RETRIEVE, snapshot, path_params={"file_id": "file-1"})
    assert call.body is None
    assert call.params == {"file_id": "file-1"}
    assert Call(MODELS, snapshot).params == {}


def test_a_body_that_is_no_object_stays_out_of_the_parameters() -> None:
    """A hand-made request may send any JSON."""
    call = Call(CHAT, freeze(["a"]))
    assert call.body == ["a"]
    assert call.params == {}


def test_a_call_is_detached_going_in() -> None:
    """Changing afterwards what was passed changes nothing."""
    body, query, path_params = asked("Hi"), {"include": ["a"]}, {"file_id": "file-1"}
    files: list[tuple[str, Any]] = [("file", ("a.txt", bytearray(b"abc"), "text/plain"))]
    call = Call(UPLOAD, freeze(body), query=query, path_params=path_params, files=files)
    body["messages"].append(user("Ho"))
    body["messages"][0]["content"] = "changed"
    query["include"].append("b")
    path_params["file_id"] = "changed"
    files[0][1][1][0] = 0
    files.clear()
    assert call.params == {"file_id": "file-1", "include": ["a"], **asked("Hi")}
    assert call.files["file"].content == b"abc"


def test_a_call_is_detached_coming_out() -> None:
    """Changing what was read changes nothing either."""
    call = record(CallLog(), asked("Hi"), path_params={"a": "b"}, query={"c": ["d"]})
    for read in ("params", "body", "query", "path_params"):
        before = copy.deepcopy(getattr(call, read))
        got = getattr(call, read)
        got["new"] = 1
        for value in got.values():
            if isinstance(value, list):
                value.clear()  # pyright: ignore[reportUnknownMemberType]
        assert getattr(call, read) == before
    call.response.choices.clear()
    assert call.response.choices[0].message.content == "It is sunny."
    call.files["x"] = RecordedFile(None, b"")
    assert call.files == {}


@pytest.mark.parametrize(
    "name",
    ["operation", "params", "headers", "files", "stream", "attempts", "response", "error", "started_at", "duration"],
)
def test_a_call_is_frozen(name: str) -> None:
    """No attribute can be set or deleted; the error says why."""
    call = Call(CHAT, None)
    with pytest.raises(AttributeError, match="a recorded call is frozen"):
        setattr(call, name, 1)
    with pytest.raises(AttributeError, match="a recorded call is frozen"):
        delattr(call, name)


def test_a_call_has_no_room_for_more() -> None:
    """A typo in an assignment is an error."""
    with pytest.raises(AttributeError):
        Call(CHAT, None).parms = 1  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue]


def test_copies_of_a_call_are_the_call() -> None:
    """It is frozen, so an account that is copied may share it, error and all."""
    call = record(CallLog(), asked("Hi"), error=openai.OpenAIError("no"))
    assert copy.copy(call) is call
    assert copy.deepcopy({"calls": [call]})["calls"][0] is call


# ---- headers


def test_credentials_in_headers_are_masked() -> None:
    """Nothing that is secret can be read from a record; everything else can, in any case."""
    headers = Call(
        CHAT,
        None,
        headers={
            "Authorization": "Bearer sk-proj-12345",
            "api-key": "azure-key",
            "Cookie": "session=abc; other=def",
            "OpenAI-Organization": "org-1",
            "X-Stainless-Retry-Count": "0",
        },
    ).headers
    assert dict(headers) == {
        "Authorization": "Bearer ***",
        "api-key": "***",
        "Cookie": "***",
        "OpenAI-Organization": "org-1",
        "X-Stainless-Retry-Count": "0",
    }
    assert headers["authorization"] == headers["AUTHORIZATION"] == "Bearer ***"
    assert "openai-organization" in headers
    assert "x-missing" not in headers
    assert 1 not in headers  # type: ignore[comparison-overlap]
    assert headers.get("x-missing") is None
    assert "sk-proj" not in repr(headers)


def test_headers_may_be_worked_out_when_somebody_looks() -> None:
    """A function of headers is asked once, and only if need be."""
    asked_for: list[int] = []

    def make() -> dict[str, str]:
        asked_for.append(1)
        return {"a": "b"}

    call = Call(CHAT, None, headers=make)
    assert asked_for == []
    assert call.headers == call.headers == {"a": "b"}
    assert asked_for == [1]


def test_there_may_be_no_headers() -> None:
    """An empty mapping then."""
    assert dict(Call(CHAT, None).headers) == {}
    assert len(Headers({})) == 0


# ---- files


def test_files_tell_name_size_type_and_content() -> None:
    """An upload by its parameter's name."""
    call = Call(UPLOAD, freeze({"purpose": "batch"}), files=[("file", ("a.jsonl", b"{}\n", "application/jsonl"))])
    file = call.files["file"]
    assert (file.filename, file.content, file.size, file.content_type) == ("a.jsonl", b"{}\n", 3, "application/jsonl")
    assert repr(file) == "<RecordedFile 'a.jsonl', 3 bytes, application/jsonl>"
    with pytest.raises(AttributeError, match="a recorded call is frozen"):
        file.content = b""  # type: ignore[misc] # pyright: ignore[reportAttributeAccessIssue]


def test_several_files_of_one_parameter_are_numbered() -> None:
    """As the SDK sends them: with brackets, or the same field again."""
    call = Call(CHAT, None, files=[("image[]", ("a", b"1")), ("image[]", ("b", b"2")), ("mask", b"3")])
    assert {name: file.content for name, file in call.files.items()} == {
        "image[0]": b"1",
        "image[1]": b"2",
        "mask": b"3",
    }
    twice = Call(CHAT, None, files=[("image", ("a", b"1")), ("image", ("b", "2")), ("image", ("c", None))])
    assert [file.content for file in twice.files.values()] == [b"1", b"2", b""]
    assert list(Call(CHAT, None, files=[("image[]", b"1")]).files) == ["image[0]"]


def test_a_recorded_file_equals_what_may_be_uploaded() -> None:
    """Bytes, and the tuples that the SDK takes."""
    file = RecordedFile("a.txt", b"abc", "text/plain")
    assert file == b"abc"
    assert file == ("a.txt", b"abc")
    assert file == ("a.txt", b"abc", "text/plain")
    assert file == RecordedFile("a.txt", b"abc", "text/plain")
    assert file != b"abd"
    assert file != ("b.txt", b"abc")
    assert file != ("a.txt",)
    assert file != RecordedFile("a.txt", b"abc")
    assert file != "abc"


def test_files_can_be_matched_by_their_parameter() -> None:
    """``file=`` in an assertion means the upload; so does a list where several were sent."""
    log = CallLog().view("files.create")
    record(log, {"purpose": "batch"}, FILE, UPLOAD, files=[("file", ("a.jsonl", b"abc", None))])
    log.assert_called_once_with(purpose="batch", file=b"abc")
    log.assert_called_with(file=("a.jsonl", b"abc"))
    log.assert_called_with(file=mock.ANY)
    assert "- file=<4 bytes>\n+ file=<RecordedFile 'a.jsonl', 3 bytes>" in text_of(log.assert_called_with, file=b"abcd")
    several = file_params([("image[]", b"1"), ("image[]", b"2")])
    assert several["image"] == [b"1", b"2"]


# ---- what came of it


def test_a_response_is_the_sdk_s_type() -> None:
    """Made anew from JSON each time."""
    call = record(CallLog(), asked("Hi"), completion("Hello."))
    response = call.response
    assert isinstance(response, ChatCompletion)
    assert response.choices[0].message.content == "Hello."
    assert response == call.response
    assert response is not call.response
    assert (call.duration, call.request_id, call.error) == (0.5, "req_1", None)


def test_a_list_is_a_page() -> None:
    """Without a client, so it has the data and no further pages."""
    call = record(CallLog(), None, {"object": "list", "data": [FILE], "has_more": False}, LIST)
    page: Any = call.response
    assert isinstance(page, SyncCursorPage)
    files: list[object] = page.data  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    assert isinstance(files[0], FileObject)


@pytest.mark.parametrize("answer", ["just text", {"text": "spoken", "usage": None}])
def test_an_answer_that_may_be_several_things_is_the_right_one(answer: Any) -> None:
    """Text where text was sent, an object where that was."""
    response = record(CallLog(), {"model": "whisper-1"}, answer, TRANSCRIBE).response
    assert response == answer if isinstance(answer, str) else response.text == "spoken"


def test_binary_answers_are_bytes() -> None:
    """The content of a file."""
    call = Call(CONTENT, None, path_params={"file_id": "file-1"})
    call._finish(None, "req_1", 0.1, content=b"abc")
    assert call.response == b"abc"
    assert repr(call) == "<Call files.content file_id='file-1' -> <3 bytes>>"


def test_a_malformed_answer_is_given_unchecked() -> None:
    """What ``raw()`` sent is seen as the SDK shows it."""
    response = record(CallLog(), asked("Hi"), {"id": 5, "choices": "none"}).response
    assert type(response) is ChatCompletion
    assert (vars(response)["id"], vars(response)["choices"]) == (5, "none")
    assert record(CallLog(), asked("Hi"), ["not", "an", "object"]).response == ["not", "an", "object"]


def test_an_answer_whose_type_the_sdk_lacks_is_json() -> None:
    """An operation of a newer SDK, recorded under an older one."""
    newer = Operation("things.create", "POST", "/things", "openai.types.no_such.Thing")
    assert record(CallLog(), None, {"id": "thing_1"}, newer).response == {"id": "thing_1"}


def test_retries_are_attempts_of_one_call() -> None:
    """A call that failed and was sent again is one record, with the outcome of the last attempt."""
    call = Call(CHAT, freeze(asked("Hi")))
    call._fail(openai.OpenAIError("busy"), 0.1)
    call._attempt()
    assert call.error is None
    call._fail(openai.OpenAIError("busy"), 0.2)
    call._attempt()
    call._finish(freeze(completion()), "req_3", 0.3)
    assert (call.attempts, call.error, call.duration, call.request_id) == (3, None, 0.3, "req_3")


def test_a_failed_call_has_an_error_and_no_response() -> None:
    """Also if its stream had begun."""
    call = record(CallLog(), asked("Hi"))
    error = openai.APIConnectionError(request=mock.Mock())
    call._fail(error, 0.7)
    assert call.response is None
    assert call.error is error
    assert call.duration == 0.7


def test_the_request_id_of_an_error_is_the_call_s() -> None:
    """The SDK's exception carries it."""

    class Refused(openai.OpenAIError):
        request_id = "req_9"
        status_code = 429

    call = Call(CHAT, freeze(asked("Hi")))
    call._fail(Refused(), 0.1)
    assert call.request_id == "req_9"
    assert repr(call) == "<Call chat.completions.create model='gpt-5' messages=[1: 'Hi'] -> Refused 429>"


# ---- one line


def test_repr_is_one_readable_line() -> None:
    """What was asked and what was answered, short."""
    log = CallLog()
    call = Call(CHAT, freeze(asked("What is the weather like in Paris?")))
    shown = "model='gpt-5' messages=[1: 'What is the weather like in P…']"
    assert repr(call) == f"<Call chat.completions.create {shown}>"
    assert call.summary == f"chat.completions.create {shown}"
    call._finish(freeze(completion()), "req_1", 0.1)
    assert call.summary == f"chat.completions.create {shown} -> 'It is sunny.'"
    assert repr(record(log, None, {"object": "list", "data": [1, 2]}, MODELS)) == "<Call models.list -> list of 2>"
    call._finish(None, "req_1", 0.1)
    assert call.summary.endswith("-> nothing")


def test_repr_shows_no_secrets_and_stays_short() -> None:
    """Whatever was sent."""
    body = asked("x" * 5000, api_key="sk-1234", metadata={"authorization": "sk-1234"}, user="u" * 5000)
    body["tools"] = [{"type": "mcp", "server_label": "s", "authorization": "sk-1234"}]
    shown = repr(record(CallLog(), body, completion("y" * 5000), headers={"Authorization": "Bearer sk-1234"}))
    assert "sk-1234" not in shown
    assert len(shown) < 260


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_repr_survives_every_json(value: Any) -> None:
    """A record can always be printed, in one line."""
    call = record(CallLog(), value if type(value) is dict else {"input": value}, value)
    assert "\n" not in repr(call)


# --------------------------------------------------------------------------------------------------------------- logs


def test_a_log_is_a_sequence_of_calls(three: CallLog) -> None:
    """Length, index, iteration, slices, membership."""
    first, second, third = three
    assert isinstance(three, collections.abc.Sequence)
    assert len(three) == three.call_count == 3
    assert three.called
    assert three[0] is first
    assert three[-1] is three.last is third
    assert list(reversed(three)) == [third, second, first]
    assert second in three
    assert three.index(second) == 1
    assert three[1:] == [second, third]
    assert three[1:].call_count == 2
    assert three == [first, second, third]
    assert three != [first]
    assert three != (first, second, third)
    assert three[:] == three


def test_an_empty_log_is_falsy() -> None:
    """And has no last call."""
    log = CallLog()
    assert not log
    assert log == []
    assert not log.called
    assert log.last is None
    assert log.call_count == 0


def test_a_log_is_unhashable_and_read_only(three: CallLog) -> None:
    """It changes; and it can't be told to."""
    with pytest.raises(TypeError, match="unhashable"):
        hash(three)
    for name in ("called", "call_count", "last", "calld"):
        with pytest.raises(AttributeError):
            setattr(three, name, 1)


def test_iterating_is_safe_while_calls_are_made(three: CallLog) -> None:
    """A loop over the log sees the calls there were when it began."""
    for call in three:
        record(three, call.params)
    assert len(three) == 6


def test_a_call_that_is_not_there_is_an_index_error_that_helps(three: CallLog) -> None:
    """What was asked for, and what there is."""
    with pytest.raises(IndexError) as caught:
        three[3]
    assert str(caught.value) == golden("""
        calls[3]: chat.completions.create was called 3 times
          calls[0]: model='gpt-5' messages=[1: 'Hi'] -> 'It is sunny.'
          calls[1]: model='gpt-5' messages=[1: 'And in London?'] temperature=0.3 -> 'Rain.'
          calls[2]: model='gpt-5' messages=[1: 'Bye'] tools=[1: 'get_weather'] -> 'It is sunny.'
    """)
    with pytest.raises(IndexError, match=r"calls\[0\]: the API was never called"):
        CallLog()[0]


def test_all_calls_and_those_of_an_operation_are_the_same_records(everything: CallLog, log: CallLog) -> None:
    """Recorded once, seen from both."""
    first = record(log, asked("Hi"))
    second = record(everything, {"input": "x"}, {"object": "list", "data": []}, EMBED)
    third = record(everything, asked("Ho"))
    assert everything == [first, second, third]
    assert log == [first, third]
    assert everything.view("embeddings.create") == [second]
    assert everything.view("chat.completions.create") is log


def test_a_view_of_an_unknown_operation_is_refused(everything: CallLog) -> None:
    """A typo would be a log that is empty for ever."""
    with pytest.raises(UsageError, match=r"'chat\.completion\.create'; did you mean 'chat\.completions\.create'\?"):
        everything.view("chat.completion.create")


def test_clearing_one_operation_clears_it_everywhere(everything: CallLog, log: CallLog) -> None:
    """Its calls leave the log of everything; the others stay."""
    record(log, asked("Hi"))
    other = record(everything, {"input": "x"}, {"object": "list", "data": []}, EMBED)
    log.clear()
    assert log == []
    assert everything == [other]


def test_clearing_everything_clears_every_view(everything: CallLog, log: CallLog) -> None:
    """And recording goes on afterwards."""
    record(log, asked("Hi"))
    everything.clear()
    assert log == everything == []
    again = record(log, asked("Ho"))
    assert log == everything == [again]


def test_slices_and_filters_are_logs_of_their_own(three: CallLog) -> None:
    """They don't grow, clearing them clears nothing else, and they can be asserted on."""
    cut = three[:2]
    warm = three.filter(temperature=0.3)
    assert warm == [three[1]]
    warm.assert_called_once_with(temperature=0.3)
    record(three, asked("Hi", temperature=0.3))
    assert (len(cut), len(warm)) == (2, 1)
    cut.clear()
    warm.clear()
    assert len(three) == 4
    assert three.filter() == three
    assert three.filter(temperature=9) == []


def test_a_log_can_be_copied_with_its_account() -> None:
    """A deep copy shares the frozen records and nothing else."""
    everything = CallLog()
    log = everything.view("chat.completions.create")
    record(log, asked("Hi"))
    twin = copy.deepcopy(everything)
    record(log, asked("Ho"))
    assert len(twin) == 1
    assert twin[0] is log[0]
    record(twin, asked("Hey"))
    assert [call.params["messages"][0]["content"] for call in twin.view("chat.completions.create")] == ["Hi", "Hey"]
    assert len(everything) == len(log) == 2


def test_repr_lists_the_calls(everything: CallLog, three: CallLog) -> None:
    """In the log of everything with the operation's name, and no more than ten."""
    assert repr(everything) == golden("""
        <CallLog of everything: 3 calls
          calls[0]: chat.completions.create model='gpt-5' messages=[1: 'Hi'] -> 'It is sunny.'
          calls[1]: chat.completions.create model='gpt-5' messages=[1: 'And in London?'] temperature=0.3 -> 'Rain.'
          calls[2]: chat.completions.create model='gpt-5' messages=[1: 'Bye'] tools=[1: 'get_weather'] \
-> 'It is sunny.'>
    """)
    assert repr(three[:1]).startswith("<CallLog chat.completions.create: 1 call\n")
    for _ in range(20):
        record(three, asked("Hi"))
    assert repr(three).endswith("\n  ... and 13 more>")
    assert repr(CallLog()) == "<CallLog of everything: 0 calls>"


def test_threads_lose_no_call(everything: CallLog) -> None:
    """A fake may be called from several threads."""

    def work() -> None:
        for _ in range(200):
            record(everything, asked("Hi"))
            record(everything, {"input": "x"}, {"object": "list", "data": []}, EMBED)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(everything) == 2400
    assert len(everything.view("chat.completions.create")) == len(everything.view("embeddings.create")) == 1200


class LogMachine(RuleBasedStateMachine):
    """The log of everything and its views against plain lists."""

    def __init__(self) -> None:
        super().__init__()
        self.everything = CallLog()
        self.model: list[Call] = []

    @rule(operation=st.sampled_from([CHAT, EMBED, UPLOAD]), by_view=st.booleans())
    def call(self, operation: Operation, by_view: bool) -> None:
        """A call, recorded through either log."""
        log = self.everything.view(operation.name) if by_view else self.everything
        self.model.append(record(log, {"n": len(self.model)}, {}, operation))

    @rule(operation=st.sampled_from([CHAT, EMBED, UPLOAD]))
    def clear_one(self, operation: Operation) -> None:
        """One operation is cleared."""
        self.everything.view(operation.name).clear()
        self.model = [call for call in self.model if call.operation != operation.name]

    @rule()
    def clear_all(self) -> None:
        """Everything is cleared."""
        self.everything.clear()
        self.model.clear()

    @invariant()
    def agrees(self) -> None:
        """Every log holds what the model holds."""
        assert self.everything == self.model
        for operation in (CHAT, EMBED, UPLOAD):
            assert self.everything.view(operation.name) == [
                call for call in self.model if call.operation == operation.name
            ]


TestLogMachine = LogMachine.TestCase
TestLogMachine.settings = settings(max_examples=30, stateful_step_count=15)


# --------------------------------------------------------------------------------------------------------- assertions


def test_assertions_that_hold(three: CallLog) -> None:
    """They return nothing and raise nothing."""
    three.assert_called()
    three.assert_call_count(3)
    three.assert_called_with(model="gpt-5")
    three.assert_called_with(messages=[user("Bye")], temperature=openai.NOT_GIVEN)
    three.assert_called_with()
    three.assert_any_call(temperature=0.3)
    three.assert_any_call(messages=[mock.ANY])
    three.assert_has_calls([{"temperature": 0.3}, {"messages": [user("Bye")]}])
    three.assert_has_calls([{"messages": [user("Bye")]}, {"temperature": 0.3}], any_order=True)
    three.assert_has_calls([])
    three[:1].assert_called_once()
    three[:1].assert_called_once_with(model="gpt-5", messages=[user("Hi")])
    three[:0].assert_not_called()
    three[:0].assert_call_count(0)


def test_assertions_fail_with_our_error(three: CallLog) -> None:
    """An AssertionError that no SDK retry loop swallows, with structured fields."""
    error = failing(three.assert_called_with, model="gpt-4o")
    assert isinstance(error, FakeOpenAIError)
    assert isinstance(error, AssertionError)
    assert error.operation == "chat.completions.create"
    assert error.expected == {"model": "gpt-4o"}
    assert error.calls == tuple(three)
    assert error.nearest is three[2]
    assert failing(three.assert_called_once).expected == 1
    assert failing(three.assert_not_called).expected == 0
    assert failing(three.assert_any_call, temperature=0.4).nearest is not None
    assert failing(three.assert_has_calls, [{"n": 1}]).expected == [{"n": 1}]
    assert failing(CallLog().assert_called).nearest is None


NEVER: list[tuple[str, list[Any], dict[str, Any], str]] = [
    ("assert_called", [], {}, "Expected chat.completions.create to be called at least once, but it never was."),
    ("assert_called_once", [], {}, "Expected chat.completions.create to be called exactly once, but it never was."),
    ("assert_call_count", [3], {}, "Expected chat.completions.create to be called exactly 3 times, but it never was."),
    (
        "assert_called_with",
        [],
        {"model": "gpt-5", "n": openai.NOT_GIVEN},
        "Expected chat.completions.create to be called with model='gpt-5', n not sent, but it never was.",
    ),
    (
        "assert_any_call",
        [],
        {"model": mock.ANY},
        "Expected chat.completions.create to be called with model=<ANY>, but it never was.",
    ),
    (
        "assert_called_once_with",
        [],
        {"model": "gpt-5"},
        "Expected chat.completions.create to be called exactly once, with model='gpt-5', but it never was.",
    ),
    (
        "assert_has_calls",
        [[{"model": "gpt-5"}]],
        {},
        "Expected this call of chat.completions.create:\n  1. model='gpt-5'\nbut it was never called.",
    ),
]


@pytest.mark.parametrize("row", NEVER, ids=[row[0] for row in NEVER])
@pytest.mark.parametrize("elsewhere", [False, True])
def test_without_a_call_the_message_says_what_was_called_instead(
    everything: CallLog, log: CallLog, row: tuple[str, list[Any], dict[str, Any], str], elsewhere: bool
) -> None:
    """Most often the code under test took another endpoint."""
    assertion, args, kwargs, text = row
    called = "nothing"
    if elsewhere:
        record(everything, {"input": "x"}, {"object": "list", "data": []}, EMBED)
        record(everything, None, {"object": "list", "data": []}, MODELS)
        record(everything, {"input": "y"}, {"object": "list", "data": []}, EMBED)
        called = "embeddings.create (twice), models.list (once)"
    assert text_of(getattr(log, assertion), *args, **kwargs) == f"{text}\nCalled on this fake: {called}."


def test_the_log_of_everything_speaks_of_the_api() -> None:
    """It has no operation of its own, and nothing else to point to."""
    assert text_of(CallLog().assert_called_once) == "Expected the API to be called exactly once, but it never was."


LISTED = """
  calls[0]: model='gpt-5' messages=[1: 'Hi'] -> 'It is sunny.'
  calls[1]: model='gpt-5' messages=[1: 'And in London?'] temperature=0.3 -> 'Rain.'
  calls[2]: model='gpt-5' messages=[1: 'Bye'] tools=[1: 'get_weather'] -> 'It is sunny.'"""


def test_a_wrong_number_of_calls_lists_them(three: CallLog) -> None:
    """Expected, found, and the calls."""
    assert text_of(three.assert_called_once) == (
        f"Expected chat.completions.create to be called exactly once, but it was called 3 times:{LISTED}"
    )
    assert text_of(three.assert_call_count, 2) == (
        f"Expected chat.completions.create to be called exactly twice, but it was called 3 times:{LISTED}"
    )
    not_called = f"Expected chat.completions.create not to be called, but it was called 3 times:{LISTED}"
    assert text_of(three.assert_not_called) == text_of(three.assert_call_count, 0) == not_called


def test_a_listing_stops_at_ten(log: CallLog) -> None:
    """A thousand calls don't make a thousand lines."""
    for index in range(47):
        record(log, asked(f"Question {index}"))
    lines = text_of(log.assert_not_called).splitlines()
    assert len(lines) == 12
    assert lines[-1] == "  ... and 37 more"


def test_the_last_call_is_shown_as_a_diff(three: CallLog) -> None:
    """Only what differs, then the other calls as far as they matter."""
    assert text_of(three.assert_called_with, model="gpt-5", messages=[user("Hello")], temperature=0) == golden("""
        Expected the last call of chat.completions.create with model='gpt-5' messages=[1: 'Hello'] temperature=0, \
but it has others.

        calls[2] (- expected, + sent):
          messages=[
        -   {'role': 'user', 'content': 'Hello'},
        +   {'role': 'user', 'content': 'Bye'},
          ]
        - temperature=0
        + temperature: not sent

        The other calls:
          calls[0]: model='gpt-5' messages=[1: 'Hi'] -> 'It is sunny.'
          calls[1]: model='gpt-5' messages=[1: 'And in London?'] temperature=0.3 -> 'Rain.'
    """)


def test_an_earlier_call_that_matches_is_pointed_out(three: CallLog) -> None:
    """The obvious misuse: the last call was not the one that was meant."""
    assert text_of(three.assert_called_with, temperature=0.3) == golden("""
        Expected the last call of chat.completions.create with temperature=0.3, but it has others.

        calls[2] (- expected, + sent):
        - temperature=0.3
        + temperature: not sent

        The other calls:
          calls[0]: (temperature not sent) -> 'It is sunny.'
          calls[1]: temperature=0.3 -> 'Rain.'

        calls[1] matches; assert_any_call() accepts any call, assert_called_with() only the last.
    """)


def test_called_once_with_tells_the_number_from_the_parameters(three: CallLog) -> None:
    """Too many calls, and how many of them would do; or one, and its diff."""
    assert text_of(three.assert_called_once_with, temperature=0.3) == golden("""
        Expected chat.completions.create to be called exactly once, with temperature=0.3, but it was called 3 times, \
once like that:
          calls[0]: (temperature not sent) -> 'It is sunny.'
          calls[1]: temperature=0.3 -> 'Rain.'
          calls[2]: (temperature not sent) -> 'It is sunny.'
    """)
    assert "but it was called 3 times, never like that:" in text_of(three.assert_called_once_with, temperature=1)
    assert text_of(three[:1].assert_called_once_with, model="gpt-4o") == golden("""
        Expected the only call of chat.completions.create with model='gpt-4o', but it has others.

        calls[0] (- expected, + sent):
        - model='gpt-4o'
        + model='gpt-5'
    """)


def test_any_call_shows_the_nearest(three: CallLog) -> None:
    """The call that shares most with what was expected."""
    assert text_of(three.assert_any_call, messages=[user("And in Rome?")], model="gpt-5") == golden("""
        Expected a call of chat.completions.create with model='gpt-5' messages=[1: 'And in Rome?'], \
but no call has these.

        calls[1] comes nearest (- expected, + sent):
          messages=[
        -   {'role': 'user', 'content': 'And in Rome?'},
        +   {'role': 'user', 'content': 'And in London?'},
          ]

        The other calls:
          calls[0]: model='gpt-5' messages=[1: 'Hi'] -> 'It is sunny.'
          calls[2]: model='gpt-5' messages=[1: 'Bye'] -> 'It is sunny.'
    """)


def test_in_the_log_of_everything_calls_are_named(everything: CallLog, three: CallLog) -> None:
    """The operation goes with each call."""
    record(everything, {"input": "x", "model": "e"}, {"object": "list", "data": []}, EMBED)
    assert text_of(everything[2:].assert_called_with, model="gpt-5") == golden("""
        Expected the last call of the API with model='gpt-5', but it has others.

        calls[1], embeddings.create, (- expected, + sent):
        - model='gpt-5'
        + model='e'

        The other calls:
          calls[0]: chat.completions.create model='gpt-5' -> 'It is sunny.'

        calls[0] matches; assert_any_call() accepts any call, assert_called_with() only the last.
    """)


def test_a_row_of_calls_shows_where_it_breaks_off(three: CallLog) -> None:
    """The longest part that was made, and the call that came instead of the next."""
    assert text_of(three.assert_has_calls, [{"temperature": 0.3}, {"temperature": 0.4}]) == golden("""
        Expected these calls of chat.completions.create, one right after the other:
          1. temperature=0.3
          2. temperature=0.4
        but after number 1, which is calls[1], another follows.

        calls[2] (- expected, + sent):
        - temperature=0.4
        + temperature: not sent
    """)
    assert text_of(three.assert_has_calls, [{"temperature": 0.3}, {}, {"model": "gpt-5"}]) == golden(f"""
Expected these calls of chat.completions.create, one right after the other:
  1. temperature=0.3
  2. any parameters
  3. model='gpt-5'
but after number 2, which is calls[2], no call follows:{LISTED}
    """)
    assert text_of(three.assert_has_calls, [{"temperature": 0.4}, {}]) == golden("""
        Expected these calls of chat.completions.create, one right after the other:
          1. temperature=0.4
          2. any parameters
        but number 1 was never made.

        calls[1] comes nearest (- expected, + sent):
        - temperature=0.4
        + temperature=0.3
    """)


def test_a_row_of_calls_has_no_gaps(three: CallLog) -> None:
    """As in unittest.mock, one has to follow right after the other."""
    failing(three.assert_has_calls, [{"messages": [user("Hi")]}, {"messages": [user("Bye")]}])


def test_calls_in_any_order_show_what_is_missing(three: CallLog) -> None:
    """Either nothing is like it, or what is like it is needed for another."""
    assert text_of(three.assert_has_calls, [{}, {"temperature": 0.4}], any_order=True) == golden("""
        Expected these calls of chat.completions.create, in any order:
          1. any parameters
          2. temperature=0.4
        but number 2 was never made.

        calls[1] comes nearest (- expected, + sent):
        - temperature=0.4
        + temperature=0.3
    """)
    assert text_of(three.assert_has_calls, [{"temperature": 0.3}, {"temperature": 0.3}], any_order=True) == golden(f"""
Expected these calls of chat.completions.create, in any order:
  1. temperature=0.3
  2. temperature=0.3
but no call is left for number 2: what matches it is needed for another:{LISTED}
    """)
    assert text_of(CallLog().assert_has_calls, [{"a": 1}], any_order=True).endswith("but it was never called.")


SMALL = st.lists(st.fixed_dictionaries({}, optional={"n": st.integers(0, 2), "seed": st.integers(0, 2)}), max_size=4)


@given(SMALL, SMALL)
def test_has_calls_agrees_with_its_definition(sent: list[dict[str, int]], expected: list[dict[str, int]]) -> None:
    """In a row: some run of calls matches one by one. In any order: some choice of different calls does."""
    log = CallLog().view("chat.completions.create")
    for body in sent:
        record(log, body, {})

    def like(row: tuple[dict[str, int], ...]) -> bool:
        return all(wanted.items() <= body.items() for wanted, body in zip(expected, row, strict=True))

    runs = [tuple(sent[start : start + len(expected)]) for start in range(len(sent) - len(expected) + 1)]
    for any_order, rows in ((False, runs), (True, itertools.permutations(sent, len(expected)))):
        if any(map(like, rows)) or not expected:
            log.assert_has_calls(expected, any_order=any_order)
        else:
            failing(log.assert_has_calls, expected, any_order=any_order)


# ------------------------------------------------------------------------------------------------------------- misuse


@pytest.mark.parametrize("assertion", ["assert_called_with", "assert_called_once_with", "assert_any_call", "filter"])
@pytest.mark.parametrize("calls", [0, 1])
def test_a_parameter_that_the_operation_lacks_is_a_mistake(log: CallLog, assertion: str, calls: int) -> None:
    """A typo in a test is told from a wrong call, whether there is a call or not."""
    for _ in range(calls):
        record(log, asked("Hi"))
    with pytest.raises(UsageError) as caught:
        getattr(log, assertion)(mesages=[])
    assert str(caught.value) == (
        f"{assertion}(): chat.completions.create has no parameter 'mesages'; did you mean 'messages'?"
    )
    with pytest.raises(UsageError, match=r"has no parameter 'zzzz', and no call sent one\.$"):
        getattr(log, assertion)(zzzz=1)


def test_has_calls_checks_names_and_kinds(three: CallLog) -> None:
    """Each expected call is a dict of known parameters."""
    with pytest.raises(UsageError, match="did you mean 'messages'"):
        three.assert_has_calls([{"model": "gpt-5"}, {"mesages": []}])
    with pytest.raises(UsageError) as caught:
        three.assert_has_calls([{"model": "gpt-5"}, mock.call(model="gpt-5")])  # type: ignore[list-item]
    assert str(caught.value) == (
        "assert_has_calls() takes the expected parameters of each call as a dict, "
        'such as {"model": "gpt-5"}; item 1 is call(model=\'gpt-5\').'
    )


def test_a_parameter_that_was_sent_by_extra_body_is_known(log: CallLog) -> None:
    """No type lists it, but a call has it; so it may be asserted on."""
    record(log, asked("Hi", top_k=5))
    record(log, asked("Hi"))
    log.assert_any_call(top_k=5)
    assert "- top_k=5\n+ top_k: not sent" in text_of(log.assert_called_with, top_k=5)


def test_in_the_log_of_everything_a_name_must_be_some_operation_s(everything: CallLog, three: CallLog) -> None:
    """What one of the operations called has is fine; what none has is a mistake."""
    record(everything, {"input": "x"}, {"object": "list", "data": []}, EMBED)
    everything.assert_any_call(input="x")
    failing(everything.assert_called_with, messages=[])
    with pytest.raises(UsageError, match="no operation that was called has a parameter 'mesages'; did you mean 'messa"):
        everything.assert_any_call(mesages=[])
    failing(CallLog().assert_any_call, whatever=1)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("assert_called_wiht", "assert_called_with"),
        ("asert_called_once", "assert_called_once"),
        ("called_once", "assert_called_once()"),
        ("called_with", "assert_called_with(...)"),
        ("called_once_with", "assert_called_once_with(...)"),
        ("not_called", "assert_not_called()"),
        ("has_calls", "assert_has_calls([...])"),
        ("call_args", "last.params"),
        ("call_args_list", "[call.params for call in calls]"),
        ("assert_awaited_once_with", "assert_called_once_with(...)"),
        ("reset_mock", "clear()"),
        ("cal_count", "call_count"),
    ],
)
def test_what_a_mock_would_swallow_is_an_error_here(three: CallLog, name: str, hint: str) -> None:
    """An assertion with a typo must not pass in silence."""
    with pytest.raises(AttributeError) as caught:
        getattr(three, name)
    assert str(caught.value) == f"'CallLog' object has no attribute {name!r}; did you mean {hint}?"


def test_attributes_that_are_nothing_like_ours_are_plain_errors(three: CallLog) -> None:
    """So ``hasattr`` and the protocols of Python work."""
    assert not hasattr(three, "__array__")
    assert not hasattr(three, "xyzzy")
    assert str(no_such_attribute(three, "xyzzy")) == "'CallLog' object has no attribute 'xyzzy'"


def test_parameters_are_given_by_name(three: CallLog) -> None:
    """The SDK's methods take only keywords, and so do the assertions."""
    with pytest.raises(TypeError):
        three.assert_called_with({"model": "gpt-5"})  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]


def test_failures_point_at_the_test() -> None:
    """A report by pytest leaves out the frames of the assertion itself."""
    for name in dir(CallLog):
        if name.startswith("assert_"):
            assert "__tracebackhide__" in getattr(CallLog, name).__code__.co_varnames, name


def test_models_can_be_expected(log: CallLog) -> None:
    """A history that holds the SDK's own objects compares with what was sent."""

    class Message(BaseModel):
        role: str
        content: str

    record(log, asked("Hi"))
    log.assert_called_with(messages=[Message(role="user", content="Hi")])
    log.assert_called_with(messages=(user("Hi"),))


# -------------------------------------------------------------------------------------------------------------- costs


def conversation(text: str) -> dict[str, Any]:
    """A request of three short messages."""
    return {
        "model": "gpt-5",
        "messages": [{"role": "system", "content": "Be nice."}, user("Hello there, how are you?"), user(text)],
    }


def test_a_recorded_call_is_small() -> None:
    """10,000 calls of three short messages, with their responses: at most 2.7 KiB each (it is about 1 KiB)."""
    log = CallLog().view("chat.completions.create")
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for index in range(10_000):
        call = Call(
            CHAT,
            freeze(conversation(f"Question {index}")),
            headers={"authorization": f"Bearer {index}"},
            started_at=index + 0.5,
        )
        log._append(call)
        call._finish(freeze(completion(f"Answer {index}")), f"req_{index:032x}", index + 0.25)
    each = (tracemalloc.get_traced_memory()[0] - before) / 10_000
    tracemalloc.stop()
    assert each <= 2.7 * 1024


def test_recording_is_cheap() -> None:
    """It is on the path of every call: under 1 µs with the append; the bound leaves room for a busy machine."""
    log = CallLog().view("chat.completions.create")
    snapshot = freeze(conversation("Hi"))
    headers = {"authorization": "Bearer x"}

    def once() -> None:
        log._append(
            Call(CHAT, snapshot, path_params={}, query={}, headers=headers, files=[], stream=False, started_at=1.0)
        )

    assert min(timeit.repeat(once, number=2_000, repeat=7)) / 2_000 < 6e-6
