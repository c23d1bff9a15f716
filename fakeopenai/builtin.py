"""What the real API sends when nobody asks for anything else, by response type: a table of facts.

Taken from answers of the real API, and from its own description for types of which there are none. `assemble` builds
every answer on it; what the user sets goes into `defaults`. Imports nothing of ours.
"""

from __future__ import annotations

import enum
import functools
from typing import Any, Final, Literal, NamedTuple

import pydantic

__all__ = ["ABSENT", "BUILTIN", "FULL", "Row", "Sent", "builtin_for", "row_for"]


class Sent(enum.Enum):
    """What is said of a key instead of giving its value."""

    FULL = "full"
    """In the table: a whole object, as the defaults of the field's type have it, though the field might be null."""
    ABSENT = "absent"
    """In the table and in computed layers: not sent, though the SDK's type demands it or a layer below has it."""


FULL: Final[Literal[Sent.FULL]] = Sent.FULL
ABSENT: Final[Literal[Sent.ABSENT]] = Sent.ABSENT


class Row(NamedTuple):
    """What the API sends for one type: the keys in its order, and what is in those that are not null."""

    keys: str
    values: dict[str, Any]

    def spread(self) -> dict[str, Any]:
        """The row as a dict: ``...`` where it says nothing of a key."""
        keys = self.keys.split()
        if not self.values.keys() <= set(keys):
            raise ValueError(f"values without a place among the keys: {sorted(self.values.keys() - set(keys))}")
        return {**dict.fromkeys(keys, ...), **self.values}


def _sent(keys: str, /, **values: Any) -> Row:
    return Row(keys, values)


_ORGANIZATION = "org-fakeopenai00000000000000"
_HYPERPARAMETERS = _sent(
    "n_epochs batch_size learning_rate_multiplier", n_epochs="auto", batch_size="auto", learning_rate_multiplier="auto"
)
_CONTAINER = _sent(
    "id object created_at status expires_after last_active_at memory_limit name network_policy",
    object="container",
    status="running",
    expires_after={"anchor": "last_active_at", "minutes": 20},
    memory_limit="1g",
    network_policy={"type": "disabled"},
)
_RUN_USAGE = _sent(
    "prompt_tokens completion_tokens total_tokens prompt_token_details completion_tokens_details",
    prompt_token_details={"cached_tokens": 0},
    completion_tokens_details={"reasoning_tokens": 0},
)
_ASSIGNED_ROLE = _sent(
    "id name description permissions resource_type predefined_role created_at updated_at created_by "
    "created_by_user_obj metadata assignment_sources",
    metadata={},
)
_VISION = _sent("type image_url file_id detail", detail="auto")

