"""Reads the source of an openai SDK: the tree of its resources, and the operation behind each of their API methods.

The SDK is parsed, never imported. Its source has one shape throughout; a place of another shape is an error that names
the place, so that nothing is guessed. What counts as what:

- *Operations* are the methods of a resource class that send a request to one path (``self._post(...)``, ...). A method
  that marks it with an ``X-Stainless-...`` header, or repeats the request of one before it, is one of the SDK's own
  helpers around another operation (``parse``, ``stream``).
- *Paths.* A resource class that the client offers in several places counts at its shallowest one; the other places are
  aliases of it (``beta.chat`` of ``chat``).
- *Kind.* DELETE is ``delete``; a GET called ``list...`` is ``list``; a GET of one JSON object called ``retrieve...`` or
  ``get...`` is ``retrieve``; a POST called ``create`` is ``create``; a write called ``update...`` or ``modify...`` is
  ``update``; anything else is ``other``.
- *Plain* are operations whose methods, the synchronous and the asynchronous one, provably do no more than send their
  arguments as they are. One unknown statement is enough not to be.

Used by `_codegen` and by tests only.
"""

from __future__ import annotations

import ast
import importlib.util
import inspect
import pathlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .operation import Kind, Operation

__all__ = ["Api", "Method", "Resource", "Source", "Unreadable", "differences", "read_api", "short"]

_VERBS = {
    "_get": "GET",
    "_post": "POST",
    "_put": "PUT",
    "_patch": "PATCH",
    "_delete": "DELETE",
    "_get_api_list": "GET",
}
_FIELDS = tuple(inspect.signature(Operation).parameters)
_COMMON_ARGUMENTS = frozenset({"self", "extra_headers", "extra_query", "extra_body", "timeout"})
_TRANSFORMS = frozenset({"maybe_transform", "async_maybe_transform"})
_OMITTED_DEFAULTS = frozenset({"omit", "not_given", "NOT_GIVEN"})
_HARMLESS_CALLS = frozenset({"validate_response_format"})
"""Functions that a plain method may call first: they only refuse values that are no JSON."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


# --- the source ------------------------------------------------------------------------------------------------------


class Unreadable(Exception):
    """The SDK's source has a shape that this reader does not know."""


# --- the source ------------------------------------------------------------------------------------------------------


class Module:
    """A parsed module of the SDK.

    Attributes:
        name: dotted name.
        definitions: the statements that define its classes, functions and aliases, by name.
        imports: what it imports, dotted, by the local name.
    """

    def __init__(self, name: str, path: pathlib.Path) -> None:
        self.name = name
        self.path = path
        self.definitions: dict[str, ast.stmt] = {}
        self.imports: dict[str, str] = {}
        self._package = name if path.name == "__init__.py" else name.rpartition(".")[0]
        self._read(ast.parse(path.read_text(encoding="utf-8")).body)

    def _read(self, body: Iterable[ast.stmt]) -> None:
        for statement in body:
            match statement:
                case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                    self.definitions[name] = statement
                case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
                    self.definitions[name] = statement
                case ast.If() | ast.Try():  # `if TYPE_CHECKING:` and version switches
                    self._read([*statement.body, *statement.orelse])
                case _:
                    self.imports.update(self.imported(statement))

    def imported(self, statement: ast.stmt) -> dict[str, str]:
        """What a statement of this module imports, dotted, by the local name."""
        match statement:
            case ast.ImportFrom(module=module, names=names, level=level):
                parents = self._package.split(".")[: 1 - level or None] if level else []
                base = ".".join([*parents, *filter(None, [module])])
                return {alias.asname or alias.name: f"{base}.{alias.name}" for alias in names}
            case ast.Import(names=names):
                firsts = {alias.name.partition(".")[0] for alias in names if not alias.asname}
                return {**{alias.asname: alias.name for alias in names if alias.asname}, **{it: it for it in firsts}}
            case _:
                return {}

    def fail(self, node: ast.AST, why: str) -> Unreadable:
        """The error for a place in this module."""
        return Unreadable(f"{self.path}:{getattr(node, 'lineno', '?')}: {why}: {ast.unparse(node)[:200]}")


