"""The registry of the user's defaults, and the table of what the API sends unasked."""

from __future__ import annotations

import copy
import gzip
import importlib
import json
import pathlib
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import openai.pagination
import pytest
from openai.types import Batch, FileObject
from openai.types.beta import Assistant
from openai.types.chat import ChatCompletion, ChatCompletionChunk, ChatCompletionMessage
from openai.types.responses import Response

from fakeopenai.assemble import assemble, complete, shape_of
from fakeopenai.builtin import ABSENT, BUILTIN, FULL, Row, builtin_for, row_for
from fakeopenai.defaults import Defaults, entry_for
from fakeopenai.errors import UsageError
from fakeopenai.model_shapes import ModelShape
from fakeopenai.operation import find, operations

CREATE = "chat.completions.create"
RECORDED = pathlib.Path(__file__).parents[3] / "shared" / "recorded" / "dev.jsonl.gz"


# ---------------------------------------------------------------------------------------------- the registry


def test_nothing_is_registered_at_first() -> None:
    """A new registry is inactive, and so is one with an inactive parent."""
    assert not Defaults().active
    assert not Defaults(parent=Defaults()).active
    assert Defaults().levels() == []


def test_targets() -> None:
    """A type, its name, an operation's name, an operation and an endpoint are targets."""
    defaults = Defaults()
    operation = find("files.create")
    assert operation is not None
    defaults.set(ChatCompletion, {"model": "a"})
    defaults.set("ChatCompletionMessage", {"content": "b"})
    defaults.set(CREATE, {"model": "c"})
    defaults.set(operation, {"filename": "d"})
    defaults.set(SimpleNamespace(operation=find("files.retrieve")), {"filename": "e"})
    (level,) = defaults.levels()
    assert level == {
        ChatCompletion: {"model": "a"},
        "ChatCompletionMessage": {"content": "b"},
        CREATE: {"model": "c"},
        "files.create": {"filename": "d"},
        "files.retrieve": {"filename": "e"},
    }
    assert entry_for(level, ChatCompletion) == {"model": "a"}
    assert entry_for(level, ChatCompletionMessage) == {"content": "b"}
    assert entry_for(level, FileObject) is None


def test_pages_are_targets() -> None:
    """The page of a list operation is a response type like others."""
    page = openai.pagination.SyncCursorPage[FileObject]
    defaults = Defaults({page: {"has_more": True}})
    assert assemble(page, {"data": []}, defaults=defaults)["has_more"] is True


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("chat.completion.create", "no operation 'chat.completion.create'; did you mean 'chat.completions.create'?"),
        ("nonsense", "There is no operation 'nonsense'."),
        ("ChatCompletionMesage", "no response type 'ChatCompletionMesage'"),
        ("ChatCompletionMesage", "Did you mean ChatCompletionMessage?"),
        (ChatCompletionChunk, "ChatCompletionChunk occurs in no answer of the API"),
        (dict, "builtins.dict occurs in no answer of the API"),
        (5, "not for 5"),
        (None, "not for None"),
        (SimpleNamespace(operation="files.create"), "not for namespace"),
    ],
)
def test_unknown_targets(target: Any, words: str) -> None:
    """A target that no answer would ever use is refused, with the nearest that one would."""
    with pytest.raises(UsageError) as caught:
        Defaults().set(target, {})
    assert words in str(caught.value)
    with pytest.raises(UsageError) as caught, Defaults().override(target, {}):
        pass
    assert words in str(caught.value)


@pytest.mark.parametrize("value", [None, "text", 5, [], ChatCompletion])
def test_values_that_are_none(value: Any) -> None:
    """A default is a partial answer or a function; anything else is refused at once."""
    with pytest.raises(UsageError, match=r"default for chat\.completions\.create must be a partial answer"):
        Defaults({CREATE: value})
    with pytest.raises(UsageError, match="must be a partial answer"), Defaults().override(CREATE, value):
        pass


def test_set_replaces() -> None:
    """Setting a target again replaces what was set for it."""
    defaults = Defaults({CREATE: {"model": "a"}})
    defaults.set(CREATE, {"service_tier": "flex"})
    assert defaults.levels() == [{CREATE: {"service_tier": "flex"}}]


def test_values_are_detached() -> None:
    """Changing what was registered later changes nothing."""
    partial: dict[str, Any] = {"metadata": {"a": "1"}}
    defaults = Defaults({CREATE: partial})
    partial["metadata"]["a"] = "2"
    assert defaults.levels()[0][CREATE] == {"metadata": {"a": "1"}}


