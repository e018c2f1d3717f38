"""What of Ollama's API is used, and by what: the endpoints and request fields of api.md, and the test of each."""

from dataclasses import dataclass

_CHAT = "tests/protocol/test_ollama_chat.py::test_a_request_is_encoded_exactly"
_STORE = "tests/protocol/test_ollama_store.py"
_PARTS = f"{_STORE}::test_every_part_of_a_modelfile_is_sent_as_json_has_it"
_BODIES = f"{_STORE}::test_the_bodies_are_those_of_the_recordings"
_HTTP = "tests/actors/test_model_store.py"
_SHORT = f"{_HTTP}::test_every_short_request_is_sent_and_its_recorded_answer_read"
_SURVEY = "tests/actors/test_ollama_survey.py::test_a_server_is_known_by_its_version_its_models_and_what_it_runs"
_UNLOAD = f"{_STORE}::test_a_recorded_unload_is_done"
_LOAD = f"{_HTTP}::test_a_load_is_a_chat_without_messages"

OUT_OF_SCOPE = "not used: "
"""How a row begins that is about something that is not sent, and says why."""


@dataclass(frozen=True)
class Row:
    """An endpoint, or a field of its request."""

    endpoint: str
    field: str
    """Empty for the endpoint itself."""
    used_by: str
    test: str = ""
    """Path and name, as pytest takes it; empty where it is out of scope."""


ROWS = (
    Row("POST /api/chat", "", "Enter; `ask`", _CHAT),
    Row("POST /api/chat", "model", "`/model`, Alt-M, `-m`", _CHAT),
    Row("POST /api/chat", "messages: role, content", "what was said, `/system`, `--system`", _CHAT),
    Row("POST /api/chat", "messages: thinking, tool_calls", "those of earlier replies", _CHAT),
    Row(
        "POST /api/chat",
        "stream",
        "`false` at the last attempt after garbled replies",
        "tests/protocol/test_ollama_chat.py::test_a_request_may_ask_for_the_reply_in_one_piece",
    ),
    Row("POST /api/chat", "messages: empty (load a model)", "`/load`, `models warm`, `warm = true`", _LOAD),
    Row(
        "POST /api/chat",
        "keep_alive (load a model)",
        "`models warm --keep-alive`",
        f"{_STORE}::test_a_number_for_keep_alive_is_sent_as_one",
    ),
    Row("POST /api/chat", "tools", f"{OUT_OF_SCOPE}a chat has no functions to offer"),
    Row("POST /api/generate", "", "`/unload`, `models stop`", _SHORT),
    Row("POST /api/generate", "model", "the model to unload", _SHORT),
    Row("POST /api/generate", "keep_alive", "`0`, which unloads", _UNLOAD),
    Row("POST /api/generate", "stream", "always `false`", _SHORT),
    Row(
        "POST /api/generate",
        "prompt, suffix, images, format, options, system, template, raw, context",
        f"{OUT_OF_SCOPE}replies come from /api/chat",
    ),
    Row("GET /api/tags", "", "`/models`, `/model`, Alt-M, `models list`", _SURVEY),
    Row("GET /api/ps", "", "`/ps`, `/models`, `models ps`, the status line", _SURVEY),
    Row("GET /api/version", "", "every look at the server", _SURVEY),
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
    Row("POST /api/pull", "model", "`/pull NAME`", _BODIES),
    Row("POST /api/pull", "insecure", "`/pull --insecure NAME`, `models pull --insecure`", _BODIES),
    Row("POST /api/pull", "stream", "always `true`", f"{_STORE}::test_what_the_user_did_not_set_is_not_sent"),
    Row("DELETE /api/delete", "", "`/rm`, `/models`, `models rm`", _SHORT),
    Row("DELETE /api/delete", "model", "`/rm NAME`", _SHORT),
    Row("POST /api/copy", "", "`/cp`, `/models`, `models cp`", _SHORT),
    Row("POST /api/copy", "source, destination", "`/cp FROM TO`", _SHORT),
    Row(
        "POST /api/create",
        "",
        "`/create`, `models create`",
        f"{_HTTP}::test_a_model_is_made_of_the_parts_of_a_file",
    ),
    Row("POST /api/create", "model", "`/create NAME FILE`", _PARTS),
    Row("POST /api/create", "from", "`FROM` of the Modelfile", _PARTS),
    Row("POST /api/create", "system, template, parameters, license, messages", "the same parts of it", _PARTS),
    Row("POST /api/create", "quantize", "`models create --quantize`", _PARTS),
    Row("POST /api/create", "stream", "always `true`", _PARTS),
    Row("POST /api/create", "files, adapters", f"{OUT_OF_SCOPE}weights are not sent; `ollama create` does"),
    Row("HEAD, POST /api/blobs", "", f"{OUT_OF_SCOPE}weights are not sent; `ollama create` does"),
    Row("POST /api/push", "", f"{OUT_OF_SCOPE}chinwag publishes nothing"),
    Row("POST /api/embed", "", f"{OUT_OF_SCOPE}embeddings are not for a chat"),
    Row("POST /api/embeddings", "", f"{OUT_OF_SCOPE}embeddings are not for a chat"),
)
