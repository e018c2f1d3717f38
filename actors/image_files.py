"""Images written to files: under names of ours, or one that the user gives, and never over anything."""

import os
from collections.abc import Iterable
from pathlib import Path

from actors.attaching_source import BytesOf
from actors.file_reading import quoted
from protocol.errands import ImagesSaved, SaveImages
from protocol.errors import ChinwagError
from protocol.images import SUFFIXES, image_facts

_MOST_NUMBERS = 100_000


def save_images(errand: SaveImages, bytes_of: BytesOf) -> ImagesSaved:
    """Write images, and say where they are, or why they are not. Blocks as long as the disk does."""
    folder = Path(os.path.expanduser(errand.folder or "."))
    saved: list[str] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for image in errand.images:
            saved.append(_save(bytes_of(image), folder, errand.name))
    except FileExistsError:
        return ImagesSaved(errand.number, f"{quoted(errand.name or errand.folder)} is there already. Name another.")
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        return ImagesSaved(errand.number, f"The images cannot be saved: {why}. {_words(saved)}".rstrip())
    except ChinwagError as error:
        return ImagesSaved(errand.number, f"{error} {_words(saved)}".rstrip())
    return ImagesSaved(errand.number, _words(saved))


def _save(data: bytes, folder: Path, name: str) -> str:
    """Write one image under a name that nobody has, and return it."""
    facts = image_facts(data)
    if facts is None:
        raise ValueError("one of them is none")
    for path in _places(folder, name, SUFFIXES[facts.media_type]):
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o666)
        except FileExistsError:
            if name:
                raise
            continue
        with open(descriptor, "wb") as file:
            file.write(data)
        return str(path)
    raise ValueError("all names are taken")


def _places(folder: Path, name: str, suffix: str) -> Iterable[Path]:
    if name:
        return (folder / os.path.expanduser(name),)
    return (folder / f"image-{number}.{suffix}" for number in range(1, _MOST_NUMBERS))


def _words(saved: list[str]) -> str:
    return f"Saved to {', '.join(saved)}." if saved else ""
