"""How much the API takes: numbers, lengths and counts, which the SDK's types don't say. Tables only.

From the API's description, unless "reported" (an error that public issues quote) or "measured" stands beside a row.
`params` applies them. Imports nothing.
"""

from __future__ import annotations

from typing import Final

__all__ = ["LIMITS", "Limits"]

Limits = dict[type, tuple[float | None, float | None]]
"""The least and the most, by kind: of characters (``str``), of items (``list``), or as a number (``float``)."""

_NOT_EMPTY: Final[Limits] = {str: (1, None), list: (1, None)}
_PERCENT: Final[Limits] = {float: (0, 100)}
_SHARE: Final[Limits] = {float: (0, 1)}
_SAMPLING: Final[dict[str, Limits]] = {"temperature": {float: (0, 2)}, "top_p": {float: (0, 1)}}
_PENALTIES: Final[dict[str, Limits]] = {
    "frequency_penalty": {float: (-2, 2)},
    "presence_penalty": {float: (-2, 2)},
}
_IDENTIFIER: Final[Limits] = {str: (None, 64)}
_IDENTIFIERS: Final[dict[str, Limits]] = {
    "prompt_cache_key": _IDENTIFIER,  # reported
    "safety_identifier": _IDENTIFIER,
    "user": _IDENTIFIER,  # reported
}
_ASSISTANT: Final[dict[str, Limits]] = {
    **_SAMPLING,
    "description": {str: (None, 512)},
    "instructions": {str: (None, 256_000)},
    "name": {str: (None, 256)},
    "tools": {list: (None, 128)},
}
_RUN: Final[dict[str, Limits]] = {
    **_SAMPLING,  # not so ``max_completion_tokens``: described as 256 at least, recorded to be taken with 16
    "tools": {list: (None, 20)},
}
_TUNING: Final[dict[str, Limits]] = {"batch_size": {float: (1, 256)}, "n_epochs": {float: (1, 50)}}
_CHAT_CALL: Final[dict[str, Limits]] = {"id": {str: (None, 40)}}  # reported
_ITEM: Final[dict[str, Limits]] = {"id": {str: (None, 64)}}  # reported
_CALL: Final[dict[str, Limits]] = {**_ITEM, "call_id": {str: (1, 64)}}  # reported
_PAGE: Final[dict[str, Limits]] = {"limit": {float: (1, 100)}}