BUILTIN: dict[str, Row] = {
    # chat and completions
    "ChatCompletion": _sent(
        "id object created model choices usage service_tier system_fingerprint", usage=FULL, service_tier="default"
    ),
    "chat_completion.Choice": _sent("index message logprobs finish_reason"),
    "ChatCompletionMessage": _sent("role content refusal annotations", annotations=[]),
    "ChatCompletionStoreMessage": _sent("id role content content_parts name"),
    "chat_completion.ChoiceLogprobs": _sent("content refusal"),
    "ChatCompletionTokenLogprob": _sent("token logprob bytes top_logprobs"),
    "chat_completion_token_logprob.TopLogprob": _sent("token logprob bytes"),
    "CompletionUsage": _sent(
        "prompt_tokens completion_tokens total_tokens prompt_tokens_details completion_tokens_details",
        prompt_tokens_details=FULL,
        completion_tokens_details=FULL,
    ),
    "completion_usage.PromptTokensDetails": _sent("cached_tokens audio_tokens", cached_tokens=0, audio_tokens=0),
    "completion_usage.CompletionTokensDetails": _sent(
        "reasoning_tokens audio_tokens accepted_prediction_tokens rejected_prediction_tokens",
        reasoning_tokens=0,
        audio_tokens=0,
        accepted_prediction_tokens=0,
        rejected_prediction_tokens=0,
    ),
    "Completion": _sent(
        "id object created model choices usage",
        usage={"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
    ),
    "CompletionChoice": _sent("text index logprobs finish_reason"),
    # embeddings, moderations, images, audio, videos
    "CreateEmbeddingResponse": _sent("object data model usage"),
    "Embedding": _sent("object index embedding"),
    "moderation.Categories": _sent("illicit illicit/violent", **{"illicit": False, "illicit/violent": False}),
    "ImagesResponse": _sent("created data", data=[]),
    "images_response.Usage": _sent(
        "input_tokens input_tokens_details output_tokens output_tokens_details total_tokens", output_tokens_details=FULL
    ),
    "transcription.UsageTokens": _sent(
        "type total_tokens input_tokens input_token_details output_tokens", input_token_details=FULL
    ),
    "transcription.UsageTokensInputTokenDetails": _sent("text_tokens audio_tokens", text_tokens=0, audio_tokens=0),
    "TranscriptionVerbose": _sent(
        "task language duration text segments usage", task="transcribe", segments=[], usage=FULL
    ),
    "TranscriptionDiarized": _sent("text task duration segments usage", usage=FULL),
    "transcription_diarized.UsageTokens": _sent(
        "type total_tokens input_tokens input_token_details output_tokens", input_token_details=FULL
    ),
    "transcription_diarized.UsageTokensInputTokenDetails": _sent(
        "text_tokens audio_tokens", text_tokens=0, audio_tokens=0
    ),
    "Video": _sent(
        "id object created_at status completed_at error expires_at model progress prompt remixed_from_video_id seconds "
        "size"
    ),
    "VideoCreateCharacterResponse": _sent("id created_at name"),
    "VideoGetCharacterResponse": _sent("id created_at name"),
    # files, uploads, batches, models
    "FileObject": _sent(
        "object id purpose filename bytes created_at expires_at status status_details", status="processed"
    ),
    "FileDeleted": _sent("object deleted id", deleted=True),
    "Upload": _sent("id object bytes created_at filename purpose status expires_at"),
    "Batch": _sent(
        "id object endpoint model errors input_file_id completion_window status output_file_id error_file_id "
        "created_at in_progress_at expires_at finalizing_at completed_at failed_at expired_at cancelling_at "
        "cancelled_at request_counts usage metadata",
        completion_window="24h",
        request_counts=FULL,
        usage=FULL,
    ),
    "model.Model": _sent("id object created owned_by shutdown_date", owned_by="system"),
    "ModelDeleted": _sent("id object deleted owned_by", object="model", deleted=True, owned_by="openai-internal"),
    # vector stores and containers
    "VectorStore": _sent(
        "id object created_at name description usage_bytes file_counts status expires_after expires_at last_active_at "
        "metadata",
        name=None,
        status="completed",
        metadata={},
    ),
    "VectorStoreFile": _sent(
        "id object usage_bytes created_at vector_store_id status last_error chunking_strategy attributes",
        chunking_strategy={"type": "static", "static": {"max_chunk_size_tokens": 800, "chunk_overlap_tokens": 400}},
        attributes={},
    ),
    "VectorStoreFileBatch": _sent(  # recorded; the SDK's type says files_batch
        "id object created_at status vector_store_id file_counts", object="vector_store.file_batch"
    ),
    "VectorStoreSearchResponse": _sent("file_id filename score attributes content", attributes={}),
    "ContainerCreateResponse": _CONTAINER,
    "ContainerRetrieveResponse": _CONTAINER,
    "ContainerListResponse": _CONTAINER,
    "containers.file_create_response.FileCreateResponse": _sent("source", source="user"),
    "containers.file_retrieve_response.FileRetrieveResponse": _sent("source", source="user"),
    "containers.file_list_response.FileListResponse": _sent("source", source="user"),
    # assistants
    "Assistant": _sent(
        "id object created_at name description model instructions tools top_p temperature reasoning_effort "
        "tool_resources metadata response_format",
        top_p=1.0,
        temperature=1.0,
        tool_resources={},
        metadata={},
        response_format="auto",
    ),
    "ToolResourcesCodeInterpreter": _sent("file_ids", file_ids=[]),
    "ToolResourcesFileSearch": _sent("vector_store_ids", vector_store_ids=[]),
    "file_search_tool.FileSearchTool": _sent("type file_search", file_search=FULL),
    "file_search_tool.FileSearch": _sent("ranking_options", ranking_options=FULL),
    "file_search_tool.FileSearchRankingOptions": _sent(
        "ranker score_threshold hybrid_search", ranker="default_2024_08_21"
    ),
    "FunctionDefinition": _sent("name description parameters strict", description=ABSENT, parameters={}, strict=False),
    "Thread": _sent("id object created_at metadata tool_resources", metadata={}, tool_resources={}),
    "threads.message.Message": _sent(
        "id object created_at assistant_id thread_id run_id status role content attachments metadata",
        status=ABSENT,
        attachments=[],
        metadata={},
    ),
    "threads.image_file.ImageFile": _sent("file_id detail", detail="auto"),
    "threads.image_url.ImageURL": _sent("url detail", detail="auto"),
    "run.Run": _sent(
        "id object created_at assistant_id thread_id status started_at expires_at cancelled_at failed_at completed_at "
        "required_action last_error model instructions tools tool_resources metadata temperature top_p "
        "reasoning_effort max_completion_tokens max_prompt_tokens truncation_strategy incomplete_details usage "
        "response_format tool_choice parallel_tool_calls",
        instructions=None,
        tool_resources={},
        metadata={},
        temperature=1.0,
        top_p=1.0,
        truncation_strategy=FULL,
        response_format="auto",
        tool_choice="auto",
        parallel_tool_calls=True,
    ),
    "run.TruncationStrategy": _sent("type last_messages"),
    "run.Usage": _RUN_USAGE,
    "RunStep": _sent(
        "id object created_at run_id assistant_id thread_id type status cancelled_at completed_at expires_at "
        "failed_at last_error step_details usage"
    ),
    "run_step.Usage": _RUN_USAGE,
    "runs.function_tool_call.Function": _sent("name arguments output"),
    "runs.file_search_tool_call.FileSearch": _sent("ranking_options results", ranking_options=FULL, results=[]),
    "runs.file_search_tool_call.FileSearchRankingOptions": _sent("ranker score_threshold", ranker="default_2024_08_21"),
    "runs.file_search_tool_call.FileSearchResult": _sent(
        "file_id file_name score attributes content", attributes={}, content=ABSENT
    ),
    # fine-tuning
    "FineTuningJob": _sent(
        "object id model created_at finished_at fine_tuned_model organization_id result_files status validation_file "
        "training_file hyperparameters trained_tokens error user_provided_suffix seed estimated_finish integrations "
        "metadata usage_metrics shared_with_openai eval_id method",
        organization_id=_ORGANIZATION,
        error={},
        integrations=[],
        shared_with_openai=False,
        method=FULL,
    ),
    "fine_tuning_job.Hyperparameters": _HYPERPARAMETERS,
    "fine_tuning_job.Method": _sent("type supervised", supervised=FULL),
    "fine_tuning_job.Error": _sent("code param message"),
    "SupervisedMethod": _sent("hyperparameters", hyperparameters=FULL),
    "SupervisedHyperparameters": _HYPERPARAMETERS,
    "DpoMethod": _sent("hyperparameters", hyperparameters=FULL),
    "DpoHyperparameters": _sent(
        "beta n_epochs batch_size learning_rate_multiplier", beta="auto", **_HYPERPARAMETERS.values
    ),
    "ReinforcementMethod": _sent("grader hyperparameters", hyperparameters=FULL),
    "ReinforcementHyperparameters": _sent(
        "n_epochs batch_size learning_rate_multiplier eval_interval eval_samples compute_multiplier reasoning_effort",
        **_HYPERPARAMETERS.values,
        eval_interval="auto",
        eval_samples="auto",
        compute_multiplier="auto",
        reasoning_effort="default",
    ),
    "FineTuningJobEvent": _sent("object id created_at level message data type", data={}, type="message"),
    "grader_run_response.Metadata": _sent("token_usage sampled_model_name"),
    "grader_run_response.MetadataErrors": _sent(
        "python_grader_server_error_type python_grader_runtime_error_details model_grader_server_error_details"
    ),
    # responses
    "responses.response.Response": _sent(
        "id object created_at status background billing completed_at error frequency_penalty incomplete_details "
        "instructions max_output_tokens max_tool_calls model moderation output parallel_tool_calls presence_penalty "
        "previous_response_id prompt_cache_key prompt_cache_retention reasoning safety_identifier service_tier store "
        "temperature text tool_choice tool_usage tools top_logprobs top_p truncation usage user metadata",
        status="completed",
        background=False,
        billing={"payer": "developer"},
        frequency_penalty=0.0,
        parallel_tool_calls=True,
        presence_penalty=0.0,
        prompt_cache_retention="in_memory",
        reasoning=FULL,
        service_tier="default",
        store=True,
        temperature=1.0,
        text=FULL,
        tool_choice="auto",
        tool_usage={
            "image_gen": {
                "input_tokens": 0,
                "input_tokens_details": {"image_tokens": 0, "text_tokens": 0},
                "output_tokens": 0,
                "output_tokens_details": {"image_tokens": 0, "text_tokens": 0},
                "total_tokens": 0,
            },
            "web_search": {"num_requests": 0},
        },
        top_logprobs=0,
        top_p=1.0,
        truncation="disabled",
        usage=FULL,
        metadata={},
    ),
    "shared.reasoning.Reasoning": _sent("context effort summary"),
    "responses.response.Reasoning": _sent("context effort summary"),
    "ResponseTextConfig": _sent("format verbosity", format={"type": "text"}, verbosity="medium"),
    "ResponseFormatTextJSONSchemaConfig": _sent("type description name schema strict", strict=True),
    "ResponseUsage": _sent(
        "input_tokens input_tokens_details output_tokens output_tokens_details total_tokens",
    ),
    "response_usage.InputTokensDetails": _sent("cache_write_tokens cached_tokens", cache_write_tokens=0),
    "CompactedResponse": _sent("id object created_at output usage"),
    "ResponseOutputMessage": _sent("id type status content role", status="completed"),
    "ResponseOutputText": _sent("type annotations logprobs text", logprobs=[]),
    "ResponseReasoningItem": _sent("id type content summary", content=[]),
    "ResponseFunctionToolCall": _sent("id type status arguments call_id name", id="", status="completed"),
    "ResponseFunctionToolCallItem": _sent("id type status arguments call_id name", status="completed"),
    "ResponseFunctionToolCallOutputItem": _sent("id type status call_id output", status="completed"),
    "ResponseCustomToolCall": _sent("id type status call_id input name", id="", status="completed"),
    "ResponseFileSearchToolCall": _sent("id type status queries results", status="completed"),
    "ResponseFunctionWebSearch": _sent("id type status action", status="completed"),
    "ResponseCodeInterpreterToolCall": _sent("id type status code container_id outputs", status="completed"),
    "ResponseComputerToolCall": _sent("id type status action call_id pending_safety_checks", status="completed"),
    "ResponseApplyPatchToolCall": _sent("id type status call_id operation", status="completed"),
    "ResponseFunctionShellToolCall": _sent("id type status action call_id environment", status="completed"),
    "response_function_shell_tool_call.Action": _sent("commands max_output_length timeout_ms"),
    "ResponseFunctionShellToolCallOutput": _sent("id type status call_id max_output_length output", status="completed"),
    "ResponseToolSearchCall": _sent(
        "id type status arguments call_id execution", status="completed", execution="server"
    ),
    "ResponseToolSearchOutputItem": _sent(
        "id type status call_id execution tools", status="completed", execution="server"
    ),
    "ResponseInputMessageItem": _sent("id type status content role", type="message", status="completed"),
    "ResponseInputImage": _sent("type detail file_id image_url", detail="auto"),
    "ResponseInputFile": _sent("type file_id"),
    "EasyInputMessage": _sent("type content role", type="message"),
    "ImageGenerationCall": _sent(
        "id type status background output_format quality result revised_prompt size",
        status="completed",
        background="opaque",
        output_format="png",
        quality="medium",
        size="1024x1024",
    ),
    "LocalShellCall": _sent("id type status action call_id", status="completed"),
    "McpCall": _sent("id type status approval_request_id arguments error name output server_label", status="completed"),
    "McpListToolsTool": _sent("annotations description input_schema name"),
    "CompactionTrigger": _sent("id type"),
    "AgentMessageContentComputerScreenshot": _VISION,
    "computer_screenshot_content.ComputerScreenshotContent": _VISION,
    # tools, as responses echo them
    "responses.function_tool.FunctionTool": _sent(
        "type description name output_schema parameters strict", parameters={}, strict=True
    ),
    "namespace_tool.ToolFunction": _sent(
        "type description name output_schema parameters strict", parameters={}, strict=True
    ),
    "responses.file_search_tool.FileSearchTool": _sent(
        "type filters max_num_results ranking_options vector_store_ids", max_num_results=20, ranking_options=FULL
    ),
    "responses.file_search_tool.RankingOptions": _sent("ranker score_threshold", ranker="auto", score_threshold=0.0),
    "WebSearchTool": _sent(
        "type return_token_budget search_content_types search_context_size user_location",
        return_token_budget="default",  # noqa: S106 - a number of tokens
        search_content_types=["text"],
        search_context_size="medium",
        user_location=FULL,
    ),
    "web_search_tool.UserLocation": _sent("type city country region timezone", type="approximate", country="US"),
    "WebSearchPreviewTool": _sent(
        "type search_context_size user_location", search_context_size="medium", user_location=FULL
    ),
    "web_search_preview_tool.UserLocation": _sent("type city country region timezone", country="US"),
    "tool.Mcp": _sent(
        "type allowed_tools headers require_approval server_description server_label server_url",
        require_approval="always",
    ),
    "McpRequireApprovalMcpToolApprovalFilter": _sent("always never"),
    "McpRequireApprovalMcpToolApprovalFilterAlways": _sent("read_only tool_names"),
    "McpRequireApprovalMcpToolApprovalFilterNever": _sent("read_only tool_names"),
    "tool.ImageGeneration": _sent(
        "type background moderation n output_compression output_format quality size",
        background="auto",
        moderation="auto",
        n=1,
        output_compression=100,
        output_format="png",
        quality="auto",
        size="auto",
    ),
    "ToolSearchTool": _sent("type description parameters"),
    "CustomTool": _sent("type description format name", format={"type": "text"}),
    # conversations
    "conversations.conversation.Conversation": _sent("id object created_at metadata"),
    "conversations.message.Message": _sent("id type status content role", status="completed", role="user"),
    # realtime
    "RealtimeSessionCreateResponse": _sent(
        "type object id model output_modalities instructions tools tool_choice max_output_tokens tracing truncation "
        "prompt expires_at audio include",
        object="realtime.session",
        model="gpt-realtime",
        output_modalities=["audio"],
        instructions="You are a friendly assistant.",
        tools=[],
        tool_choice="auto",
        max_output_tokens="inf",
        truncation="auto",
        expires_at=0,
        audio=FULL,
    ),
    "realtime_session_create_response.Audio": _sent("input output", input=FULL, output=FULL),
    "realtime_session_create_response.AudioInput": _sent(
        "format transcription noise_reduction turn_detection",
        format={"type": "audio/pcm", "rate": 24000},
        turn_detection=FULL,
    ),
    "realtime_session_create_response.AudioInputTurnDetectionServerVad": _sent(
        "type threshold prefix_padding_ms silence_duration_ms idle_timeout_ms create_response interrupt_response",
        threshold=0.5,
        prefix_padding_ms=300,
        silence_duration_ms=200,
        create_response=True,
        interrupt_response=True,
    ),
    "realtime_session_create_response.AudioOutput": _sent(
        "format voice speed", format={"type": "audio/pcm", "rate": 24000}, voice="alloy", speed=1.0
    ),
    "RealtimeTranscriptionSessionCreateResponse": _sent(
        "type object id include expires_at audio", object="realtime.transcription_session", expires_at=0, audio=FULL
    ),
    "realtime_transcription_session_create_response.Audio": _sent("input", input=FULL),
    "realtime_transcription_session_create_response.AudioInput": _sent(
        "format", format={"type": "audio/pcm", "rate": 24000}
    ),
    "realtime.audio_transcription.AudioTranscription": _sent("language model prompt"),
    # evals, skills, content checks
    **dict.fromkeys(
        ("EvalCreateResponse", "EvalListResponse", "EvalRetrieveResponse", "EvalUpdateResponse"),
        _sent("object id data_source_config testing_criteria name created_at metadata", metadata={}),
    ),
    **dict.fromkeys(
        (
            "evals.run_create_response.RunCreateResponse",
            "evals.run_list_response.RunListResponse",
            "evals.run_retrieve_response.RunRetrieveResponse",
            "evals.run_cancel_response.RunCancelResponse",
        ),
        _sent(
            "object id eval_id report_url status model name created_at result_counts per_model_usage "
            "per_testing_criteria_results data_source error metadata",
            status="queued",
            per_model_usage=[],
            per_testing_criteria_results=[],
            error=None,
            metadata={},
        ),
    ),
    "evals.run_delete_response.RunDeleteResponse": _sent(
        "object deleted run_id", object="eval.run.deleted", deleted=True
    ),
    "EvalDeleteResponse": _sent("object deleted eval_id", object="eval.deleted", deleted=True),
    **dict.fromkeys(
        ("output_item_list_response.Sample", "output_item_retrieve_response.Sample"), _sent("error", error=None)
    ),
    "OutputItemListResponse": _sent("status", status="pass"),
    "OutputItemRetrieveResponse": _sent("status", status="pass"),
    "Skill": _sent(
        "id object created_at default_version description latest_version name", default_version="1", latest_version="1"
    ),
    "content_provenance_check.ResultC2PA": _sent("issuer model generated_at"),
    "content_provenance_check.ResultSynthID": _sent("model generated_at"),
    # chatkit
    "ChatSessionFileUpload": _sent("enabled max_file_size max_files"),
    "ChatSessionHistory": _sent("enabled recent_threads"),
    "ChatKitAttachment": _sent("id type name mime_type preview_url"),
    "ChatKitThread": _sent("id object created_at status title user"),
    "chatkit_thread.StatusLocked": _sent("type reason"),
    "chatkit_thread.StatusClosed": _sent("type reason"),
    "DataChatKitClientToolCall": _sent("output"),
    "DataChatKitTask": _sent("heading summary"),
    "DataChatKitTaskGroupTask": _sent("heading summary"),
    "ChatKitThreadUserMessageItem": _sent("inference_options"),
    "chatkit_thread_user_message_item.InferenceOptions": _sent("model tool_choice"),
    "ChatKitWorkflow": _sent("id state_variables tracing version"),
    # agents
    "vaults.credential.Credential": _sent("id object auth created_at metadata name updated_at vault_id", metadata={}),
    # organization
    "AdminAPIKey": _sent("object id name redacted_value created_at expires_at last_used_at owner"),
    "AdminAPIKeyCreateResponse": _sent("object id name redacted_value value created_at expires_at last_used_at owner"),
    "Invite": _sent("object id email role status created_at expires_at accepted_at projects", status="pending"),
    "OrganizationUser": _sent("object id name email role added_at"),
    "organization.project.Project": _sent("id object name created_at archived_at status", status="active"),
    "ProjectUser": _sent("object id name email role added_at", role="member"),
    "groups.role_delete_response.RoleDeleteResponse": _sent(
        "object deleted", object="group.role.deleted", deleted=True
    ),
    "users.role_delete_response.RoleDeleteResponse": _sent("object deleted", object="user.role.deleted", deleted=True),
    **dict.fromkeys(
        ("organization_spend_alert.NotificationChannel", "project_spend_alert.NotificationChannel"),
        _sent("type recipients subject_prefix"),
    ),
    "Certificate": _sent("object id name"),
    "CertificateListResponse": _sent("object id name"),
    "CertificateActivateResponse": _sent("object id name"),
    "CertificateDeactivateResponse": _sent("object id name"),
    "OrganizationGroupUser": _sent("id name email"),
    "groups.user_retrieve_response.UserRetrieveResponse": _sent("email picture is_service_account"),
    "role.Role": _sent("id name description"),
    "role_list_response.RoleListResponse": _ASSIGNED_ROLE,
    "role_retrieve_response.RoleRetrieveResponse": _ASSIGNED_ROLE,
    "ProjectAPIKey": _sent("object id name redacted_value created_at last_used_at owner"),
    "ServiceAccountCreateResponse": _sent("object id name role created_at api_key", api_key=FULL),
    **dict.fromkeys(
        (
            "UsageAudioSpeechesResponse",
            "UsageAudioTranscriptionsResponse",
            "UsageCodeInterpreterSessionsResponse",
            "UsageCompletionsResponse",
            "UsageCostsResponse",
            "UsageEmbeddingsResponse",
            "UsageFileSearchCallsResponse",
            "UsageImagesResponse",
            "UsageModerationsResponse",
            "UsageVectorStoresResponse",
            "UsageWebSearchCallsResponse",
        ),
        _sent("object data has_more next_page"),
    ),
    "DataResultOrganizationUsageCompletionsResult": _sent(
        "object input_tokens output_tokens num_model_requests project_id user_id api_key_id model batch "
        "input_cached_tokens input_audio_tokens output_audio_tokens",
        input_cached_tokens=0,
        input_audio_tokens=0,
        output_audio_tokens=0,
    ),
    "DataResultOrganizationUsageEmbeddingsResult": _sent(
        "object input_tokens num_model_requests project_id user_id api_key_id model"
    ),
    "DataResultOrganizationUsageModerationsResult": _sent(
        "object input_tokens num_model_requests project_id user_id api_key_id model"
    ),
    "DataResultOrganizationUsageImagesResult": _sent(
        "object images num_model_requests size source project_id user_id api_key_id model"
    ),
    "DataResultOrganizationUsageAudioSpeechesResult": _sent(
        "object characters num_model_requests project_id user_id api_key_id model"
    ),
    "DataResultOrganizationUsageAudioTranscriptionsResult": _sent(
        "object num_model_requests seconds project_id user_id api_key_id model"
    ),
    "DataResultOrganizationUsageVectorStoresResult": _sent("object usage_bytes project_id"),
    "DataResultOrganizationUsageCodeInterpreterSessionsResult": _sent("object num_sessions project_id"),
    "DataResultOrganizationUsageFileSearchesResult": _sent(
        "object num_requests project_id user_id api_key_id vector_store_id"
    ),
    "DataResultOrganizationUsageWebSearchesResult": _sent(
        "object num_model_requests num_requests project_id user_id api_key_id model context_level"
    ),
    "DataResultOrganizationCostsResult": _sent(
        "object amount line_item project_id organization_id", amount=FULL, organization_id=_ORGANIZATION
    ),
    "DataResultOrganizationCostsResultAmount": _sent("value currency", value=0.0, currency="usd"),
    # pages
    "SyncPage": _sent("object data", object="list"),
    "SyncCursorPage": _sent("object data first_id last_id has_more", object="list", has_more=False),
    "SyncConversationCursorPage": _sent("object data first_id has_more last_id", object="list", has_more=False),
    "SyncTokenPage": _sent("object data has_more next", object="list", has_more=False),
    "SyncNextCursorPage": _sent("object data has_more next", object="list", has_more=False),
}
"""What the API sends unasked, by response type: the keys in the API's order, and what is in them.

A row's name is that of the class, preceded by as much of its module as tells it from others of that name. A key without
a value holds null where the field may be null, else the smallest value of its type; see `Sent` for the rest. Keys that
no SDK declares are listed where the API sends them all the same. Required fields that a row leaves out come after it.

In some places the API breaks the SDK's own types, and a row follows the API: the ``error`` of a healthy fine-tuning job
is ``{}`` and that of a run of an eval null, the ``instructions`` of a run and the ``name`` of a vector store are null
where none were given, a batch of files calls itself ``vector_store.file_batch``, and messages of a thread have no
``status``.
"""


def _twin(part: str) -> str:
    """Part of a dotted name in the main namespace, for one of the beta namespace that repeats it."""
    return "responses" if part == "beta" else part.removeprefix("beta_").removeprefix("Beta")


def row_for(model: type[pydantic.BaseModel]) -> Row | None:
    """The row of `BUILTIN` for a response type, or None.

    Types of ``openai.types.beta.beta_...`` repeat those of ``openai.types.responses`` and share their rows.
    """
    parts = [*model.__module__.split("."), model.__name__.partition("[")[0]]
    twin = [_twin(part) for part in parts] if any(part.startswith("beta_") for part in parts) else []
    names = (".".join(path[start:]) for path in (parts, twin) for start in range(len(path)))
    return next((BUILTIN[name] for name in names if name in BUILTIN), None)


@functools.cache
def builtin_for(model: type[pydantic.BaseModel]) -> dict[str, Any]:
    """What the API sends unasked for a response type, by key; ``...`` stands where the table gives no value.

    Types without a row have none, but ``deleted`` is true wherever the API answers with it.
    """
    row = row_for(model)
    if row is not None:
        return row.spread()
    required: dict[str, Any] = {
        info.alias or name: ... for name, info in model.model_fields.items() if info.is_required()
    }
    return {**required, "deleted": True} if "deleted" in required else {}
