"""The document in which conversations go from one archive to another. Its format is told at `ChatsExport`."""

from collections.abc import Iterable, Sequence

import msgspec
from msgspec.structs import replace

from protocol.chat import Role
from protocol.errors import InterfaceError
from protocol.identity import MessageId, StreamId
from protocol.json_text import json_text
from protocol.kept import ChatsExport, ConversationRecord, WaitingPrompt
from protocol.limits import MIB
from protocol.message import Value
from protocol.parameter_changes import check_parameters
from protocol.tree import MessageTree, Node

FORMAT = "chinwag-chats"
VERSION = 1
MAX_BYTES = 512 * MIB
_NOT_OURS = "This is not what chinwag chats export --json writes"
_NOTHING_IMPORTED = "Nothing was imported."
_END_OF_TIME = 253_402_214_400.0
"""A day before the year 10,000, in seconds since 1970: no calendar knows a later one, whatever the time zone."""
_MOST_ATTEMPTS = 1_000_000_000
"""At having one prompt answered: whoever asks once more counts on from there."""


class _Header(Value, frozen=True):
    """What is looked at before the rest: other versions may look otherwise."""

    format: str
    version: int


def encode_export(records: Iterable[ConversationRecord]) -> str:
    """Return the document that holds these conversations. The same ones in another order make the same document."""
    ordered = sorted(records, key=lambda record: (record.created, record.id))
    return json_text(ChatsExport(FORMAT, VERSION, tuple(ordered)), pretty=True)


def decode_export(document: bytes) -> tuple[ConversationRecord, ...]:
    """Return the conversations in a document, with nothing under way. Raises InterfaceError for one that is not sound.

    Whoever wrote it is not trusted: what is returned is what this program could have kept itself.
    """
    if len(document) > MAX_BYTES:
        raise InterfaceError(f"The document has more than {MAX_BYTES // MIB} MiB.", _NOTHING_IMPORTED)
    try:
        _check_header(msgspec.json.decode(document, type=_Header))
        records = msgspec.json.decode(document, type=ChatsExport).conversations
        _check_records(records)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise InterfaceError(f"{_NOT_OURS}: {error}.", _NOTHING_IMPORTED) from error
    return tuple(_with_sound_parameters(record).settled() for record in records)


def _check_header(header: _Header) -> None:
    if header.format != FORMAT or header.version < 1:
        raise ValueError(f"it calls itself {header.format[:40]!r}, version {header.version}")
    if header.version > VERSION:
        what = f"The document was written by a newer chinwag (version {header.version} of the format)."
        raise InterfaceError(what, f"Update this one. {_NOTHING_IMPORTED}")


def _check_records(records: tuple[ConversationRecord, ...]) -> None:
    """Raise ValueError, in words that go behind a colon, for what could not have been kept."""
    _check_names([record.id for record in records], "chat")
    said = [node.id for record in records for node in record.messages]
    waiting = [one for record in records for one in record.waiting]
    _check_names([*said, *(one.turn for one in waiting if not one.again)], "message")
    _check_names([one.turn for one in waiting], "waiting prompt")
    for record in records:
        try:
            _check_record(record)
        except ValueError as error:
            raise ValueError(f"in the chat {record.id}, {str(error).removesuffix('.')}") from error


def _with_sound_parameters(record: ConversationRecord) -> ConversationRecord:
    """Options in order, none twice, and by the names that a server knows."""
    return replace(record, parameters=check_parameters(record.parameters))


def _check_names(names: Sequence[str], kind: str) -> None:
    if not all(names):
        raise ValueError(f"a {kind} has no id")
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"two of it are the {kind} {name}")
        seen.add(name)


def _check_record(record: ConversationRecord) -> None:
    _check_time(record.created)
    _check_time(record.updated)
    check_parameters(record.parameters)
    tree = MessageTree(record.messages, record.head)
    for node in tree:
        _check_message(node, tree)
    for waiting in record.waiting:
        _check_waiting(waiting, tree)


def _check_time(seconds: float) -> None:
    if not 0.0 <= seconds < _END_OF_TIME:
        raise ValueError(f"{seconds} is no time")


def _check_message(node: Node, tree: MessageTree) -> None:
    _check_time(node.created)
    for call in node.tool_calls:
        _check_arguments(call.arguments)
    match node.role:
        case Role.USER:
            _check_prompt(node.id)
        case Role.ASSISTANT:
            stream = StreamId.of(node.id)
            named_after_it = stream.message == node.id and MessageId(stream.turn) == node.parent
            numbered = 1 <= stream.attempt <= _MOST_ATTEMPTS
            if not named_after_it or not numbered or tree[MessageId(stream.turn)].role is not Role.USER:
                raise ValueError(f"the reply {node.id} is not named after the prompt before it and its attempt")
        case _:
            raise ValueError(f"the message {node.id} is neither a prompt nor a reply")


def _check_prompt(name: str) -> None:
    """A prompt that is called like a reply would be in the way of that reply, wherever its prompt is."""
    _, mark, attempt = name.rpartition("#")
    if mark and attempt.isdecimal():
        raise ValueError(f"the prompt {name} is named like a reply")


def _check_arguments(arguments: str) -> None:
    """They go to a server letter for letter: what is more than an object would be more of the request."""
    try:
        msgspec.json.decode(arguments, type=dict[str, msgspec.Raw])
    except msgspec.DecodeError as error:
        raise ValueError("the arguments of a tool call are no object") from error


def _check_waiting(waiting: WaitingPrompt, tree: MessageTree) -> None:
    prompt, partial = MessageId(waiting.turn), waiting.continues
    if not waiting.again:
        _check_prompt(prompt)
    elif prompt not in tree or tree[prompt].role is not Role.USER:
        raise ValueError(f"{prompt} is to be asked again, and is no prompt of it")
    if partial is not None and (partial not in tree or tree[partial].parent != prompt):
        raise ValueError(f"{prompt} is to go on with {partial}, which is no reply to it")