class Source:
    """The SDK's source, parsed module by module when first asked for."""

    def __init__(self, root: pathlib.Path) -> None:
        self.root = root
        self._modules: dict[str, Module | None] = {}

    @classmethod
    def installed(cls) -> Source:
        """The source of the SDK in this environment, found without importing it."""
        spec = importlib.util.find_spec("openai")
        if spec is None or not spec.submodule_search_locations:
            raise Unreadable("openai is not installed")
        return cls(pathlib.Path(spec.submodule_search_locations[0]))

    @property
    def version(self) -> str:
        """The version that the source says it is."""
        match self.load("openai._version").definitions["__version__"]:
            case ast.Assign(value=ast.Constant(value=str(version))):
                return version
            case other:
                raise self.load("openai._version").fail(other, "not a version")

    def module(self, name: str) -> Module | None:
        """The module of that dotted name, or None if openai has none."""
        if name not in self._modules:
            head, *parts = name.split(".")
            path = self.root.joinpath(*parts)
            files = (path / "__init__.py", path.with_suffix(".py")) if head == "openai" else ()
            found = next((file for file in files if file.is_file()), None)
            self._modules[name] = Module(name, found) if found else None
        return self._modules[name]

    def load(self, name: str) -> Module:
        """The module of that dotted name."""
        module = self.module(name)
        if module is None:
            raise Unreadable(f"openai has no module {name}")
        return module

    def locate(self, dotted: str) -> tuple[Module, ast.stmt] | None:
        """Where a dotted name is defined, following re-exports; None if that is not in openai, or is a module."""
        name, _, attribute = dotted.rpartition(".")
        module = self.module(name)
        if module is None:
            return None
        if attribute in module.definitions:
            return module, module.definitions[attribute]
        target = module.imports.get(attribute)
        return self.locate(target) if target and target != dotted else None

    def canonical(self, dotted: str) -> str:
        """The dotted name of the place where something is defined."""
        found = self.locate(dotted)
        if found is None:
            return dotted
        module, statement = found
        return f"{module.name}.{_defined_name(statement)}"

    def resolve(self, module: Module, expression: ast.expr) -> str:
        """The dotted name that a name or an attribute stands for in a module; builtins stay as they are."""
        match expression:
            case ast.Name(id=name):
                if name in module.definitions:
                    return f"{module.name}.{name}"
                return self.canonical(module.imports.get(name, name))
            case ast.Attribute(value=value, attr=attribute):
                return self.canonical(f"{self.resolve(module, value)}.{attribute}")
            case ast.Constant(value=str(text)):  # a forward reference
                return self.resolve(module, ast.parse(text, mode="eval").body)
            case _:
                raise module.fail(expression, "not a name")

    def class_of(self, dotted: str) -> tuple[Module, ast.ClassDef]:
        """The class of that dotted name."""
        found = self.locate(dotted)
        if found is None or not isinstance(found[1], ast.ClassDef):
            raise Unreadable(f"openai has no class {dotted}")
        return found[0], found[1]


def _defined_name(statement: ast.stmt) -> str:
    match statement:
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return name
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
            return name
        case _:
            raise Unreadable(f"not a definition: {ast.unparse(statement)[:200]}")


def _types(source: Source, module: Module, expression: ast.expr) -> list[str]:
    """The dotted names of the types that an expression stands for: several for a union or a function that picks one."""
    match expression:
        case ast.Constant(value=None):
            return ["None"]
        case ast.Name() | ast.Attribute():
            dotted = source.resolve(module, expression)
            return ["None" if dotted.rpartition(".")[2] == "NoneType" else dotted]
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return [*_types(source, module, left), *_types(source, module, right)]
        case ast.Subscript(value=ast.Name(id="Union"), slice=ast.Tuple(elts=members)):
            return [name for member in members for name in _types(source, module, member)]
        case ast.Subscript(value=ast.Name(id="type" | "Type"), slice=inner):
            return _types(source, module, inner)
        case ast.Call(func=ast.Name(id="cast"), args=[_, inner]):
            return _types(source, module, inner)
        case ast.Call(func=function):  # a helper that picks the type by an argument: what it says it returns
            found = source.locate(source.resolve(module, function))
            if found and isinstance(found[1], ast.FunctionDef) and found[1].returns:
                return _types(source, found[0], found[1].returns)
            raise module.fail(expression, "a response type from a function without a readable return type")
        case _:
            raise module.fail(expression, "not a type")


