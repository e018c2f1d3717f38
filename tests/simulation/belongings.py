"""What goes with prompts in the simulation: the words alone decide, so that everybody can tell what should be there."""

from collections.abc import Iterable

from msgspec.structs import replace

from protocol.attachments import lightened
from protocol.chat import Attachment, ChatRequest
from protocol.comparison import ColumnKind, Compare
from protocol.coordinator import Submit
from protocol.judging import question

COMPARED = "Of many: "
"""How a prompt begins that is part of a command."""
_ALONE = (COMPARED, *(question(kind, "", ()).split(".")[0] for kind in ColumnKind))
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def belongs_to(prompt: str) -> tuple[Attachment, ...]:
    """Return what goes with a prompt: an image that nobody else has, a text, or both. Nothing goes with one that is
    part of a command, nor with a question about answers."""
    if prompt.startswith(_ALONE):
        return ()
    words = prompt.encode(errors="replace")
    image = Attachment("owl.png", "image/png", _SIGNATURE + words)
    text = Attachment("words.txt", "text/plain", words)
    return (*((image,) if "\U0001f989" in prompt or "More" in prompt else ()), *((text,) if "night" in prompt else ()))


def misses(prompt: str, attachments: Iterable[Attachment]) -> bool:
    """Tell whether something else goes with a prompt than should; the bytes of images may be on disk."""
    return lightened(attachments) != lightened(belongs_to(prompt))


def on_disk(request: ChatRequest) -> ChatRequest:
    """Return a request as it is where all bytes of images are on disk: they may be in memory as well."""
    messages = tuple(replace(one, attachments=lightened(one.attachments)) for one in request.messages)
    return replace(request, messages=messages)


def kept_prompt(prompt: Submit | Compare) -> Submit | Compare:
    """Return the same of a prompt."""
    if isinstance(prompt, Compare):
        return prompt
    return replace(prompt, attachments=lightened(prompt.attachments))