def test_models_and_functions_are_values() -> None:
    """A response model counts with its set fields, a function is kept to be asked."""
    defaults = Defaults({ChatCompletionMessage: ChatCompletionMessage(role="assistant", content="m")})
    assert complete(ChatCompletionMessage, None, defaults=defaults)["content"] == "m"

    def chosen(request: Any) -> dict[str, Any]:
        return {"content": "f"}

    defaults.set(ChatCompletionMessage, chosen)
    assert complete(ChatCompletionMessage, None, defaults=defaults)["content"] == "f"


def test_override_goes_over_and_goes_away() -> None:
    """An override refines what is set for the duration of the block, also when the block fails."""
    defaults = Defaults({CREATE: {"model": "a", "service_tier": "flex"}})

    def look() -> list[Any]:
        made = assemble(ChatCompletion, {}, defaults=defaults, operation=CREATE)
        return [made["model"], made["service_tier"]]

    with defaults.override(CREATE, {"model": "b"}) as same:
        assert same is defaults
        assert look() == ["b", "flex"]
        with defaults.override({CREATE: {"model": "c"}, FileObject: {"bytes": 1}}):
            assert look() == ["c", "flex"]
            assert len(defaults.levels()) == 3
        defaults.set(CREATE, {"model": "d"})
        assert look() == ["d", "flex"]
    assert look() == ["a", "flex"]
    with pytest.raises(ZeroDivisionError), defaults.override(CREATE, {"model": "b"}):
        raise ZeroDivisionError
    assert look() == ["a", "flex"]


def test_overrides_may_end_in_any_order() -> None:
    """Overrides of tests that run side by side end independently of each other."""
    defaults = Defaults()
    first, second = defaults.override(CREATE, {"model": "1"}), defaults.override(CREATE, {"model": "2"})
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert defaults.levels() == [{CREATE: {"model": "2"}}]
    second.__exit__(None, None, None)
    assert not defaults.active


def test_reset() -> None:
    """One target can be forgotten, or all; what is inherited stays."""
    parent = Defaults({CREATE: {"model": "p"}})
    defaults = Defaults({CREATE: {"model": "a"}, FileObject: {"bytes": 1}}, parent=parent)
    defaults.reset(CREATE)
    assert defaults.levels() == [{CREATE: {"model": "p"}}, {FileObject: {"bytes": 1}}]
    defaults.reset()
    assert defaults.levels() == [{CREATE: {"model": "p"}}]
    assert defaults.active
    parent.reset()
    assert not defaults.active


def test_inheritance_is_live() -> None:
    """What is set in a parent later shows in its children, nearer entries last."""
    project = Defaults()
    endpoint = Defaults({FileObject: {"bytes": 2}}, parent=Defaults(parent=project))
    project.set(FileObject, {"bytes": 1, "filename": "p"})
    assert [level[FileObject]["bytes"] for level in endpoint.levels()] == [1, 2]
    made = complete(FileObject, None, defaults=endpoint)
    assert (made["bytes"], made["filename"]) == (2, "p")


def test_has() -> None:
    """Whether something is set for a target; for an operation a default for its answer's type counts as well."""
    defaults = Defaults(parent=Defaults({"FileObject": {"bytes": 1}}))
    assert defaults.has("FileObject")
    assert defaults.has("files.create")
    assert defaults.has(find("files.retrieve"))
    assert not defaults.has(CREATE)
    defaults.set(CREATE, {})
    assert defaults.has(CREATE)


def test_copies_are_independent() -> None:
    """A copy has the same entries and its own future; a deep copy has its own parents and values too."""
    parent = Defaults({FileObject: {"bytes": 1}})
    defaults = Defaults({CREATE: {"metadata": {"a": "1"}}}, parent=parent)
    shallow, deep = copy.copy(defaults), copy.deepcopy(defaults)
    assert shallow.levels() == deep.levels() == defaults.levels()
    assert shallow.active
    assert deep.active
    defaults.reset()
    parent.reset()
    assert shallow.levels() == [{CREATE: {"metadata": {"a": "1"}}}]
    assert deep.levels() == [{FileObject: {"bytes": 1}}, {CREATE: {"metadata": {"a": "1"}}}]
    assert shallow.parent is parent


def test_repr() -> None:
    """A registry shows what is set in it and what it inherits."""
    defaults = Defaults({FileObject: {"bytes": 1}}, parent=Defaults({CREATE: {"model": "m"}}))
    assert repr(defaults) == (
        "Defaults({'FileObject': {'bytes': 1}}, parent=Defaults({'chat.completions.create': {'model': 'm'}}))"
    )


# ---------------------------------------------------------------------------------------------- the project's defaults