def _rewritten(source: Source, dotted: str, seen: set[str]) -> bool:
    """Whether a parameter type, or any type that it is made of, has values that the SDK renames or reformats."""
    if dotted in seen:
        return False
    seen.add(dotted)
    found = source.locate(dotted)
    if found is None or not isinstance(found[1], ast.ClassDef | ast.Assign | ast.AnnAssign):
        return False
    module, statement = found
    parts: list[ast.AST] = [statement]
    while parts:
        for node in ast.walk(parts.pop()):
            match node:
                case ast.Call(func=function, keywords=keywords) if _last_name(function) == "PropertyInfo":
                    if {keyword.arg for keyword in keywords} - {"discriminator"}:
                        return True
                case ast.Constant(value=str(text)) if text.isidentifier() and text in module.definitions:
                    parts.append(ast.Name(id=text))  # a forward reference
                case ast.Name() | ast.Attribute():
                    try:
                        name = source.resolve(module, node)
                    except Unreadable:  # an attribute of something that is no name
                        continue
                    if name.startswith("openai.") and _rewritten(source, name, seen):
                        return True
                case _:
                    pass
    return False


# --- the tree of resources -------------------------------------------------------------------------------------------


@dataclass
class Resource:
    """A resource class of the client's tree.

    Attributes:
        path: its place on the client.
        real: dotted name of the synchronous class.
        real_async: dotted name of the asynchronous class.
        children: the resources below it: the path of each by attribute, aliases included.
        methods: its API methods.
    """

    path: str
    real: str
    real_async: str
    children: dict[str, str] = field(default_factory=dict[str, str])
    methods: list[Method] = field(default_factory=list["Method"])


@dataclass
class Method:
    """An API method: the operation behind it, and what the stub needs to know besides.

    Attributes:
        operation: the operation.
        overloaded: whether it has several signatures.
        pages: whether its asynchronous form returns a paginator instead of a coroutine.
        not_plain: why a call can't skip it; empty for plain operations.
    """

    operation: Operation
    overloaded: bool
    pages: bool
    not_plain: str


@dataclass
class Api:
    """What the SDK offers.

    Attributes:
        version: the SDK's version.
        resources: the resources by path, sorted.
        aliases: the other places of resources that are in the tree more than once.
        root: the resources right below the client: the path of each by attribute.
    """

    version: str
    resources: dict[str, Resource]
    aliases: dict[str, str]
    root: dict[str, str]

    @property
    def operations(self) -> dict[str, Operation]:
        """All operations by name."""
        return {
            method.operation.name: method.operation
            for resource in self.resources.values()
            for method in resource.methods
        }


def read_api(source: Source | None = None) -> Api:
    """Reads everything from the source of an SDK; by default the installed one."""
    source = source or Source.installed()
    asynchronous = dict(_walk(source, "openai._client.AsyncOpenAI"))
    resources: dict[str, Resource] = {}
    aliases: dict[str, str] = {}
    owners: dict[str, str] = {}
    root: dict[str, str] = {}
    for path, real in sorted(_walk(source, "openai._client.OpenAI"), key=lambda found: (found[0].count("."), found[0])):
        if path not in asynchronous:
            raise Unreadable(f"AsyncOpenAI has no {path}")
        owner = owners.setdefault(real, path)
        if owner == path:
            resources[path] = Resource(path, real, asynchronous[path])
        else:
            aliases[path] = owner
        parent, _, attribute = path.rpartition(".")
        if parent not in aliases:
            children = resources[parent].children if parent else root
            children[attribute] = owner
    for resource in resources.values():
        resource.methods = list(_read_methods(source, resource))
    return Api(source.version, dict(sorted(resources.items())), dict(sorted(aliases.items())), root)


