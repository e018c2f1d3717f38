from pathlib import Path

import pytest

from actors.attaching_source import bytes_in
from actors.image_files import save_images
from protocol.chat import Attachment, Stored
from protocol.errands import ImagesSaved, SaveImages
from tests.support.pictures import gif, png

PICTURE, OTHER = Attachment("image.png", "image/png", png()), Attachment("../../x", "image/gif", gif(1, 1))
LOST = Attachment("image.png", "image/png", b"", Stored("ab", 3))


def saved(folder: Path, *images: Attachment, name: str = "") -> str:
    news = save_images(SaveImages(7, images, str(folder), name), bytes_in(None))
    assert isinstance(news, ImagesSaved)
    assert news.number == 7
    return news.words


def test_images_get_names_of_ours_and_nothing_is_written_over(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    assert saved(folder, PICTURE, OTHER) == f"Saved to {folder}/image-1.png, {folder}/image-1.gif."
    assert saved(folder, PICTURE) == f"Saved to {folder}/image-2.png."
    assert (folder / "image-1.png").read_bytes() == (folder / "image-2.png").read_bytes() == png()
    assert sorted(path.name for path in tmp_path.rglob("*.*")) == ["image-1.gif", "image-1.png", "image-2.png"]


def test_a_name_that_somebody_has_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.png").write_bytes(b"mine")
    (tmp_path / "link.png").symlink_to(tmp_path / "elsewhere")
    for name in ("mine.png", "link.png"):
        assert saved(tmp_path, PICTURE, name=name) == f"'{name}' is there already. Name another."
    assert saved(tmp_path, PICTURE, name="other.png") == f"Saved to {tmp_path}/other.png."
    assert (tmp_path / "mine.png").read_bytes() == b"mine"
    assert not (tmp_path / "elsewhere").exists()


def test_what_is_no_image_is_not_written(tmp_path: Path) -> None:
    text = Attachment("image.png", "image/png", b"#!/bin/sh\nrm -rf ~\n")
    assert saved(tmp_path, text) == "The images cannot be saved: one of them is none."
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("folder", ["/proc/nosuch", "/dev/null/x"])
def test_a_folder_that_cannot_be_is_one_sentence(folder: str) -> None:
    assert saved(Path(folder), PICTURE).startswith("The images cannot be saved: ")


def test_what_is_lost_is_one_sentence_and_says_what_was_saved_before_it(tmp_path: Path) -> None:
    assert saved(tmp_path, PICTURE, LOST) == (
        "The bytes of 'image.png' are not on disk any more. Attach it again, or /undo the prompt. "
        f"Saved to {tmp_path}/image-1.png."
    )
