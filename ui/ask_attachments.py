"""What goes with the prompts of `chinwag ask`: images and text files that the command line names."""

import argparse
from collections.abc import Callable, Sequence

from protocol.attachments import check_together
from protocol.chat import Attachment
from protocol.errors import InterfaceError
from protocol.fencing import visible
from protocol.limits import ResourceLimits

ReadAttachment = Callable[[str, ResourceLimits], Attachment]
"""Reads a file that is an image or a text; raises InterfaceError, with what to do, where it cannot."""

_OF_PIPE = {
    "--image": ("An image is not read from standard input.", "Name its file behind --image."),
    "--file": ("'-' is no file.", "Pipe the text in without --file: it is part of the prompt then."),
}


def add_attachments(ask: argparse.ArgumentParser) -> None:
    """Add the flags."""
    ask.add_argument(
        "--image",
        dest="images",
        action="append",
        metavar="FILE",
        help="an image that goes with the prompt, or with each of --prompts; can be given several times",
    )
    ask.add_argument(
        "--file",
        dest="files",
        action="append",
        metavar="FILE",
        help="a text file that goes with it, in a fence under its name; can be given several times",
    )


def read_attachments(
    images: Sequence[str], files: Sequence[str], read: ReadAttachment, limits: ResourceLimits
) -> tuple[Attachment, ...]:
    """Read what goes with each prompt, every file once.

    Raises InterfaceError for what cannot be read, is of the other kind, or is more than the limits allow.
    """
    found = dict[str, Attachment]()
    named = [*(("--image", path) for path in images), *(("--file", path) for path in files)]
    for flag, path in named:
        if path == "-":
            raise InterfaceError(*_OF_PIPE[flag])
        found[path] = _of_kind(flag, found.get(path) or read(path, limits))
        check_together(found.values(), limits)
    return tuple(found.values())


def _of_kind(flag: str, attachment: Attachment) -> Attachment:
    """What a file is, its bytes say; a script that names an image means one."""
    if attachment.is_image == (flag == "--image"):
        return attachment
    name = f"'{visible(attachment.name)}'"
    if attachment.is_image:
        raise InterfaceError(f"{name} is an image.", "Name it behind --image.")
    raise InterfaceError(f"{name} is no image, but text.", "Name it behind --file.")
