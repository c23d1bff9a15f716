"""What is read from the SDK's source, and the files that are written from it. Holds on every supported SDK."""

from __future__ import annotations

import ast
import inspect
import pathlib
import textwrap
from typing import Any

import openai
import pytest
from openai import OpenAI

from fakeopenai import _codegen, _table, _tree
from fakeopenai._codegen import compare, fake_names, main, render_stub, render_table
from fakeopenai._sdk_reader import Api, Method, read_api
from fakeopenai._sdk_source import Source, Unreadable
from fakeopenai._table import ALIASES, CLASSES, FAKES, OPERATIONS, SDK_VERSION
from fakeopenai.operation import Operation, installed, resolve

needs_table_version = pytest.mark.skipif(
    openai.__version__ != SDK_VERSION, reason=f"the table was made for openai {SDK_VERSION}"
)


@pytest.fixture(scope="module")
def api() -> Api:
    """What the installed SDK offers."""
    return read_api()


def methods(api: Api) -> dict[str, Method]:
    """The API methods by the name of their operation."""
    return {method.operation.name: method for resource in api.resources.values() for method in resource.methods}


# --- the installed SDK -----------------------------------------------------------------------------------------------


def test_the_generated_files_are_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    """The installed SDK has nothing that the table lacks; of its own version, the files are what would be written."""
    assert main(["--check"]) == 0, capsys.readouterr().out


@needs_table_version
def test_counts(api: Api) -> None:
    """What 3.54.0 is known to offer; the figures in the documentation come from here."""
    assert len(api.operations) == len(OPERATIONS) == 390
    assert sum(bool(resource.methods) for resource in api.resources.values()) == 116
    assert len(api.resources) == len(CLASSES) == len(FAKES) == 131


def test_source_and_run_time_agree_on_what_is_installed(api: Api) -> None:
    """Reading the source and resolving the table's names find the same operations."""
    assert set(api.operations) == {operation.name for operation in OPERATIONS if installed(operation)}


def test_plain_operations_are_plain_in_every_sdk(api: Api) -> None:
    """An older SDK never does more in a method that the table calls plain, nor takes its ids in another order."""
    for operation in OPERATIONS:
        read = methods(api).get(operation.name)
        if read is not None and operation.plain:
            assert not read.not_plain, operation
            assert (read.operation.verb, read.operation.positional) == (operation.verb, operation.positional), operation


class _Recorder(OpenAI):
    """A client that keeps what its methods would send."""

    sent: Any = None

    def request(self, cast_to: Any, options: Any, **kwargs: Any) -> Any:
        self.sent = (cast_to, options, kwargs)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(
    "operation", [it for it in OPERATIONS if it.plain and installed(it)], ids=lambda operation: operation.name
)
def test_plain_operations_send_their_arguments_as_they_are(api: Api, operation: Operation) -> None:
    """The SDK's own method, called with a value for every argument, puts each where the table says it travels."""
    client = _Recorder(api_key="sk-made-up")
    resource: Any = client
    for part in operation.resource.split("."):
        resource = getattr(resource, part)
    arguments = {name: f"value-of-{name}" for name in api.operations[operation.name].arguments}

    getattr(resource, operation.method)(**arguments)

    cast_to, options, kwargs = client.sent
    assert options.method.upper() == operation.verb
    assert dict(options.params) == {name: arguments[name] for name in operation.query if name in arguments}
    apart = {*operation.query, *operation.path_params}
    body = {name: value for name, value in arguments.items() if name not in apart}
    assert (options.json_data or {}) == body
    assert {name: options.headers[name] for name, _ in operation.headers} == dict(operation.headers)
    assert bool(kwargs.get("stream")) == ("stream" in arguments)
    if operation.page:
        assert cast_to == operation.page_type
    elif " | " not in operation.cast_to:
        assert cast_to == operation.response_type


def test_positional_arguments_are_those_of_the_signature() -> None:
    """What may be given by position is not always the first parameter of the path."""
    for operation in filter(installed, OPERATIONS):
        function = inspect.unwrap(getattr(resolve(CLASSES[operation.resource]), operation.method))
        parameters = list(inspect.signature(function).parameters.values())[1:]
        positional = [it.name for it in parameters if it.kind is it.POSITIONAL_OR_KEYWORD]
        assert operation.positional == tuple(positional), operation


