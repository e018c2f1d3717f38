"""What goes with messages: as people are told of it, as it is kept, and as a model is sent it."""

from collections.abc import Callable, Collection, Iterable

from msgspec.structs import replace

from protocol.chat import Attachment, ChatMessage, ChatRequest, Stored
from protocol.errors import InterfaceError
from protocol.fencing import fenced
from protocol.images import ImageFacts, image_facts
from protocol.limits import ResourceLimits
from protocol.message import Value

OUTPUT = "text/x-command-output"
"""The media type of what a command printed."""
_KIB = 1024
_PREVIEWED = 64 * _KIB
"""Bytes in which the size of an image is looked for first."""


def digest_of(data: bytes) -> str:
    """Return what some bytes are found by."""
    from hashlib import sha256  # nothing is attached before the first paint

    return sha256(data).hexdigest()


def stored(data: bytes) -> Stored:
    """Return what is to be known of some bytes that are put on disk."""
    facts = image_facts(data) or ImageFacts("")
    return Stored(digest_of(data), len(data), facts.width, facts.height)


def lightened(attachments: Iterable[Attachment]) -> tuple[Attachment, ...]:
    """Return the same without the bytes of the images, for whoever can find these on disk. Texts stay: they are as
    much a part of what was said as the words."""
    return tuple(
        replace(one, data=b"", stored=stored(one.data)) if one.is_image and one.stored is None else one
        for one in attachments
    )


def resolved(request: ChatRequest, bytes_of: Callable[[Attachment], bytes]) -> ChatRequest:
    """Return a request with all attachments made part of its messages. Raises what `bytes_of` raises."""
    if not any(message.attachments for message in request.messages):
        return request
    return replace(request, messages=tuple(_resolved(message, bytes_of) for message in request.messages))


def words_sent(content: str, attachments: Iterable[Attachment]) -> str:
    """Return what a model reads of a message: its words, and the texts that go with it, each in a fence."""
    texts = [fenced(one.name, one.text) for one in attachments if not one.is_image]
    return "\n\n".join([*([content] if content else []), *texts])


def _resolved(message: ChatMessage, bytes_of: Callable[[Attachment], bytes]) -> ChatMessage:
    content = words_sent(message.content, message.attachments)
    images = tuple(bytes_of(one) for one in message.attachments if one.is_image)
    return replace(message, content=content, images=(*message.images, *images), attachments=())


def without_images(message: ChatMessage) -> ChatMessage:
    """Return a message for a model that sees nothing."""
    return replace(message, images=(), attachments=tuple(one for one in message.attachments if not one.is_image))


def has_images(attachments: Iterable[Attachment]) -> bool:
    """Tell whether there is an image among them."""
    return any(one.is_image for one in attachments)


def check_together(attachments: Collection[Attachment], limits: ResourceLimits) -> None:
    """Raise InterfaceError, with what to do, where all of this is more than may go with one prompt."""
    check_count(len(attachments), limits)
    texts = sum(one.size for one in attachments if not one.is_image)
    _check("texts", texts, limits.max_attached_text_bytes)
    check_size(sum(one.size for one in attachments), limits)


def check_count(count: int, limits: ResourceLimits) -> None:
    """The same for so many files."""
    if count > limits.max_attached_files:
        raise InterfaceError(f"These are more than {limits.max_attached_files} files.", "Name fewer of them.")


def check_size(size: int, limits: ResourceLimits) -> None:
    """The same for files of so many bytes together."""
    _check("files", size, limits.max_attached_bytes)


def _check(what: str, size: int, limit: int) -> None:
    if size > limit:
        raise InterfaceError(f"All {what} together are larger than {file_size_words(limit)}.", "Name fewer of them.")


class Description(Value, frozen=True):
    """What something is, in three parts, of which only the name may be long. For the sanitiser still."""

    before: str
    name: str
    after: str
    is_path: bool = True
    """False for a command."""

    def __str__(self) -> str:
        return f"{self.before}{self.name}{self.after}"


def describe(attachment: Attachment) -> str:
    """Return a line that says what something is: `image photo.png, 640x480, 120 KB`. For the sanitiser still."""
    return str(description(attachment))


def description(attachment: Attachment) -> Description:
    """Return the parts of such a line."""
    name = " ".join(attachment.name.split()) or "without a name"
    first = pixels(attachment) if attachment.is_image else lines_words(attachment.text)
    facts = "".join(f", {fact}" for fact in (first, file_size_words(attachment.size)) if fact)
    if attachment.media_type != OUTPUT:
        return Description("image " if attachment.is_image else "file ", name, facts)
    command, begin, end = name.rpartition(" (")
    return Description("", command or end, f"{begin}{end}{facts}" if command else facts, is_path=False)


def pixels(attachment: Attachment) -> str:
    """Return the size of an image, such as `640x480`; empty where it is not known."""
    known = attachment.stored
    if known is not None:
        width, height = known.width, known.height
    else:
        facts = image_facts(attachment.data[:_PREVIEWED]) or ImageFacts("")
        width, height = facts.width, facts.height
    return f"{width}x{height}" if width and height else ""


def lines_words(text: str) -> str:
    """Say how many lines a text has."""
    count = text.count("\n") + (not text.endswith("\n") if text else 0)
    return "1 line" if count == 1 else f"{count:,} lines"


def file_size_words(size: int) -> str:
    """Say how many bytes that are, in powers of 1024, as limits are. Models are counted in powers of 1000, as by their
    servers: `protocol.model_words.size_words`."""
    kilo, mega = size / _KIB, size / _KIB**2
    if size < _KIB:
        return f"{size} B"
    if kilo < 999.5:
        return f"{kilo:.0f} KB"
    if mega < 999.5:
        return f"{mega:.1f} MB" if mega < 9.95 else f"{mega:.0f} MB"
    return f"{size / _KIB**3:.1f} GB"