def _walk(source: Source, client: str, prefix: str = "") -> Iterator[tuple[str, str]]:
    """All places of the tree below a client or resource class: path and dotted class name."""
    for module, member in _members(source, client):
        if not isinstance(member, ast.FunctionDef) or member.returns is None:
            continue
        if any(_last_name(decorator) == "cached_property" for decorator in member.decorator_list):
            real = _made(source, module, member, member.returns)
            if _is_resource(source, real):
                yield f"{prefix}{member.name}", real
                yield from _walk(source, real, f"{prefix}{member.name}.")


def _made(source: Source, module: Module, accessor: ast.FunctionDef, returns: ast.expr) -> str:
    """The class that an accessor makes an instance of, which may be a subclass of what it says it returns."""
    local = {name: dotted for statement in accessor.body for name, dotted in module.imported(statement).items()}
    match accessor.body[-1]:
        case ast.Return(value=ast.Call(func=ast.Name(id=name) as function)):
            return source.canonical(local[name]) if name in local else source.resolve(module, function)
        case _:
            return source.resolve(module, returns)


def _bases(source: Source, dotted: str) -> list[str]:
    """The base classes of a class; none if it is not openai's."""
    found = source.locate(dotted)
    if found is None or not isinstance(found[1], ast.ClassDef):
        return []
    return [source.resolve(found[0], base) for base in found[1].bases if isinstance(base, ast.Name | ast.Attribute)]


def _members(source: Source, dotted: str) -> list[tuple[Module, ast.stmt]]:
    """What a class and, after it, its base classes define, with the module of each."""
    module, definition = source.class_of(dotted)
    bases = [base for base in _bases(source, dotted) if base.startswith("openai.")]
    inherited = [member for base in bases for member in _members(source, base)]
    return [*((module, member) for member in definition.body), *inherited]


def _is_resource(source: Source, dotted: str) -> bool:
    known = {"openai._resource.SyncAPIResource", "openai._resource.AsyncAPIResource"}
    return any(base in known or _is_resource(source, base) for base in _bases(source, dotted))


def _last_name(expression: ast.expr) -> str:
    """``"overload"`` for ``overload``, ``typing.overload`` and ``typing.overload(...)``."""
    match expression:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Call(func=function):
            return _last_name(function)
        case _:
            return ""


def short(dotted: str) -> str:
    """The last part of a dotted name."""
    return dotted.rpartition(".")[2]


# --- one method ------------------------------------------------------------------------------------------------------


def _read_methods(source: Source, resource: Resource) -> Iterator[Method]:
    """The API methods of a resource, in the SDK's order."""
    twins = _implementations(source, resource.real_async)
    overloads = {
        member.name
        for _, member in _members(source, resource.real)
        if isinstance(member, ast.FunctionDef)
        and any(_last_name(decorator) == "overload" for decorator in member.decorator_list)
    }
    requests: set[tuple[object, ...]] = set()
    for name, (module, function) in _implementations(source, resource.real).items():
        reader = _Reader.of(source, module, function)
        if reader is None:
            continue
        operation = reader.operation(f"{resource.path}.{name}")
        sent = (operation.verb, operation.path, operation.path_query, operation.cast_to)
        if sent in requests:
            continue
        requests.add(sent)
        twin_reader = _Reader.of(source, *twins[name]) if name in twins else None
        if twin_reader is None:
            raise Unreadable(f"{resource.real_async} has no {name}")
        not_plain = reader.not_plain(operation) or twin_reader.not_plain(operation)
        if apart := differences(operation, twin_reader.operation(operation.name)):
            not_plain = f"the asynchronous method differs in {', '.join(apart)}"
        operation.plain = not not_plain
        yield Method(
            operation,
            overloaded=name in overloads,
            pages=isinstance(twin_reader.function, ast.FunctionDef),
            not_plain=not_plain,
        )