def test_classes_are_those_of_the_client() -> None:
    """Walking a real client along the table's paths meets the table's classes, aliases included."""
    client = OpenAI(api_key="sk-made-up")
    places = {**{path: path for path in CLASSES}, **ALIASES}
    in_use = {operation.resource for operation in OPERATIONS if installed(operation)}
    met: set[str] = set()
    for path, owner in places.items():
        resource: Any = client
        try:
            for part in path.split("."):
                resource = getattr(resource, part)
        except AttributeError:  # an older SDK
            continue
        assert isinstance(resource, resolve(CLASSES[owner])), path
        if openai.__version__ == SDK_VERSION:
            assert type(resource) is resolve(CLASSES[owner])
        met.add(path)
    assert met >= in_use | {place for place in ALIASES if ALIASES[place] in in_use}


# --- names of fake classes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("FakeCompletions", "chat.completions"),
        ("FakeLegacyCompletions", "completions"),
        ("FakeChat", "chat"),
        ("FakeFiles", "files"),
        ("FakeVectorStoresFiles", "vector_stores.files"),
        ("FakeResponses", "responses"),
        ("FakeBetaResponses", "beta.responses"),
        ("FakeMessages", "beta.threads.messages"),
        ("FakeCompletionsMessages", "chat.completions.messages"),
        ("FakeRuns", "evals.runs"),
        ("FakeThreadsRuns", "beta.threads.runs"),
        ("FakeBetaResponsesInputItems", "beta.responses.input_items"),
        ("FakeProjectsUsersRoles", "admin.organization.projects.users.roles"),
    ],
)
def test_names_that_are_in_use_stay(name: str, path: str) -> None:
    """People annotate with them; a new resource that would take one over needs a pin."""
    assert FAKES[name] == path


def test_fake_names_are_unique_and_unmistakable(api: Api) -> None:
    """One name for each resource, none of which could be the asynchronous one of another."""
    names = list(fake_names(api).values())
    assert len(set(names)) == len(names) == len(api.resources)
    assert all(name.startswith("Fake") and name.isidentifier() for name in names)
    assert not any(name.startswith("FakeAsync") for name in names)


# --- the stub --------------------------------------------------------------------------------------------------------


def stub_classes() -> dict[str, list[str]]:
    """The classes of the stub with the names of their members."""
    tree = ast.parse(pathlib.Path(_tree.__file__).with_suffix(".pyi").read_text("utf-8"))
    return {
        node.name: [member.name for member in node.body if isinstance(member, ast.FunctionDef)]
        for node in tree.body
        if isinstance(node, ast.ClassDef)
    }


def test_the_stub_has_every_operation_twice(api: Api) -> None:
    """Each operation is a member of its resource's fake class and of the asynchronous one."""
    classes = stub_classes()
    for operation in OPERATIONS:
        name = next(name for name, path in FAKES.items() if path == operation.resource)
        assert operation.method in classes[name], operation
        assert operation.method in classes[name.replace("Fake", "FakeAsync", 1)], operation


@needs_table_version
def test_the_stub_promises_what_the_run_time_has() -> None:
    """Every fake class of the stub exists, with every member, and is a subclass of the real one."""
    for name, members in stub_classes().items():
        if name.startswith("Fake"):
            cls = getattr(_tree, name)
            missing = [member for member in members if not hasattr(cls, member)]
            assert missing == [], name
            if name in FAKES:
                assert issubclass(cls, resolve(CLASSES[FAKES[name]]))


def test_generated_lines_are_short_and_say_who_wrote_them(api: Api) -> None:
    """The files can be read, and nobody edits them by mistake."""
    for text in (render_table(api), render_stub(api)):
        assert max(map(len, text.splitlines())) < 200
        assert "GENERATED by `python -m fakeopenai._codegen`" in "".join(text.splitlines(keepends=True)[:4])


# --- comparing -------------------------------------------------------------------------------------------------------


def row(name: str = "things.create", **changes: Any) -> Operation:
    """A made-up operation."""
    fields: dict[str, Any] = {"verb": "POST", "path": "/things", "cast_to": "openai.types.thing.Thing", **changes}
    return Operation(name, **fields)


def an_api(*operations: Operation, version: str = SDK_VERSION) -> Api:
    """An SDK with these operations on one resource."""
    from fakeopenai._sdk_reader import Resource

    rows = [Method(operation, overloaded=False, pages=False, not_plain="") for operation in operations]
    return Api(version, {"things": Resource("things", "m.Things", "m.AsyncThings", {}, rows)}, {}, {"things": "things"})


