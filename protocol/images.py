"""What kind of image some bytes are, and how large: by what they begin with, never by a name. Nothing is decoded."""

import struct
from collections.abc import Callable
from itertools import repeat

from protocol.message import Value


class ImageFacts(Value, frozen=True):
    """What is known of an image without decoding it."""

    media_type: str
    width: int = 0
    """Pixels; 0 where that is not known. The same goes for `height`."""
    height: int = 0


_UNKNOWN = (0, 0)
_SHORTEST = 12
"""Bytes that every image has."""
_MOST_MARKERS = 2_000
"""Of a JPEG, before the one that says its size."""
_FRAMES_OF_JPEG = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
)
_BRANDS = {
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heif",
}
SUFFIXES = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/bmp": "bmp",
    "image/tiff": "tiff",
    "image/avif": "avif",
    "image/heic": "heic",
    "image/heif": "heif",
}
"""What the name of a file ends with that has such an image."""
_ENDINGS = tuple(f".{suffix}" for suffix in (*SUFFIXES.values(), "jpeg", "tif"))


def names_image(name: str) -> bool:
    """Tell whether a file of this name is probably an image. What it is, only its bytes say."""
    return name.lower().endswith(_ENDINGS)


def image_facts(data: bytes) -> ImageFacts | None:
    """Return what kind of image this is; None for what is none that is known here."""
    kind = _kind(data) if len(data) >= _SHORTEST else ""
    if not kind:
        return None
    try:
        width, height = _SIZES[kind](data) if kind in _SIZES else _UNKNOWN
    except struct.error:
        width, height = _UNKNOWN
    return ImageFacts(kind, width, height)


def _kind(data: bytes) -> str:
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp":
        return _BRANDS.get(data[8:12], "")
    kind = next((kind for begin, kind in _SIGNATURES if data.startswith(begin)), "")
    return "" if kind == "image/bmp" and not _is_bitmap(data) else kind


def _is_bitmap(data: bytes) -> bool:
    """Two letters begin many texts: of a bitmap the rest of its header is binary, and says how long it is itself."""
    return data[6:10] == b"\x00\x00\x00\x00" and data[14:18] in _HEADERS_OF_BITMAPS


_HEADERS_OF_BITMAPS = frozenset(struct.pack("<I", size) for size in (12, 40, 52, 56, 64, 108, 124))


def _png(data: bytes) -> tuple[int, int]:
    return struct.unpack_from(">II", data, 16)


def _gif(data: bytes) -> tuple[int, int]:
    return struct.unpack_from("<HH", data, 6)


def _bmp(data: bytes) -> tuple[int, int]:
    if data[14:18] == struct.pack("<I", 12):
        return struct.unpack_from("<HH", data, 18)
    width, height = struct.unpack_from("<ii", data, 18)
    return abs(width), abs(height)


def _webp(data: bytes) -> tuple[int, int]:
    match data[12:16]:
        case b"VP8X":
            width, rest, height, more = struct.unpack_from("<HBHB", data, 24)
            return (width | rest << 16) + 1, (height | more << 16) + 1
        case b"VP8L":
            (bits,) = struct.unpack_from("<I", data, 21)
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8 ":
            width, height = struct.unpack_from("<HH", data, 26)
            return width & 0x3FFF, height & 0x3FFF
        case _:
            return _UNKNOWN


def _jpeg(data: bytes) -> tuple[int, int]:
    """Go from marker to marker until a frame begins."""
    place = 2
    for _ in repeat(None, _MOST_MARKERS):
        begin, marker, length = struct.unpack_from(">BBH", data, place)
        if begin != 0xFF:
            return _UNKNOWN
        if marker in _FRAMES_OF_JPEG:
            height, width = struct.unpack_from(">HH", data, place + 5)
            return width, height
        place += 1 if marker == 0xFF else 2 + length
    return _UNKNOWN


_SIZES: dict[str, Callable[[bytes], tuple[int, int]]] = {
    "image/png": _png,
    "image/gif": _gif,
    "image/bmp": _bmp,
    "image/webp": _webp,
    "image/jpeg": _jpeg,
}