def _implementations(source: Source, dotted: str) -> dict[str, tuple[Module, Function]]:
    """The methods of a class that have a body of their own (no overloads, no properties), inherited ones included."""
    skipped = {"overload", "cached_property", "property"}
    found: dict[str, tuple[Module, Function]] = {}
    for module, member in _members(source, dotted):
        if not isinstance(member, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if not any(_last_name(decorator) in skipped for decorator in member.decorator_list):
            found.setdefault(member.name, (module, member))
    return found


class _Reader:
    """Reads one implementation (synchronous or asynchronous) of an API method."""

    def __init__(self, source: Source, module: Module, function: Function, request: ast.Call) -> None:
        self.source = source
        self.module = module
        self.function = function
        self.request = request
        self.sent = {keyword.arg: keyword.value for keyword in request.keywords if keyword.arg}
        options = self.sent.get("options")
        self.options: dict[str, ast.expr] = {}
        if isinstance(options, ast.Call):
            self.options = {keyword.arg: keyword.value for keyword in options.keywords if keyword.arg}

    @classmethod
    def of(cls, source: Source, module: Module, function: Function) -> _Reader | None:
        """The reader of a method; None if the method sends no request of its own."""
        requests: list[ast.Call] = []
        for node in ast.walk(function):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=attribute)) if attribute in _VERBS:
                    requests.append(node)
                case ast.Constant(value=str(text)) if text.startswith("X-Stainless-"):
                    return None
                case _:
                    pass
        if len({ast.unparse(request.args[0]) for request in requests}) > 1:
            raise module.fail(function, "several requests in one method")
        return cls(source, module, function, requests[0]) if requests else None  # the first is the outermost

    def operation(self, name: str) -> Operation:
        """The operation, but for whether it is plain."""
        verb, page = self._verb(), self._page()
        path, path_query = self._path()
        cast_to = " | ".join(_types(self.source, self.module, self.sent["model" if page else "cast_to"]))
        security = self.options.get("security")
        return Operation(
            name,
            verb,
            path,
            cast_to,
            kind=_kind(self.function.name, verb, page, cast_to),
            stream=self._stream(),
            wrapped=_is_true(self.options.get("synthesize_event_and_data")),
            page=page,
            params=tuple(dict.fromkeys(self._params())),
            arguments=tuple(self._arguments()),
            required=tuple(self._required()),
            positional=tuple(argument.arg for argument in self.function.args.args[1:]),
            query=tuple(self._query()),
            path_query=path_query,
            headers=tuple(self._headers()),
            admin=security is not None and "admin_api_key_auth" in ast.unparse(security),
            deprecated=any(_last_name(decorator) == "deprecated" for decorator in self.function.decorator_list),
            multipart="files" in self.sent,
            files=tuple(dict.fromkeys(self._files())),
        )

    def _verb(self) -> str:
        assert isinstance(self.request.func, ast.Attribute)
        match self.sent.get("method"):
            case ast.Constant(value=str(method)):
                return method.upper()
            case _:
                return _VERBS[self.request.func.attr]

    def _path(self) -> tuple[str, tuple[tuple[str, str], ...]]:
        match self.request.args:
            case [ast.Constant(value=str(template))]:
                pass
            case [ast.Call(func=ast.Name(id="path_template"), args=[ast.Constant(value=str(template))])]:
                pass
            case [ast.JoinedStr(values=parts)]:
                template = "".join(self._part(part) for part in parts)
            case _:
                raise self.module.fail(self.request, "no readable path")
        path, _, query = template.partition("?")
        pairs = [pair.partition("=") for pair in query.split("&")] if query else []
        return path, tuple((key, value) for key, _, value in pairs)

    def _part(self, part: ast.expr) -> str:
        match part:
            case ast.Constant(value=str(text)):
                return text
            case ast.FormattedValue(value=ast.Name(id=name)):
                return f"{{{name}}}"
            case _:
                raise self.module.fail(part, "no readable path")

    def _page(self) -> str:
        match self.sent.get("page"):
            case None:
                return ""
            case ast.Subscript(value=ast.Name() as page):
                name = short(self.source.resolve(self.module, page))
                return name.replace("Async", "Sync", 1)
            case other:
                raise self.module.fail(other, "no readable page class")

    def _stream(self) -> str:
        """The type of a stream's items: the argument of ``Stream[...]``, or that of a subclass's base."""
        module, expression = self.module, self.sent.get("stream_cls")
        if expression is None:
            return ""
        while isinstance(expression, ast.Name | ast.Attribute):
            module, definition = self.source.class_of(self.source.resolve(module, expression))
            expression = next((base for base in definition.bases if "Stream" in ast.unparse(base)), None)
        if not isinstance(expression, ast.Subscript):
            raise self.module.fail(self.request, "no readable stream class")
        return " | ".join(_types(self.source, module, expression.slice))

    def _params(self) -> Iterator[str]:
        """The types by which arguments are brought into their wire form, the body's before the query's."""
        for node in ast.walk(self.function):
            match node:
                case ast.Call(func=ast.Name(id=name), args=[_, ast.IfExp(body=streaming, orelse=whole)]):
                    expressions = [whole, streaming]
                case ast.Call(func=ast.Name(id=name), args=[_, whole]):
                    expressions = [whole]
                case _:
                    continue
            if name in _TRANSFORMS:
                yield from (self.source.resolve(self.module, expression) for expression in expressions)

    def _arguments(self) -> dict[str, ast.expr | None]:
        """The arguments of this method alone, with their defaults; None where there is none."""
        arguments = self.function.args
        names = [argument.arg for argument in (*arguments.args, *arguments.kwonlyargs)]
        missing = len(arguments.args) - len(arguments.defaults)
        defaults = [*([None] * missing), *arguments.defaults, *arguments.kw_defaults]
        return {name: default for name, default in zip(names, defaults, strict=True) if name not in _COMMON_ARGUMENTS}

    def _required(self) -> Iterator[str]:
        variants: list[set[str]] = []
        for decorator in self.function.decorator_list:
            match decorator:
                case ast.Call(func=ast.Name(id="required_args"), args=alternatives):
                    variants = [set(ast.literal_eval(alternative)) for alternative in alternatives]
                case _:
                    pass
        common = set[str].intersection(*variants) if variants else set[str]()
        return (name for name, default in self._arguments().items() if default is None or name in common)

    def _query(self) -> list[str]:
        expression = self.options.get("query")
        names = self._sent_as_is(expression)
        if names is None:
            raise self.module.fail(expression or self.request, "no readable query")
        return names

    def _headers(self) -> Iterator[tuple[str, str]]:
        """The static headers that the method always adds."""
        for statement in self.function.body:
            match statement:
                case ast.Assign(targets=[ast.Name(id="extra_headers")], value=ast.Dict(keys=keys, values=values)):
                    for key, value in zip(keys, values, strict=True):
                        match key, value:
                            case ast.Constant(value=str(name)), ast.Constant(value=str(text)) if name != "Content-Type":
                                yield name, text
                            case _:
                                pass
                case _:
                    pass

    def _files(self) -> Iterator[str]:
        """The arguments that are taken out of the body as files."""
        for node in ast.walk(self.function):
            match node:
                case ast.Call(func=ast.Name(id="extract_files"), keywords=[ast.keyword(arg="paths", value=paths)]):
                    yield from (path[0] for path in ast.literal_eval(paths))
                case _:
                    pass

    def not_plain(self, operation: Operation) -> str:
        """Why a call of this method can't be reduced to its arguments; empty if it can."""
        for name, default in self._arguments().items():
            if default is not None and not (isinstance(default, ast.Name) and default.id in _OMITTED_DEFAULTS):
                return f"a default of its own: {name}={ast.unparse(default)}"
        *statements, last = self.function.body
        for statement in statements:
            if not self._is_harmless(statement):
                return ast.unparse(statement).partition("\n")[0]
        if not self._is_request(last):
            return ast.unparse(last).partition("\n")[0]
        for name, value in [*self.sent.items(), *self.options.items()]:
            if not self._is_passed_on(name, value):
                return f"sends {name}={ast.unparse(value)}"
        if operation.path_query:
            return "sends a fixed query"
        sent = (self._sent_as_is(self.sent.get("body")) or []) + (self._sent_as_is(self.options.get("query")) or [])
        if sorted([*operation.path_params, *sent]) != sorted(operation.arguments):
            return "does not send every argument once"
        rewritten = [short(name) for name in operation.params if _rewritten(self.source, name, set())]
        return f"rewrites values of {', '.join(rewritten)}" if rewritten else ""

    def _is_passed_on(self, name: str, value: ast.expr) -> bool:
        """Whether an argument of the request or of its options is what it is in every plain method."""
        match name, value:
            case "body" | "query", _:
                return self._sent_as_is(value) is not None
            case "options", ast.Call(func=ast.Name(id="make_request_options"), args=[]):
                return True
            case "extra_headers" | "extra_query" | "extra_body" | "timeout", ast.Name(id=same):
                return name == same
            case "cast_to" | "model", ast.Name() | ast.Attribute() | ast.Call(func=ast.Name(id="cast")):
                return True
            case "stream", ast.BoolOp(op=ast.Or(), values=[ast.Name(id="stream"), ast.Constant(value=False)]):
                return True
            case _:
                return name in {"page", "stream_cls", "method", "security", "synthesize_event_and_data"}

    def _is_harmless(self, statement: ast.stmt) -> bool:
        match statement:
            case ast.Expr(value=ast.Constant()):
                return True
            case ast.If(test=ast.UnaryOp(op=ast.Not(), operand=ast.Name()), body=[ast.Raise(exc=error)], orelse=[]):
                return error is not None and _last_name(error) == "ValueError"
            case ast.Expr(value=ast.Call(func=ast.Name(id=name), args=arguments, keywords=[])):
                return name in _HARMLESS_CALLS and all(isinstance(argument, ast.Name) for argument in arguments)
            case ast.Assign(targets=[ast.Name(id="extra_headers")], value=ast.Dict(keys=[*names, None], values=values)):
                static = all(isinstance(item, ast.Constant) for item in (*names, *values[:-1]))
                return static and ast.unparse(values[-1]) == "extra_headers or {}"
            case _:
                return False

    def _is_request(self, statement: ast.stmt) -> bool:
        """Whether a statement is ``return`` of the request, at most awaited and cast."""
        if not isinstance(statement, ast.Return):
            return False
        value = statement.value
        while value is not self.request:
            match value:
                case ast.Await(value=inner) | ast.Call(func=ast.Name(id="cast"), args=[_, inner]):
                    value = inner
                case _:
                    return False
        match self.request.args[0]:
            case ast.Call(keywords=keywords):
                return all(isinstance(item.value, ast.Name) and item.value.id == item.arg for item in keywords)
            case _:
                return True

    def _sent_as_is(self, expression: ast.expr | None) -> list[str] | None:
        """The arguments in ``maybe_transform({"name": name, ...}, ...)``; None if it is anything else."""
        if isinstance(expression, ast.Await):
            expression = expression.value
        match expression:
            case None:
                return []
            case ast.Call(func=ast.Name(id=name), args=[ast.Dict(keys=keys, values=values), _]) if name in _TRANSFORMS:
                pairs = list(zip(keys, values, strict=True))
            case _:
                return None
        names: list[str] = []
        for key, value in pairs:
            match key, value:
                case ast.Constant(value=str(name)), ast.Name(id=same) if name == same:
                    names.append(name)
                case _:
                    return None
        return names


def _is_true(expression: ast.expr | None) -> bool:
    return isinstance(expression, ast.Constant) and expression.value is True


def _kind(method: str, verb: str, page: str, cast_to: str) -> Kind:
    """What an operation does to its resource (the rule is in the module's docstring)."""
    word = method.partition("_")[0]
    json = not cast_to.endswith("BinaryResponseContent") and cast_to not in {"str", "bytes"}
    match verb, word:
        case "DELETE", _:
            return "delete"
        case "GET", "list":
            return "list"
        case "GET", "retrieve" | "get" if json and not page:
            return "retrieve"
        case "POST", "create" if method == "create":
            return "create"
        case "POST" | "PUT" | "PATCH", "update" | "modify":
            return "update"
        case _:
            return "other"


def differences(one: Operation, other: Operation) -> list[str]:
    """The attributes in which two rows differ."""
    return [name for name in _FIELDS if getattr(one, name) != getattr(other, name)]