LIMITS: Final[dict[str, dict[str, Limits]]] = {
    # By operation and parameter.
    "assistants.create": _ASSISTANT,
    "assistants.update": _ASSISTANT,
    "audio.speech.create": {
        "input": {str: (1, 4096)},
        "instructions": {str: (None, 4096)},
        "speed": {float: (0.25, 4)},
    },
    "chat.completions.create": {
        **_SAMPLING,
        **_PENALTIES,
        **_IDENTIFIERS,
        "functions": {list: (1, 128)},
        "max_completion_tokens": {float: (1, None)},
        "max_tokens": {float: (1, None)},
        "messages": _NOT_EMPTY,
        "model": _NOT_EMPTY,
        "n": {float: (1, 128)},
        "stop": {list: (1, 4)},
        "tools": {list: (1, 128)},  # reported
        "top_logprobs": {float: (0, 20)},
    },
    "completions.create": {
        **_SAMPLING,
        **_PENALTIES,
        "best_of": {float: (0, 20)},
        "logprobs": {float: (0, 5)},
        "max_tokens": {float: (0, None)},
        "model": _NOT_EMPTY,
        "n": {float: (1, 128)},
        "prompt": {list: (1, None)},
        "stop": {list: (1, 4)},
    },
    "conversations.create": {"items": {list: (None, 20)}},
    "conversations.items.create": {"items": {list: (None, 20)}},
    "embeddings.create": {
        "dimensions": {float: (1, None)},
        "input": {str: (1, None), list: (1, 2048)},
        "model": _NOT_EMPTY,
    },
    "fine_tuning.jobs.create": {"seed": {float: (0, 2_147_483_647)}, "suffix": {str: (1, 64)}},
    "images.create_variation": {"n": {float: (1, 10)}},
    "images.edit": {"n": {float: (1, 10)}, "output_compression": _PERCENT, "partial_images": {float: (0, 3)}},
    "images.generate": {
        "n": {float: (1, 10)},
        "output_compression": _PERCENT,
        "partial_images": {float: (0, 3)},
        "prompt": _NOT_EMPTY,
    },
    "responses.compact": {"prompt_cache_key": {str: (None, 64)}},
    "responses.create": {
        **_SAMPLING,
        **_IDENTIFIERS,
        "context_management": {list: (1, None)},
        "input": {str: (None, 10_485_760)},
        "max_output_tokens": {float: (16, None)},
        "max_tool_calls": {float: (1, None)},
        "top_logprobs": {float: (0, 20)},
    },
    "threads.create_and_run": _RUN,
    "threads.runs.create": _RUN,
    "vector_stores.create": {"file_ids": {list: (None, 500)}},
    "vector_stores.file_batches.create": {"file_ids": {list: (1, 2000)}, "files": {list: (1, 2000)}},
    "vector_stores.search": {"max_num_results": {float: (1, 50)}},
    **dict.fromkeys(
        (
            *("assistants.list", "threads.messages.list", "threads.runs.list", "threads.runs.steps.list"),
            *("vector_stores.list", "vector_stores.files.list", "vector_stores.file_batches.list_files"),
            *("batches.list", "containers.list", "containers.files.list"),
            *("conversations.items.list", "responses.input_items.list"),
        ),
        _PAGE,
    ),
    # By TypedDict and field, wherever one stands; without ``Beta``.
    "ChatCompletionAssistantMessageParam": {"content": {list: (1, None)}, "tool_calls": {list: (1, 128)}},
    "ChatCompletionDeveloperMessageParam": {"content": {list: (1, None)}},
    "ChatCompletionMessageCustomToolCallParam": _CHAT_CALL,
    "ChatCompletionMessageFunctionToolCallParam": _CHAT_CALL,
    "ChatCompletionPredictionContentParam": {"content": {list: (1, None)}},
    "ChatCompletionSystemMessageParam": {"content": {list: (1, None)}},
    "ChatCompletionToolMessageParam": {"content": {list: (1, None)}, "tool_call_id": {str: (None, 40)}},
    "ChatCompletionUserMessageParam": {"content": {list: (1, None)}},
    "ContextManagement": {"compact_threshold": {float: (1000, None)}},
    "FileSearch": {"max_num_results": {float: (1, 50)}},
    "FileSearchRankingOptions": {"score_threshold": _SHARE},
    "FileSearchToolParam": {"max_num_results": {float: (1, 50)}, "vector_store_ids": {list: (1, None)}},
    "FunctionDefinition": {"description": {str: (None, 1_048_576)}},  # reported
    "ImageGeneration": {"output_compression": _PERCENT, "partial_images": {float: (0, 3)}},
    "NamespaceToolParam": {"tools": {list: (1, None)}},
    "ExpiresAfter": {"days": {float: (1, 365)}},
    "OutputExpiresAfter": {"seconds": {float: (3600, 2_592_000)}},
    "RankingOptions": {"score_threshold": _SHARE},
    "StaticFileChunkingStrategyParam": {
        "chunk_overlap_tokens": {float: (0, None)},
        "max_chunk_size_tokens": {float: (100, 4096)},
    },
    "ToolResourcesCodeInterpreter": {"file_ids": {list: (None, 20)}},
    "ToolResourcesFileSearch": {"vector_store_ids": {list: (None, 1)}, "vector_stores": {list: (None, 1)}},
    "TruncationStrategy": {"last_messages": {float: (1, None)}},
    **dict.fromkeys(
        (
            *("Hyperparameters", "DpoHyperparametersParam", "ReinforcementHyperparametersParam"),
            "SupervisedHyperparametersParam",
        ),
        _TUNING,
    ),
    **dict.fromkeys(
        (
            *("ApplyPatchCall", "ApplyPatchCallOutput", "ComputerCallOutput", "LocalShellCall"),
            *("Program", "ProgramOutput", "ResponseComputerToolCallParam", "ResponseCustomToolCallOutputParam"),
            *("ResponseCustomToolCallParam", "ResponseFunctionToolCallParam", "ShellCall", "ShellCallOutput"),
        ),
        _CALL,
    ),
    "FunctionCallOutput": {**_CALL, "output": {str: (None, 10_485_760)}},  # reported
    **dict.fromkeys(
        (
            *("ResponseCodeInterpreterToolCallParam", "ResponseFileSearchToolCallParam", "ImageGenerationCall"),
            *("ResponseFunctionWebSearchParam", "ResponseOutputMessageParam", "ResponseReasoningItemParam"),
        ),
        _ITEM,
    ),
}
"""What the API refuses more or less of; `_IDENTIFIERS` and the like are shared by several."""
