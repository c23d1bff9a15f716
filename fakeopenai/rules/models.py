"""What single families of models refuse: sampling by those that reason, reasoning by those that don't.

Names decide, as in `operations.model_facts`; a model whose name is not OpenAI's is taken to do everything. Texts and
``param`` are the API's, sources as in `fakeopenai.rules`; looked at after all other faults (measured). Imports leaves,
and what operations know of models.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

from .. import messages
from ..errors import ApiError, UsageError
from ..operations.generation import is_reasoning_model
from ..operations.model_facts import facts_of
from ..operations.narrowing import as_object
from .case import Case

__all__ = ["chat_parameters", "check_known", "coerce_models", "embedding_parameters", "response_parameters"]

Body = Mapping[str, Any]

_PLAIN = re.compile(r"(ft:)?(gpt-3\.5|gpt-4|chatgpt-4o)")
_NO_TEMPERATURE_AT_ALL = re.compile(r"(ft:)?(o1(?!-mini|-preview)|o3-mini)")
_WITH_STOP = re.compile(r"(ft:)?o1")
_PENALTIES: Final = ("presence_penalty", "frequency_penalty")


@functools.lru_cache(maxsize=256)
def _family(model: str) -> tuple[bool, bool]:
    """Whether a model reasons, and whether it does so even if nobody says how hard."""
    if not is_reasoning_model(model):
        return False, False
    return True, facts_of(model).effort != "none"


def chat_parameters(case: Case) -> None:
    """The parameters of a chat completion that its model doesn't take."""
    body = case.body
    model = body.get("model")
    if type(model) is not str:
        return
    reasons, by_default = _family(model)
    if not reasons:
        if body.get("reasoning_effort") is not None and _PLAIN.match(model):  # reported for gpt-4o
            raise ApiError(400, "Unrecognized request argument supplied: reasoning_effort")
        return
    if body.get("max_tokens") is not None:  # reported
        raise messages.unsupported_parameter("max_tokens", "max_completion_tokens")
    for name in ("logit_bias", "stop"):  # measured; ``stop`` recorded
        if body.get(name) and not (name == "stop" and _WITH_STOP.match(model)):
            raise messages.unsupported_parameter(name)
    effort = body.get("reasoning_effort")
    if effort == "none" or (effort is None and not by_default):  # measured: it takes them as long as it doesn't reason
        return
    temperature, top_p = body.get("temperature"), body.get("top_p")
    if temperature is not None and _NO_TEMPERATURE_AT_ALL.match(model):  # reported
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
    reasons, by_default = _family(model)
    effort = as_object(body.get("reasoning")).get("effort")
    if not reasons:
        if effort is not None and _PLAIN.match(model):  # reported for gpt-4o
            raise messages.unsupported_parameter("reasoning.effort")
        return
    if effort == "none" or (effort is None and not by_default):
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


def check_known(operation: str, model: Any, known: frozenset[str]) -> None:
    """Refuse a model that is not among those that an account was said to have.

    Recorded for responses, chat and completions, embeddings; measured for images.
    """
    if type(model) is not str or model in known:
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