def test_compare_is_silent_about_equal_rows() -> None:
    """Nothing to say where nothing differs."""
    assert compare(an_api(row()), {"things.create": row()}) == []


def test_compare_names_what_differs() -> None:
    """A line for each operation, with types in short, for a person to read."""
    sdk = an_api(
        row(arguments=("a", "c"), stream="openai.types.event.Event"),
        row("things.list", verb="GET", page="SyncPage"),
        row("things.same"),
    )
    table = {
        "things.create": row(arguments=("a", "b")),
        "things.delete": row("things.delete", verb="DELETE", path="/things/{id}", cast_to="None"),
        "things.same": row("things.same"),
    }
    assert compare(sdk, table) == [
        "added: things.list GET /things (SyncPage of Thing)",
        "changed: things.create: stream (none) -> Event; arguments +c -b",
        "removed: things.delete DELETE /things/{id} (None)",
    ]


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> pytest.MonkeyPatch:
    """A table of one operation, and generated files elsewhere."""
    monkeypatch.setattr(_table, "OPERATIONS", (row(),))
    monkeypatch.setattr(_codegen, "_TABLE", tmp_path / "_table.py")
    monkeypatch.setattr(_codegen, "_STUB", tmp_path / "_tree.pyi")
    return monkeypatch


def test_check_fails_on_another_version_with_new_operations(
    table: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A newer SDK with more operations needs a new table."""
    assert _codegen.check(an_api(row(), row("things.freeze"), version="9.9.9")) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"The table was made for openai {SDK_VERSION}; compared with openai 9.9.9:",
        "added: things.freeze POST /things (Thing)",
        "2 operations, 1 of them not in the table.",
    ]


def test_check_passes_on_another_version_that_lacks_operations(
    table: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An older SDK may have less, and other details."""
    table.setattr(_table, "OPERATIONS", (row(), row("things.freeze")))
    assert _codegen.check(an_api(row(arguments=("a",)), version="2.0.0")) == 0
    out = capsys.readouterr().out
    assert "removed: things.freeze" in out
    assert "changed: things.create: arguments +a" in out


@needs_table_version
def test_writing_and_checking(api: Api, table: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """What was written is up to date; a file that was edited, or is missing, is not; writing again repairs it."""
    table.setattr(_codegen, "read_api", lambda: api)
    table.setattr(_table, "OPERATIONS", OPERATIONS)
    assert main(["--check"]) == 1
    assert "_table.py and _tree.pyi would be written differently now." in capsys.readouterr().out
    assert main([]) == 0
    assert main(["--check"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].endswith("all up to date.")
    _codegen._STUB.write_text("class Other: ...\n", "utf-8")  # pyright: ignore[reportPrivateUsage]
    assert main(["--check"]) == 1
    assert "_tree.pyi would be written differently now. Run: python -m fakeopenai._codegen" in capsys.readouterr().out
    assert main([]) == 0
    assert main(["--check"]) == 0


# --- other shapes of source ------------------------------------------------------------------------------------------

SDK: dict[str, str] = {
    "_version.py": '__version__ = "9.9.9"',
    "_resource.py": """
        class SyncAPIResource: ...
        class AsyncAPIResource: ...
        """,
    "_client.py": """
        from typing import TYPE_CHECKING
        from ._compat import cached_property
        if TYPE_CHECKING:
            from .resources.things import Things, AsyncThings
        class OpenAI:
            @cached_property
            def things(self) -> Things: ...
            @cached_property
            def with_raw_response(self) -> OpenAIWithRawResponse: ...
        class AsyncOpenAI:
            @cached_property
            def things(self) -> AsyncThings: ...
        """,
    "types/__init__.py": "from .thing import Thing as Thing",
    "types/thing.py": "class Thing: ...",
    "types/thing_params.py": """
        from typing_extensions import TypedDict, Annotated
        from .._utils import PropertyInfo
        from .nested import Renamed
        class Simple(TypedDict):
            size: "Size"
        class Size(TypedDict):
            height: int
        class Nested(Simple):
            inner: list[Renamed]
        """,
    "types/nested.py": """
        from typing_extensions import TypedDict, Annotated
        from .._utils import PropertyInfo
        class Renamed(TypedDict):
            async_: Annotated[bool, PropertyInfo(alias="async")]
        """,
}


def read_sdk(
    root: pathlib.Path, body: str, async_body: str | None = None, signature: str = "thing_id, *, size: int"
) -> Api:
    """Reads an SDK with one resource that has one method of this body."""
    body = textwrap.dedent(body).strip()
    async_body = async_body or body.replace("self._", "await self._").replace("maybe_tr", "await async_maybe_tr")
    things = "\n".join(
        [
            "from .._resource import SyncAPIResource, AsyncAPIResource",
            "from ..types import Thing, thing_params",
            "from .._streaming import Stream, AsyncStream",
            "class Things(SyncAPIResource):",
            f"    def create(self, {signature}, extra_headers=None, timeout=None):",
            textwrap.indent(body, " " * 8),
            "class AsyncThings(AsyncAPIResource):",
            f"    async def create(self, {signature}, extra_headers=None, timeout=None):",
            textwrap.indent(textwrap.dedent(async_body).strip(), " " * 8),
        ]
    )
    for name, text in {**SDK, "resources/things.py": things}.items():
        path = root / "openai" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), "utf-8")
    return read_api(Source(root / "openai"))


PLAIN = """
    if not thing_id:
        raise ValueError(f"{thing_id!r}")
    extra_headers = {"OpenAI-Beta": "things=v1", **(extra_headers or {})}
    return self._post(
        path_template("/things/{thing_id}", thing_id=thing_id),
        body=maybe_transform({"size": size}, thing_params.Simple),
        options=make_request_options(extra_headers=extra_headers, timeout=timeout, security={"bearer_auth": True}),
        cast_to=Thing,
    )
"""


def test_a_plain_method(tmp_path: pathlib.Path) -> None:
    """The shape that the SDK's methods have, read in all its parts."""
    operation = read_sdk(tmp_path, PLAIN).operations["things.create"]
    assert (operation.verb, operation.path, operation.path_params) == ("POST", "/things/{thing_id}", ("thing_id",))
    assert operation.cast_to == "openai.types.thing.Thing"
    assert operation.params == ("openai.types.thing_params.Simple",)
    assert operation.arguments == operation.required == ("thing_id", "size")
    assert operation.positional == ("thing_id",)
    assert operation.headers == (("OpenAI-Beta", "things=v1"),)
    assert operation.kind == "create"
    assert operation.plain


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('{"size": size}', '{"SIZE": size}', "sends body="),
        ('{"size": size}', '{"size": size or 3}', "sends body="),
        ('{"size": size}', '{"size": size, **more}', "sends body="),
        ('maybe_transform({"size": size}, thing_params.Simple)', "size", "sends body="),
        ('{"size": size}', "{}", "does not send every argument once"),
        ("/things/{thing_id}", "/things/{thing_id}?beta=true", "sends a fixed query"),
        ("thing_id=thing_id", "thing_id=other", "return self._post("),
        ("thing_params.Simple", "thing_params.Nested", "rewrites values of Nested"),
        ("timeout=timeout", "timeout=600", "sends timeout=600"),
        ("timeout=timeout", "post_parser=parse", "sends post_parser=parse"),
        ("cast_to=Thing,", "cast_to=Thing, files=files,", "sends files=files"),
        ("cast_to=Thing,", "cast_to=Thing, stream=True, stream_cls=Stream[Thing],", "sends stream=True"),
        ("raise ValueError(", "thing_id = repr(", "if not thing_id:"),
        ("**(extra_headers or {})", "**(defaults or {})", "extra_headers ="),
        ('"things=v1"', "version", "extra_headers ="),
        ("if not thing_id:", "prepare(self)\nif not thing_id:", "prepare(self)"),
    ],
)
def test_anything_else_is_not_plain(tmp_path: pathlib.Path, old: str, new: str, reason: str) -> None:
    """One thing that a plain method doesn't do, and the operation is not plain; the reason says which."""
    assert old in PLAIN
    api = read_sdk(tmp_path, textwrap.dedent(PLAIN).replace(old, new))
    method = methods(api)["things.create"]
    assert not method.operation.plain
    assert reason in method.not_plain