def test_from_pyproject(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The project's table is read from a file, from its directory, or from where we are."""
    (tmp_path / "pyproject.toml").write_text(
        '[tool.fakeopenai.defaults."chat.completions.create"]\nservice_tier = "flex"\n'
        '[tool.fakeopenai.defaults.ChatCompletionMessage]\ncontent = "ü"\n',
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    for found in (Defaults.from_pyproject(tmp_path / "pyproject.toml"), Defaults.from_pyproject(str(tmp_path))):
        assert found.levels() == [{CREATE: {"service_tier": "flex"}, "ChatCompletionMessage": {"content": "ü"}}]
    parent = Defaults()
    assert Defaults.from_pyproject(parent=parent).parent is parent


def test_a_project_without_a_table(tmp_path: pathlib.Path) -> None:
    """A project that sets nothing has an empty registry."""
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n", encoding="utf-8")
    assert not Defaults.from_pyproject(tmp_path).active


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "needs a pyproject.toml"),
        ("[tool", "is no valid TOML"),
        ('[tool.fakeopenai.defaults."file.create"]\na = 1', "There is no operation 'file.create'; did you mean"),
        ("[tool.fakeopenai.defaults]\nFileObject = 1", "must be a partial answer"),
        ("[tool.fakeopenai]\ndefaults = 1", "must be a table"),
    ],
)
def test_wrong_project_files(tmp_path: pathlib.Path, text: str | None, words: str) -> None:
    """A missing or wrong file or entry is an error that names the file."""
    file = tmp_path / "pyproject.toml"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        Defaults.from_pyproject(tmp_path)
    assert words in str(caught.value)
    assert str(file) in str(caught.value)


