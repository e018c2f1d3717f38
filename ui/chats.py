"""`chinwag chats`: what was kept, for people and for programs."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Protocol, TextIO

from protocol.chat import Role
from protocol.chats_export import MAX_BYTES, decode_export, encode_export
from protocol.errors import InterfaceError
from protocol.identity import ConversationId
from protocol.json_text import json_text
from protocol.kept import ConversationRecord, Hit, KeptConversation
from protocol.message import Value
from ui.chats_arguments import ChatsOptions
from ui.comparison_export import ComparisonReader, compared
from ui.export_files import file_name, make_folder, refuse_existing, unique_names, write_file
from ui.markdown_export import markdown, title_line

FOUND, NOTHING_FOUND = 0, 1
_SHOWN_ID = 8
_ALL = -1
_SEE = "See them with: chinwag chats list"


class Reader(ComparisonReader, Protocol):
    """What this face reads in the archive."""

    def conversations(self, limit: int) -> Sequence[KeptConversation]:
        """The latest conversations, the latest first; all for a negative limit."""
        ...

    def find(self, wanted: str) -> KeptConversation | None:
        """The latest conversation whose id or title begins so; the last one if empty."""
        ...

    def deleted(self, wanted: str) -> KeptConversation | None:
        """The same among those that are deleted."""
        ...

    def records(self) -> Iterator[ConversationRecord]:
        """Every conversation that is not deleted."""
        ...

    def search(self, words: str, limit: int) -> Sequence[Hit]:
        """The latest messages in which all words occur."""
        ...

    def close(self) -> None:
        """Let go of the archive."""
        ...


class Writer(Protocol):
    """What this face changes in the archive."""

    @property
    def reader(self) -> Reader:
        """What is in it."""
        ...

    def keep_records(self, records: Iterable[ConversationRecord]) -> None:
        """Add what is missing of these conversations, all or none; those that were deleted are back."""
        ...

    def delete(self, conversation: ConversationId, now: float) -> None:
        """Put a conversation away."""
        ...

    def close(self) -> None:
        """Let go of the archive."""
        ...


class Imported(Value, frozen=True):
    """What came with an import, and what of it was there already."""

    conversations: int
    messages: int
    known_conversations: int
    known_messages: int

    def __str__(self) -> str:
        new, known = self.conversations, self.known_conversations
        there = f"; {_counted(known, self.known_messages)} were there already" if known else ""
        return f"Imported {_counted(new, self.messages)}{there}."


class Chats:
    """One run of the command. Raises InterfaceError for what cannot be done; what the archive raises passes through.

    `read` and `write` open the archive; `complain` takes a sentence for standard error; `now` tells seconds since 1970.
    """

    def __init__(
        self,
        read: Callable[[], Reader],
        write: Callable[[], Writer],
        stdin: TextIO | None,
        out: TextIO,
        complain: Callable[[str], None],
        now: Callable[[], float],
    ) -> None:
        self._read = read
        self._write = write
        self._stdin = stdin
        self._out = out
        self._complain = complain
        self._now = now

    def run(self, options: ChatsOptions) -> int:
        """Do what was asked for, and return the exit status."""
        match options.action:
            case "import":
                self._import(options)
                return FOUND
            case "delete":
                self._delete(options)
                return FOUND
            case _:
                with closing(self._read()) as reader:
                    return self._look(options, reader)

    def _look(self, options: ChatsOptions, reader: Reader) -> int:
        match options.action:
            case "list":
                kept = reader.conversations(_ALL)
                self._print(kept, "".join(map(_listed, kept)), options.as_json)
            case "search":
                return self._search(options, reader)
            case "show":
                record = _record(reader, options.wanted or "")
                self._print(record, "" if options.as_json else _markdown(reader, record), options.as_json)
            case _:
                self._export(options, reader)
        return FOUND

    def _search(self, options: ChatsOptions, reader: Reader) -> int:
        hits = reader.search(options.wanted or "", options.limit)
        self._print(hits, "".join(map(_found, hits)), options.as_json)
        if not hits:
            self._complain(f"No message has {title_line(options.wanted or '')!r} in it.")
        return FOUND if hits else NOTHING_FOUND

    def _export(self, options: ChatsOptions, reader: Reader) -> None:
        records = list(reader.records()) if options.everything else [_record(reader, options.wanted or "")]
        if options.everything and not options.as_json:
            self._write_folder(reader, records, Path(options.output or ""), options.force)
            return
        text = encode_export(records) if options.as_json else _markdown(reader, records[0])
        if options.output in (None, "-"):
            self._out.write(text)
            return
        path = Path(options.output or "")
        suffix = ".json" if options.as_json else ".md"
        if path.is_dir():
            path /= f"chinwag-chats{suffix}" if options.everything else file_name(records[0], suffix)
        write_file(path, text, options.force)
        self._out.write(f"Wrote {_conversations(len(records))} to {title_line(str(path))}.\n")

    def _write_folder(self, reader: Reader, records: list[ConversationRecord], folder: Path, force: bool) -> None:
        make_folder(folder)
        paths = [folder / name for name in unique_names(records, ".md")]
        if not force:
            refuse_existing(paths)
        for path, record in zip(paths, records, strict=True):
            write_file(path, _markdown(reader, record), force)
        self._out.write(f"Wrote {_conversations(len(records))} to {title_line(str(folder))}.\n")

    def _import(self, options: ChatsOptions) -> None:
        records = decode_export(self._document(options.wanted or "-"))
        with closing(self._write()) as writer:
            known = [writer.reader.record(record.id) for record in records]
            writer.keep_records(records)
        imported = _count(records, known)
        self._print(imported, f"{imported}\n", options.as_json)

    def _document(self, name: str) -> bytes:
        try:
            if name != "-":
                with Path(name).open("rb") as file:
                    return file.read(MAX_BYTES + 1)
            if self._stdin is None:
                raise InterfaceError("Standard input is closed.", "Name a file.")
            return self._stdin.buffer.read(MAX_BYTES + 1)
        except OSError as error:
            raise InterfaceError(f"{name} cannot be read: {error.strerror}.", "Nothing was imported.") from error

    def _delete(self, options: ChatsOptions) -> None:
        self._read().close()  # a folder in which nothing is kept gets no archive by this
        with closing(self._write()) as writer:
            kept = self._bring_back(writer, options.wanted or "") if options.undo else self._put_away(writer, options)
        title, named = title_line(kept.title), kept.id[:_SHOWN_ID]
        deleted = f"Deleted {title!r}. Bring it back with: chinwag chats delete --undo {named}\n"
        self._print(kept, f"{title!r} is back.\n" if options.undo else deleted, options.as_json)

    def _put_away(self, writer: Writer, options: ChatsOptions) -> KeptConversation:
        found = _find(writer.reader, options.wanted or "")
        writer.delete(found.id, self._now())
        return found

    def _bring_back(self, writer: Writer, wanted: str) -> KeptConversation:
        found = writer.reader.deleted(wanted)
        record = writer.reader.record(found.id) if found is not None else None
        if found is None or record is None:
            if not wanted:
                raise InterfaceError("No chat is deleted.")
            what = f"There is no deleted chat {title_line(wanted)!r}."
            raise InterfaceError(what, "Without a name the one deleted last comes back.")
        writer.keep_records([record])
        return found

    def _print(self, value: object, text: str, as_json: bool) -> None:
        self._out.write(json_text(value) if as_json else text)


def _find(reader: Reader, wanted: str) -> KeptConversation:
    found = reader.find(wanted)
    if found is None:
        what = f"There is no chat {title_line(wanted)!r}." if wanted else "There are no chats."
        raise InterfaceError(what, _SEE if wanted else "Chat first.")
    return found


def _record(reader: Reader, wanted: str) -> ConversationRecord:
    record = reader.record(_find(reader, wanted).id)
    if record is None:  # deleted for good by another process at this moment
        raise InterfaceError(f"The chat {title_line(wanted)!r} is gone.", _SEE)
    return record


def _about(one: KeptConversation) -> str:
    when = datetime.fromtimestamp(one.updated).strftime("%Y-%m-%d %H:%M")
    return f"{title_line(one.id[:_SHOWN_ID])}  {when}"


def _listed(one: KeptConversation) -> str:
    unread = "  (unread)" if one.unread else ""
    return f"{_about(one)}  {title_line(one.model or 'no model')}  {title_line(one.title)}{unread}\n"


def _found(hit: Hit) -> str:
    who = "You" if hit.role is Role.USER else "Reply"
    return f"{_about(hit.conversation)}  {title_line(hit.conversation.title)}  {who}: {title_line(hit.excerpt)}\n"


def _count(records: Sequence[ConversationRecord], known: Sequence[ConversationRecord | None]) -> Imported:
    there = {node.id for record in known if record is not None for node in record.messages}
    brought = [node.id for record in records for node in record.messages]
    old, old_messages = sum(record is not None for record in known), sum(name in there for name in brought)
    return Imported(len(records) - old, len(brought) - old_messages, old, old_messages)


def _counted(conversations: int, messages: int) -> str:
    return f"{_conversations(conversations)} with {messages} {'message' if messages == 1 else 'messages'}"


def _conversations(number: int) -> str:
    return f"{number} {'chat' if number == 1 else 'chats'}"


def _markdown(reader: Reader, record: ConversationRecord) -> str:
    return markdown(record) + compared(reader, record.id)
