"""The source of an openai SDK: its modules, where names are defined, and which types expressions stand for.

The SDK is parsed, never imported. What the definitions mean for the API is read by `_sdk_methods` and `_sdk_reader`.
Used by those and by tests only.
"""

from __future__ import annotations

import ast
import importlib.util
import pathlib
from collections.abc import Iterable

__all__ = ["Module", "Source", "Unreadable", "bases_of", "is_rewritten", "last_name", "members_of", "short", "types_of"]


class Unreadable(Exception):
    """The SDK's source has a shape that this reader does not know."""


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


def types_of(source: Source, module: Module, expression: ast.expr) -> list[str]:
    """The dotted names of the types that an expression stands for: several for a union or a function that picks one."""
    match expression:
        case ast.Constant(value=None):
            return ["None"]
        case ast.Name() | ast.Attribute():
            dotted = source.resolve(module, expression)
            return ["None" if dotted.rpartition(".")[2] == "NoneType" else dotted]
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return [*types_of(source, module, left), *types_of(source, module, right)]
        case ast.Subscript(value=ast.Name(id="Union"), slice=ast.Tuple(elts=members)):
            return [name for member in members for name in types_of(source, module, member)]
        case ast.Subscript(value=ast.Name(id="type" | "Type"), slice=inner):
            return types_of(source, module, inner)
        case ast.Call(func=ast.Name(id="cast"), args=[_, inner]):
            return types_of(source, module, inner)
        case ast.Call(func=function):  # a helper that picks the type by an argument: what it says it returns
            found = source.locate(source.resolve(module, function))
            if found and isinstance(found[1], ast.FunctionDef) and found[1].returns:
                return types_of(source, found[0], found[1].returns)
            raise module.fail(expression, "a response type from a function without a readable return type")
        case _:
            raise module.fail(expression, "not a type")


def is_rewritten(source: Source, dotted: str, seen: set[str]) -> bool:
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
                case ast.Call(func=function, keywords=keywords) if last_name(function) == "PropertyInfo":
                    if {keyword.arg for keyword in keywords} - {"discriminator"}:
                        return True
                case ast.Constant(value=str(text)) if text.isidentifier() and text in module.definitions:
                    parts.append(ast.Name(id=text))  # a forward reference
                case ast.Name() | ast.Attribute():
                    try:
                        name = source.resolve(module, node)
                    except Unreadable:  # an attribute of something that is no name
                        continue
                    if name.startswith("openai.") and is_rewritten(source, name, seen):
                        return True
                case _:
                    pass
    return False


def bases_of(source: Source, dotted: str) -> list[str]:
    """The base classes of a class; none if it is not openai's."""
    found = source.locate(dotted)
    if found is None or not isinstance(found[1], ast.ClassDef):
        return []
    return [source.resolve(found[0], base) for base in found[1].bases if isinstance(base, ast.Name | ast.Attribute)]


def members_of(source: Source, dotted: str) -> list[tuple[Module, ast.stmt]]:
    """What a class and, after it, its base classes define, with the module of each."""
    module, definition = source.class_of(dotted)
    bases = [base for base in bases_of(source, dotted) if base.startswith("openai.")]
    inherited = [member for base in bases for member in members_of(source, base)]
    return [*((module, member) for member in definition.body), *inherited]


def last_name(expression: ast.expr) -> str:
    """``"overload"`` for ``overload``, ``typing.overload`` and ``typing.overload(...)``."""
    match expression:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Call(func=function):
            return last_name(function)
        case _:
            return ""


def short(dotted: str) -> str:
    """The last part of a dotted name."""
    return dotted.rpartition(".")[2]
