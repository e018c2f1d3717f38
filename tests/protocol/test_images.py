import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.images import SUFFIXES, ImageFacts, image_facts
from tests.support.pictures import bmp, gif, jpeg, png, webp

LOSSLESS = b"RIFF\x1e\0\0\0WEBPVP8L\x10\0\0\0\x2f" + struct.pack("<I", (640 - 1) | (480 - 1) << 14) + b"\0" * 8
LOSSY = b"RIFF\x1e\0\0\0WEBPVP8 \x10\0\0\0\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 640, 480)
OLD_BITMAP = b"BM" + struct.pack("<IHHI", 30, 0, 0, 26) + struct.pack("<IHH", 12, 640, 480)


@pytest.mark.parametrize(
    ("data", "facts"),
    [
        (png(640, 480), ImageFacts("image/png", 640, 480)),
        (gif(640, 480), ImageFacts("image/gif", 640, 480)),
        (bmp(640, -480), ImageFacts("image/bmp", 640, 480)),
        (OLD_BITMAP, ImageFacts("image/bmp", 640, 480)),
        (webp(640, 480), ImageFacts("image/webp", 640, 480)),
        (LOSSLESS, ImageFacts("image/webp", 640, 480)),
        (LOSSY, ImageFacts("image/webp", 640, 480)),
        (jpeg(640, 480), ImageFacts("image/jpeg", 640, 480)),
        (b"II*\0" + b"\0" * 20, ImageFacts("image/tiff")),
        (b"\0\0\0\x1cftypavif" + b"\0" * 20, ImageFacts("image/avif")),
        (b"\0\0\0\x1cftypheic" + b"\0" * 20, ImageFacts("image/heic")),
    ],
)
def test_an_image_is_known_by_its_bytes(data: bytes, facts: ImageFacts) -> None:
    assert image_facts(data) == facts
    assert facts.media_type in SUFFIXES


@pytest.mark.parametrize(
    "data",
    [b"", b"\x89PNG", b"BM is how a letter begins, and more follows", b"%PDF-1.7 and so on", b"GIF of a cat, as words",
     b"\0\0\0\x1cftypmp42" + b"\0" * 20, b"RIFF\0\0\0\0WAVEfmt "],
)  # fmt: skip
def test_anything_else_is_none(data: bytes) -> None:
    assert image_facts(data) is None


@pytest.mark.parametrize("whole", [png(640, 480), gif(9, 9), bmp(9, 9), webp(9, 9), jpeg(9, 9), LOSSLESS, LOSSY])
def test_one_that_is_cut_short_has_no_size_and_breaks_nothing(whole: bytes) -> None:
    for end in range(len(whole)):
        image_facts(whole[:end])


@given(st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF....WEBPVP8X", b"BM"]), st.binary())
def test_whatever_follows_a_signature_breaks_nothing(begin: bytes, rest: bytes) -> None:
    facts = image_facts(begin + rest)
    assert facts is None or (facts.width >= 0 and facts.height >= 0)


def test_a_jpeg_that_never_says_its_size_is_given_up() -> None:
    assert image_facts(b"\xff\xd8" + b"\xff\xfe\x00\x02" * 5_000) == ImageFacts("image/jpeg")
