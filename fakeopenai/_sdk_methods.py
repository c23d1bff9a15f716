"""Reads one API method of an openai SDK out of its source: the operation behind it, and whether it is plain.

A place of a shape that isn't known is an error that names the place, so that nothing is guessed. What makes a method an
operation, and an operation plain, is said in `_sdk_reader`, which finds the methods.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator

from ._sdk_source import Module, Source, is_rewritten, last_name, short, types_of
from .operation import Kind, Operation

__all__ = ["Function", "Reader", "differences"]

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


class Reader:
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
    def of(cls, source: Source, module: Module, function: Function) -> Reader | None:
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
        cast_to = " | ".join(types_of(self.source, self.module, self.sent["model" if page else "cast_to"]))
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
            deprecated=any(last_name(decorator) == "deprecated" for decorator in self.function.decorator_list),
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
        return " | ".join(types_of(self.source, module, expression.slice))

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
        rewritten = [short(name) for name in operation.params if is_rewritten(self.source, name, set())]
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
                return error is not None and last_name(error) == "ValueError"
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
    """What an operation does to its resource (the rule is in `_sdk_reader`)."""
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