def test_a_default_of_its_own_is_not_plain(tmp_path: pathlib.Path) -> None:
    """It would be sent although the caller gave nothing."""
    api = read_sdk(tmp_path, PLAIN, signature="thing_id, *, size: int = 3")
    assert methods(api)["things.create"].not_plain == "a default of its own: size=3"


def test_the_asynchronous_method_has_to_agree(tmp_path: pathlib.Path) -> None:
    """One row stands for both; where they differ, neither is skipped."""
    other = PLAIN.replace("/things/", "/stuff/").replace("self._", "await self._").replace("maybe", "await async_maybe")
    api = read_sdk(tmp_path, PLAIN, other)
    assert methods(api)["things.create"].not_plain == "the asynchronous method differs in path"


def test_paths_as_f_strings(tmp_path: pathlib.Path) -> None:
    """Older SDKs write them so."""
    body = PLAIN.replace('path_template("/things/{thing_id}", thing_id=thing_id)', 'f"/things/{thing_id}"')
    assert read_sdk(tmp_path, body).operations["things.create"].path == "/things/{thing_id}"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('path_template("/things/{thing_id}", thing_id=thing_id)', "make_path(thing_id)"),
        ('path_template("/things/{thing_id}", thing_id=thing_id)', 'f"/things/{thing_id.lower()}"'),
        ("cast_to=Thing", "cast_to=Thing if size else None"),
        ("cast_to=Thing", "cast_to=pick(size)"),
        ("cast_to=Thing,", "cast_to=Thing, stream_cls=streams[0](Thing),"),
        ("timeout=timeout", "query=dict(size=size)"),
    ],
)
def test_an_unknown_shape_is_an_error_that_names_the_place(tmp_path: pathlib.Path, old: str, new: str) -> None:
    """What can't be read is not guessed at."""
    assert old in PLAIN
    with pytest.raises(Unreadable, match=r"resources.things\.py:\d+: "):
        read_sdk(tmp_path, PLAIN.replace(old, new))


