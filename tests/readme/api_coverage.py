"""What of Ollama's API is used, and by what: the endpoints and request fields of api.md, and the test of each."""

from dataclasses import dataclass

_RECORDED = "tests/protocol/test_recorded_requests.py"
_CHAT = f"{_RECORDED}::test_model_roles_and_contents_are_sent"
_SET = f"{_RECORDED}::test_a_switch_is_sent"
_STORE = "tests/protocol/test_ollama_store.py"
_PARTS = f"{_STORE}::test_every_part_of_a_modelfile_is_sent_as_json_has_it"
_BODIES = f"{_STORE}::test_the_bodies_are_those_of_the_recordings"
_HTTP = "tests/actors/test_model_store.py"
_SHORT = f"{_HTTP}::test_every_short_request_is_sent_and_its_recorded_answer_read"
_SURVEY = "tests/actors/test_ollama_survey.py::test_a_server_is_known_by_its_version_its_models_and_what_it_runs"

OUT_OF_SCOPE = "not used: "
"""How a row begins that is about something that is not sent, and says why."""


@dataclass(frozen=True)
class Row:
    """An endpoint, or fields of its request."""

    endpoint: str
    field: str
    """Several are divided by commas, what is meant of one stands in brackets; empty for the endpoint itself."""
    used_by: str
    test: str = ""
    """Path and name, as pytest takes it; empty where it is out of scope."""

    @property
    def fields(self) -> frozenset[str]:
        """The names of the fields."""
        return frozenset(one.partition(" (")[0] for one in self.field.split(", ") if one)


