"""Attachments in lines, for faces that have nothing else."""

from collections.abc import Sequence

from protocol.attachments import describe
from protocol.chat import Attachment


def attachment_words(attachments: Sequence[Attachment]) -> list[str]:
    """Return a line for each, as a face of lines shows it. They are for the sanitiser still."""
    return [f"[{' '.join(describe(one).split())}]" for one in attachments]
