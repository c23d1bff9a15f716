"""What single families of models refuse: sampling by those that reason, reasoning by those that don't.

Names decide, as in `operations.model_facts`; a model whose name is not OpenAI's is taken to do everything. Texts and
``param`` are the API's, sources as in `fakeopenai.rules`; looked at after all other faults (measured). Imports leaves,
and what operations know of models.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, cast

from .. import messages
from ..errors import ApiError, UsageError
from ..operations.model_facts import facts_of
from ..operations.narrowing import as_object
from .case import Case

if TYPE_CHECKING:
    from ..backend import Backend

__all__ = ["chat_parameters", "check_known", "coerce_models", "embedding_parameters", "response_parameters"]

Body = Mapping[str, Any]

_PENALTIES: Final = ("presence_penalty", "frequency_penalty")


def chat_parameters(case: Case) -> None:
    """The parameters of a chat completion that its model doesn't take."""
    body = case.body
    model = body.get("model")
    if type(model) is not str:
        return
    facts = facts_of(model)
    if facts.sampling:
        if body.get("reasoning_effort") is not None and facts.known_plain:  # reported for gpt-4o
            raise ApiError(400, "Unrecognized request argument supplied: reasoning_effort")
        return
    if body.get("max_tokens") is not None:  # reported
        raise messages.unsupported_parameter("max_tokens", "max_completion_tokens")
    for name in ("logit_bias", "stop"):  # measured; ``stop`` recorded
        if body.get(name) and not (name == "stop" and facts.stop):
            raise messages.unsupported_parameter(name)
    if (body.get("reasoning_effort") or facts.effort) == "none":  # measured: it takes them as long as it doesn't reason
        return
    temperature, top_p = body.get("temperature"), body.get("top_p")
    if temperature is not None and not facts.temperature:  # reported
        raise messages.unsupported_parameter("temperature")
    if temperature is not None and temperature != 1:  # reported, measured
        raise ApiError(
            400,
            f"Unsupported value: 'temperature' does not support {json.dumps(temperature)} with this model. Only the "
            "default (1) value is supported.",
            param="temperature",
            code="unsupported_value",
        )
    if top_p is not None and top_p != 1:  # measured
        raise messages.unsupported_parameter("top_p")
    for name in (*_PENALTIES, "logprobs", "top_logprobs"):  # measured; ``logprobs`` recorded
        if body.get(name):
            raise messages.unsupported_parameter(name)


def response_parameters(case: Case) -> None:
    """The parameters of a response that its model doesn't take."""
    body = case.body
    model = body.get("model")
    if type(model) is not str:
        return
    facts = facts_of(model)
    effort = as_object(body.get("reasoning")).get("effort")
    if facts.sampling:
        if effort is not None and facts.known_plain:  # reported for gpt-4o
            raise messages.unsupported_parameter("reasoning.effort")
        return
    if (effort or facts.effort) == "none":
        return
    for name in ("temperature", "top_p", *_PENALTIES):  # measured: without a code, here
        usual = 0 if name in _PENALTIES else 1
        if body.get(name) is not None and body[name] != usual:
            raise ApiError(400, f"Unsupported parameter: '{name}' is not supported with this model.", param=name)
    told = "include" if "message.output_text.logprobs" in (body.get("include") or ()) else None
    told = told or ("top_logprobs" if body.get("top_logprobs") else None)
    if told is not None:  # measured; ``top_logprobs`` recorded
        raise ApiError(
            400, "logprobs are not supported with reasoning models.", param=told, code="unsupported_parameter"
        )


def embedding_parameters(case: Case) -> None:
    """The oldest embedding model has one length. Reported."""
    body = case.body
    if body.get("model") == "text-embedding-ada-002":
        raise ApiError(400, "This model does not support specifying dimensions.")


def coerce_models(models: Any) -> frozenset[str] | None:
    """The names of the models that an account has, as a test gives them; None for all there are."""
    if models is None:
        return None
    if isinstance(models, str) or not isinstance(models, Iterable):
        raise UsageError(
            f'models= takes the names of the models that there are, models=["gpt-5"]; got {type(models).__name__} '
            f"{models!r}."
        )
    return frozenset(cast("Iterable[str]", models))


def check_known(operation: str, model: Any, known: frozenset[str], account: Backend) -> None:
    """Refuse a model that is not among those that an account was said to have, nor one that it has made since.

    Recorded for responses, chat and completions, embeddings; measured for images.
    """
    if type(model) is not str or model in known or model in account.state.collection("models"):
        return
    if operation.startswith("models."):  # which says so itself
        return
    name = operation.removeprefix("beta.")
    if name.startswith("images."):
        raise ApiError(
            400,
            f"The model '{model}' does not exist.",
            type="image_generation_user_error",
            param="model",
            code="invalid_value",
        )
    if name.startswith(("responses.", "assistants.", "threads.")):
        raise ApiError(400, f"The requested model '{model}' does not exist.", param="model", code="model_not_found")
    raise ApiError(404, f"The model `{model}` does not exist or you do not have access to it.", code="model_not_found")