def test_a_missing_asynchronous_method_is_an_error(tmp_path: pathlib.Path) -> None:
    """Both trees are read as one."""
    with pytest.raises(Unreadable, match=r"AsyncThings has no create"):
        read_sdk(tmp_path, PLAIN, "return None")


def test_helpers_are_no_operations(tmp_path: pathlib.Path) -> None:
    """A method that says it is a helper, or sends nothing, is left out."""
    helper = PLAIN.replace("if not", 'extra_headers = {"X-Stainless-Helper-Method": "things.parse"}\n    if not', 1)
    assert read_sdk(tmp_path / "a", helper).operations == {}
    assert read_sdk(tmp_path / "b", "return self.other(thing_id)").operations == {}


def test_several_requests_to_one_path_are_one_operation(tmp_path: pathlib.Path) -> None:
    """Which of them is sent depends on the arguments, so it is not plain."""
    shortcut = 'if size is None:\n    return self._post(path_template("/things/{thing_id}", thing_id=thing_id))\n'
    body = textwrap.dedent(PLAIN).replace("return self", f"{shortcut}return self", 1)
    method = methods(read_sdk(tmp_path / "a", body))["things.create"]
    assert (method.operation.path, method.not_plain) == ("/things/{thing_id}", "if size is None:")
    with pytest.raises(Unreadable, match="several requests in one method"):
        read_sdk(tmp_path / "b", body.replace("/things/{thing_id}", "/stuff/{thing_id}", 1))


def test_inherited_methods_count(tmp_path: pathlib.Path) -> None:
    """The client may hand out a subclass of what its annotation says; its methods and name are what counts."""
    read_sdk(tmp_path, PLAIN)
    sub = """
        from .things import Things as _Things, AsyncThings as _AsyncThings
        class Things(_Things): ...
        class AsyncThings(_AsyncThings): ...
        """
    (tmp_path / "openai/resources/sub.py").write_text(textwrap.dedent(sub), "utf-8")
    client = textwrap.dedent(SDK["_client.py"]).replace(
        "-> Things: ...", "->Things:\n        from .resources.sub import Things\n        return Things(self)"
    )
    (tmp_path / "openai/_client.py").write_text(client, "utf-8")
    api = read_api(Source(tmp_path / "openai"))
    assert api.resources["things"].real == "openai.resources.sub.Things"
    assert list(api.operations) == ["things.create"]


def test_no_sdk_is_an_error(tmp_path: pathlib.Path) -> None:
    """A directory without an SDK says what is missing."""
    with pytest.raises(Unreadable, match=r"openai has no class openai\._client\.AsyncOpenAI"):
        read_api(Source(tmp_path))
