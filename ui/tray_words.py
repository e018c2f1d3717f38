"""What goes with what is being written, in one line."""

from collections.abc import Sequence

from protocol.attachments import OUTPUT, Description, description, file_size_words
from protocol.chat import Attachment
from protocol.errands import Sight
from ui.attachment_label import fitted


def running_words(command: str, columns: int) -> str:
    """Say that a command runs, in at most so many columns."""
    return fitted(Description("running ", command, ": Esc stops it", is_path=False), columns)


def summary(kept: Sequence[Attachment], sights: Sequence[Sight], outputs: Sequence[Attachment], columns: int) -> str:
    """Say how much it is, and what: `2 files, 14 KB: photo.png, notes.txt`."""
    files = [one for one in (*kept, *outputs) if one.media_type != OUTPUT]
    count = sum(one.files for one in sights) + len(files)
    size = sum(one.size for one in sights) + sum(one.size for one in files)
    names = ", ".join([*(one.name for one in files), *(one.name for one in sights)])
    about_files = f"{count} file{'' if count == 1 else 's'}, {file_size_words(size)}: {names}" if count else ""
    printed = [fitted(description(one), columns) for one in (*kept, *outputs) if one.media_type == OUTPUT]
    return "; ".join(filter(None, [about_files, *printed]))
