"""What goes with a prompt, gathered from the disk by what its words mean."""

import os
import stat
from collections.abc import Callable

from actors.file_reading import quoted, read_attachment, read_if_legible, refusal_of, weight_of
from actors.file_search import Found, find
from protocol.attachments import check_count, check_size, check_together, file_size_words
from protocol.chat import Attachment
from protocol.errands import FilesGathered, FilesSeen, GatherFiles, LookAtFiles, Sight
from protocol.errors import InterfaceError
from protocol.limits import ResourceLimits
from protocol.mentions import Mention

Check = Callable[[], None]
"""Raises where nobody waits any more."""


def look(errand: LookAtFiles, limits: ResourceLimits, check: Check) -> FilesSeen:
    """Say what some words would attach. Raises what `check` raises."""
    sights: list[Sight] = []
    seen = set[str]()
    try:
        for word in errand.words:
            check()
            found = find(word, limits.max_attached_files)
            sights += [_sight(found, seen, limits)] if found.names else []
        _check_sights(sights, limits)
    except InterfaceError as error:
        return FilesSeen(errand.number, tuple(sights), str(error))
    return FilesSeen(errand.number, tuple(sights))


def gather(errand: GatherFiles, limits: ResourceLimits, check: Check) -> FilesGathered:
    """Read what some words mean, each file once. Raises what `check` raises."""
    gathered = _Gathered(limits)
    try:
        for word in errand.words:
            check()
            for name, several in _names(word, limits):
                check()
                gathered.read(name, several, errand.images_only)
    except InterfaceError as error:
        return FilesGathered(errand.number, refusal=str(error))
    return FilesGathered(errand.number, tuple(gathered.attachments.values()), gathered.passed_over)


class _Gathered:
    def __init__(self, limits: ResourceLimits) -> None:
        self._limits = limits
        self.attachments: dict[str, Attachment] = {}
        self.passed_over = 0

    def read(self, name: str, several: bool, images_only: bool) -> None:
        """Read one more file."""
        if name in self.attachments:
            return
        may_pass = several or images_only
        attachment = read_if_legible(name, self._limits) if may_pass else read_attachment(name, self._limits)
        if attachment is None:
            self.passed_over += 1
        elif attachment.is_image or not images_only:
            self.attachments[name] = attachment
            check_together(self.attachments.values(), self._limits)


def _names(word: Mention, limits: ResourceLimits) -> list[tuple[str, bool]]:
    found = find(word, limits.max_attached_files)
    return [(name, found.several) for name in found.names]


def _sight(found: Found, seen: set[str], limits: ResourceLimits) -> Sight:
    """What a word means besides what was `seen` before it: a file is attached once."""
    sizes = {name: _size_of(name) for name in found.names if name not in seen}
    seen.update(found.names)
    weight = sum(weight_of(name, size) for name, size in sizes.items() if size <= limits.max_file_bytes)
    return Sight(found.spelling, len(sizes), sum(sizes.values()), round(weight))


def _size_of(name: str) -> int:
    try:
        about = os.stat(os.path.expanduser(name))
    except (OSError, ValueError) as error:
        raise refusal_of(name, error) from error
    if not stat.S_ISREG(about.st_mode):
        raise InterfaceError(f"{quoted(name)} is no file.", "Take it away, or name another.")
    return about.st_size


def _check_sights(sights: list[Sight], limits: ResourceLimits) -> None:
    """Raise InterfaceError where this cannot be sent, as far as sizes tell."""
    check_count(sum(sight.files for sight in sights), limits)
    large = next((one for one in sights if one.files == 1 and one.size > limits.max_image_bytes), None)
    if large is not None:
        most = file_size_words(limits.max_image_bytes)
        raise InterfaceError(f"{quoted(large.name)} is larger than {most}.", "Take it away.")
    check_size(sum(sight.size for sight in sights), limits)
