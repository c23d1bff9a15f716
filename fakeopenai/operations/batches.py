"""Batches: validated, run line by line, and answered with files, as fast as they are asked for.

The lines of the input file, if the account knows it, are answered by the fake itself at the end, scripts and state
included; they do not count as calls of the code under test.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..calls import Call
from ..errors import ApiError
from ..operation import match
from ..replies import Reply
from ..request import Request
from ..state import Collection
from . import JsonObject, crud, operation
from .lifecycle import Course, course
from .narrowing import as_object
from .refusing import check_purpose

if TYPE_CHECKING:
    from ..backend import Backend

_DAY = 86_400


@operation("batches.create", persist=crud.keep)
def create(request: Request, account: Backend, reply: Reply | None) -> JsonObject:
    """A batch that is being validated. Its file has to be meant for batches, as described; the sentence is inferred."""
    key: Any = (request.body or {}).get("input_file_id")
    unfit = ApiError(400, f"The file '{key}' must be uploaded with the purpose 'batch'.", param="input_file_id")
    check_purpose(account, key, "batch", unfit)
    made = crud.create(request, account, reply)
    made["expires_at"] = made["created_at"] + _DAY
    return made


def _lines(account: Backend, batch: JsonObject) -> list[str]:
    found = account.state.collection("files").extra(batch["input_file_id"]).get("content")
    text = found.decode("utf-8", "replace") if isinstance(found, bytes) else ""
    return [line for line in text.splitlines() if line.strip()]


def _started(account: Backend, collection: Collection, body: JsonObject, before: str) -> None:
    body["request_counts"] = {"total": len(_lines(account, body)), "completed": 0, "failed": 0}


def _completed(account: Backend, collection: Collection, body: JsonObject, before: str) -> None:
    """Answer every line, and write the answers into a file, the failures into another."""
    results = list(_results(account, body))
    good = [each for each in results if each["error"] is None and each["response"]["status_code"] < 400]
    bad = [each for each in results if each not in good]
    body["request_counts"] = {"total": len(results), "completed": len(good), "failed": len(bad)}
    if good or not bad:
        body["output_file_id"] = _write(account, f"{body['id']}_output.jsonl", good)
    if bad:
        body["error_file_id"] = _write(account, f"{body['id']}_error.jsonl", bad)
    for each in good:
        answer = as_object(each["response"]["body"])
        _add(body.get("usage") or {}, as_object(answer.get("usage")))
        body["model"] = body["model"] or answer.get("model")


def _results(account: Backend, batch: JsonObject) -> Iterator[JsonObject]:
    for line in _lines(account, batch):
        try:
            asked = json.loads(line)
            url, sent, verb = asked["url"], asked["body"], asked.get("method") or "POST"
            found = match(verb, url.removeprefix("/v1"))
        except (ValueError, TypeError, KeyError, AttributeError):
            yield _failure(account, None, "invalid_json_line", "This line is not parseable as valid JSON.")
            continue
        if found is None:
            yield _failure(
                account, asked.get("custom_id"), "invalid_url", f"The URL {url} is not supported in a batch."
            )
            continue
        request = Request(found[0], sent, path_params=found[1])
        request.call = Call(
            found[0], None, started_at=account.clock.now()
        )  # not one of the calls of the code under test
        answer = account.settle(account.answer(request))
        yield {
            "id": account.ids.make("batch_req_"),
            "custom_id": asked.get("custom_id"),
            "response": {"status_code": answer.status, "request_id": answer.request_id, "body": answer.body},
            "error": None,
        }


def _failure(account: Backend, custom_id: Any, code: str, message: str) -> JsonObject:
    error = {"code": code, "message": message}
    return {"id": account.ids.make("batch_req_"), "custom_id": custom_id, "response": None, "error": error}


def _write(account: Backend, filename: str, results: list[JsonObject]) -> str:
    """A file of the account with one result a line; its id."""
    content = "".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in results).encode()
    partial = {"bytes": len(content), "filename": filename, "purpose": "batch_output"}
    return str(crud.put_new(account, "files", partial, extra={"content": content})["id"])


def _add(total: JsonObject, usage: Mapping[str, Any]) -> None:
    """Add the usage of one answer, whichever of the two ways it counts in."""
    for name, other in (("input_tokens", "prompt_tokens"), ("output_tokens", "completion_tokens")):
        if name in total:
            total[name] += usage.get(name) or usage.get(other) or 0
    if "total_tokens" in total:
        total["total_tokens"] = total["input_tokens"] + total["output_tokens"]


course(
    Course(
        "batches",
        ("validating", "in_progress", "finalizing", "completed"),
        arrive={"in_progress": _started, "completed": _completed},
        after={"cancelling": "cancelled"},
    )
)