ROWS = (
    Row(
        "POST /api/chat",
        "",
        "Enter; `ask`",
        "tests/actors/test_ollama_server.py::test_a_request_is_sent_as_ollama_wants_it",
    ),
    Row("POST /api/chat", "model", "`/model`, Alt-M, `-m`, `model` in `config.toml`", _CHAT),
    Row("POST /api/chat", "messages", "what was said, as far as the head", _CHAT),
    Row("POST /api/chat", "messages.role, messages.content", "prompts and replies; `/system`, `--system`", _CHAT),
    Row("POST /api/chat", "messages.thinking", f"{OUT_OF_SCOPE}models are not shown their old thoughts"),
    Row(
        "POST /api/chat",
        "messages.tool_calls",
        "those of earlier replies",
        f"{_RECORDED}::test_tool_calls_of_an_earlier_reply_are_sent",
    ),
    Row(
        "POST /api/chat",
        "messages.images",
        "`@path`, `/attach`, a pasted path, `ask --image`",
        "tests/protocol/test_ollama_chat.py::test_the_images_of_a_prompt_are_sent_as_the_recorded_server_was_sent_them",
    ),
    Row("POST /api/chat", "messages.tool_name", f"{OUT_OF_SCOPE}no tool is run, so none has a result"),
    Row("POST /api/chat", "tools", f"{OUT_OF_SCOPE}a chat has no functions to offer"),
    Row("POST /api/chat", "think", "`/set think`, `/set nothink`, `ask --think`, presets", _SET),
    Row(
        "POST /api/chat",
        "format",
        "`/set format`, `ask --format`, presets",
        f"{_RECORDED}::test_a_format_is_sent",
    ),
    Row(
        "POST /api/chat",
        "options",
        "`/set NAME VALUE`, `ask --option`, presets: see the table of the options",
        f"{_RECORDED}::test_options_are_sent",
    ),
    Row(
        "POST /api/chat",
        "stream",
        "`false` at the last attempt after garbled replies, and to load",
        f"{_RECORDED}::test_a_reply_in_one_piece_is_asked_for",
    ),
    Row(
        "POST /api/chat",
        "keep_alive",
        "`/set keep_alive`, `ask --keep-alive`, presets",
        f"{_RECORDED}::test_a_time_to_stay_is_sent",
    ),
    Row("POST /api/chat", "truncate", "`/set truncate`, presets", _SET),
    Row("POST /api/chat", "shift", "`/set shift`, presets", _SET),
    Row(
        "POST /api/chat",
        "messages (none: loads the model)",
        "`/load`, `models warm`, `warm = true`",
        f"{_HTTP}::test_a_load_is_a_chat_without_messages",
    ),
    Row(
        "POST /api/chat",
        "keep_alive (of a load)",
        "that of the chat; `models warm --keep-alive`",
        f"{_RECORDED}::test_a_load_is_sent_with_the_time_to_stay",
    ),
    Row(
        "POST /api/chat",
        "options (of a load)",
        "those of the chat for which the server would load the model anew",
        f"{_STORE}::test_a_model_is_loaded_with_what_it_is_loaded_for",
    ),
    Row("POST /api/chat", "logprobs, top_logprobs", f"{OUT_OF_SCOPE}nothing shows how likely a word was"),
    Row("POST /api/generate", "", "`/unload`, `models stop`", _SHORT),
    Row("POST /api/generate", "model", "the model to unload", _SHORT),
    Row("POST /api/generate", "keep_alive", "`0`, which unloads", _BODIES),
    Row("POST /api/generate", "stream", "always `false`", _SHORT),
    Row(
        "POST /api/generate",
        "prompt, suffix, images, think, format, options, system, template, raw, context",
        f"{OUT_OF_SCOPE}replies come from /api/chat, and /api/chat loads",
    ),
    Row("GET /api/tags", "", "`/models`, `/model`, Alt-M, `models list`", _SURVEY),
    Row("GET /api/ps", "", "`/ps`, `/models`, `models ps`, the status line", _SURVEY),
    Row("GET /api/version", "", "every look at the server; `doctor`", _SURVEY),
    Row("POST /api/show", "", "`/show`, `/models`, `models show`", _SHORT),
    Row("POST /api/show", "model", "`/show PART NAME`, `models show NAME`", _SHORT),
    Row(
        "POST /api/show",
        "verbose",
        "`models show --verbose`",
        f"{_STORE}::test_all_that_is_known_of_a_model_is_asked_for_by_verbose",
    ),
    Row(
        "POST /api/pull",
        "",
        "`/pull`, `/models`, `models pull`",
        f"{_HTTP}::test_the_recorded_pull_is_read_from_a_real_socket",
    ),
    Row("POST /api/pull", "model", "`/pull NAME`, `models pull NAME`", _BODIES),
    Row("POST /api/pull", "insecure", "`/pull --insecure NAME`, `models pull --insecure`", _BODIES),
    Row("POST /api/pull", "stream", "always `true`", f"{_STORE}::test_what_the_user_did_not_set_is_not_sent"),
    Row("DELETE /api/delete", "", "`/rm`, `/models`, `models rm`", _SHORT),
    Row("DELETE /api/delete", "model", "`/rm NAME`, `models rm NAME`", _SHORT),
    Row("POST /api/copy", "", "`/cp`, `/models`, `models cp`", _SHORT),
    Row("POST /api/copy", "source, destination", "`/cp FROM TO`, `models cp FROM TO`", _SHORT),
    Row(
        "POST /api/create",
        "",
        "`/create`, `models create`",
        f"{_HTTP}::test_a_model_is_made_of_the_parts_of_a_file",
    ),
    Row("POST /api/create", "model", "`/create NAME FILE`, `models create NAME`", _PARTS),
    Row("POST /api/create", "from", "`FROM` of the Modelfile", _PARTS),
    Row(
        "POST /api/create",
        "system, template, renderer, parser, parameters, license, messages",
        "the instructions of the Modelfile",
        _PARTS,
    ),
    Row("POST /api/create", "quantize", "`models create --quantize`", _PARTS),
    Row("POST /api/create", "stream", "always `true`", _PARTS),
    Row("POST /api/create", "files, adapters", f"{OUT_OF_SCOPE}weights are not sent; `ollama create` does"),
    Row("HEAD /api/blobs", "", f"{OUT_OF_SCOPE}weights are not sent; `ollama create` does"),
    Row("POST /api/blobs", "", f"{OUT_OF_SCOPE}weights are not sent; `ollama create` does"),
    Row("POST /api/push", "", f"{OUT_OF_SCOPE}chinwag publishes nothing"),
    Row("POST /api/embed", "", f"{OUT_OF_SCOPE}embeddings are not for a chat"),
    Row("POST /api/embeddings", "", f"{OUT_OF_SCOPE}embeddings are not for a chat"),
)