def test_without_a_toml_reader(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Python has no TOML reader, the error says what to install."""
    for name in ("tomllib", "tomli"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(UsageError, match="pip install tomli"):
        Defaults.from_pyproject(tmp_path)


# ---------------------------------------------------------------------------------------------- the API's own defaults

UNDECLARED = [
    "Assistant.reasoning_effort",
    "ChatCompletionStoreMessage.name",
    "DataResultOrganizationCostsResult.organization_id",
    "FileSearchRankingOptions.hybrid_search",
    "FileSearchResult.attributes",
    "FineTuningJob.eval_id",
    "FineTuningJob.shared_with_openai",
    "FineTuningJob.usage_metrics",
    "FineTuningJob.user_provided_suffix",
    "ImageGeneration.n",
    "ModelDeleted.owned_by",
    "ResponseCustomToolCall.status",
    "Run.reasoning_effort",
    "Run.tool_resources",
    "RunStep.expires_at",
    "TranscriptionVerbose.task",
    "Usage.completion_tokens_details",
    "Usage.prompt_token_details",
    "VectorStore.description",
    "WebSearchTool.return_token_budget",
    "WebSearchTool.search_content_types",
]
"""What the API sends though the newest SDK does not declare it, `Response` and pages aside."""


def answer_shapes() -> list[ModelShape]:
    """The shapes of all models in answers of the installed SDK; skips where that is older than the operation table."""
    found: dict[Any, ModelShape] = {}

    def visit(shape: Any) -> None:
        if isinstance(shape, ModelShape):
            if shape.type in found:
                return
            found[shape.type] = shape
            for field in shape.fields.values():
                visit(field.shape)
        for part in (*getattr(shape, "members", ()), getattr(shape, "item", None), getattr(shape, "value", None)):
            if part is not None:
                visit(part)

    try:
        for operation in operations().values():
            visit(shape_of(operation.page_type or operation.response_type))
    except (ImportError, AttributeError):
        pytest.skip("the installed openai is older than the table of operations")
    return list(found.values())


def test_every_row_belongs_to_a_type() -> None:
    """No row of the table is dead: each is the row of a type that occurs in an answer of the newest SDK."""
    rows = {id(row_for(shape.type)) for shape in answer_shapes()}
    assert [name for name, row in BUILTIN.items() if id(row) not in rows] == []


def test_rows_list_declared_keys_or_known_extras() -> None:
    """What a row lists and no SDK declares is little, and on purpose: a misspelt key would show here."""
    extras = {
        f"{shape}.{key}"
        for shape in answer_shapes()
        for key in builtin_for(shape.type)
        if key not in shape.fields and not shape.type.__module__.startswith("openai.types.beta.beta_")
    }
    assert {key for key in extras if key.startswith("Response.")} == {
        "Response.billing",
        "Response.frequency_penalty",
        "Response.presence_penalty",
        "Response.store",
    }
    assert sorted(key for key in extras if not key.startswith(("Response.", "Sync"))) == UNDECLARED


def test_a_row_goes_to_the_longest_name() -> None:
    """Types of the same name have rows of their own, found by their module."""
    assistants = importlib.import_module("openai.types.beta.file_search_tool").FileSearchTool
    responses = importlib.import_module("openai.types.responses.file_search_tool").FileSearchTool
    assert list(builtin_for(assistants)) == ["type", "file_search"]
    assert "max_num_results" in builtin_for(responses)


def test_deleted_is_true() -> None:
    """Whatever answers to a deletion says that it is done, whether it has a row or not."""
    for operation in operations().values():
        try:
            kind = operation.response_type
        except (ImportError, AttributeError):
            continue
        if hasattr(kind, "model_fields") and "deleted" in kind.model_fields:
            assert complete(kind, None)["deleted"] is True, operation.name


def test_special_values() -> None:
    """A row gives whole objects where it says so, nulls where it says nothing, and leaves out what is never sent."""
    response = complete(Response, None)
    assert response["text"] == {"format": {"type": "text"}, "verbosity": "medium"}
    assert response["usage"]["output_tokens_details"] == {"reasoning_tokens": 0}
    assert (response["error"], response["tools"], response["metadata"]) == (None, [], {})
    assert complete(Batch, None)["request_counts"] == {"total": 0, "completed": 0, "failed": 0}
    assert complete(Assistant, None)["response_format"] == "auto"
    message = importlib.import_module("openai.types.beta.threads.message").Message
    assert builtin_for(message)["status"] is ABSENT
    assert "status" not in complete(message, None)
    assert builtin_for(ChatCompletion)["usage"] is FULL


def test_a_row_with_a_value_out_of_place() -> None:
    """A value for a key that is not in the row's order is a mistake in the table, and there is none."""
    assert Row("a b", {"b": 1}).spread() == {"a": ..., "b": 1}
    with pytest.raises(ValueError, match=r"values without a place among the keys: \['c'\]"):
        Row("a b", {"c": 1}).spread()
    assert all(row.spread() for row in BUILTIN.values())


def test_the_table_imports_nothing() -> None:
    """Importing registry and table imports no response type of openai: those are found when asked for."""
    look = "print([name for name in sys.modules if name.startswith('openai.types.')])"
    imports = ("import sys, openai", "import sys, openai, fakeopenai.defaults, fakeopenai.assemble")
    without, with_ours = (
        subprocess.run([sys.executable, "-c", f"{text}; {look}"], capture_output=True, text=True, check=True).stdout
        for text in imports
    )
    assert with_ours == without


# ---------------------------------------------------------------------------------------------- against the real API

NOT_FROM_TYPES = (".parameters.", ".schema.", ".properties", ".generate_summary", ".filters", "[].logprobs")


@pytest.mark.skipif(not RECORDED.exists(), reason="the recorded answers of the real API are not here")
def test_nothing_that_the_api_sends_is_missing() -> None:
    """Recorded answers of the last year, reduced to what they say beyond nulls, get all their keys back."""
    answer_shapes()  # skips where the installed openai is too old to compare with
    missing: list[str] = []
    compared = 0
    for row in map(json.loads, gzip.decompress(RECORDED.read_bytes()).splitlines()):
        operation = find(row["operation"])
        answer = row["response"]
        if operation is None or row["status"] >= 300 or (row["recorded_at"] or "") < "2025-11-23":
            continue
        if not isinstance(answer, dict):
            continue
        kind = operation.page_type if operation.page and "data" in answer else operation.response_type
        if shape_of(kind).free or kind is type(None):
            continue
        compared += 1
        missing += [f"{row['operation']} {path}" for path in lacking(answer, assemble(kind, bare(answer)))]
    assert compared > 80
    assert [path for path in missing if not any(part in path for part in NOT_FROM_TYPES)] == []


def bare(value: Any) -> Any:
    """A recorded answer without what is null or empty, and with something in the place of long data."""
    if isinstance(value, list):
        return [bare(part) for part in parts(value)]
    if not isinstance(value, dict):
        return value
    if "_cut" in value:
        return "data" if value["_type"] == "str" else [0.5]
    return {key: bare(part) for key, part in parts(value) if key != "object" and part not in (None, [], {})}


def parts(value: Any) -> list[Any]:
    """Elements of a list, items of an object."""
    return list(value.items()) if hasattr(value, "items") else list(value)


def lacking(real: Any, ours: Any, path: str = "") -> list[str]:
    """Paths of keys that a real answer has and ours has not."""
    found: list[str] = []
    if isinstance(real, dict) and isinstance(ours, dict):
        mine = dict(parts(ours))
        for key, value in parts(real):
            found += lacking(value, mine[key], f"{path}.{key}") if key in mine else [f"{path}.{key}"]
    if isinstance(real, list) and isinstance(ours, list):
        for value, made in zip(parts(real), parts(ours), strict=False):
            found += lacking(value, made, f"{path}[]")
    return found
