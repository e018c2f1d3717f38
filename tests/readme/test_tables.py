import re

import pytest

from tests.readme.tables import README, rewritten
from tests.screenshots.scenes import PICTURES, SCENES
from tests.support.program import ROOT

TEXT = README.read_text(encoding="utf-8")


def test_the_tables_of_readme_are_those_of_the_program() -> None:
    assert rewritten(TEXT) == TEXT, "python -m tests.readme makes them anew"


def test_a_table_is_made_between_its_marks() -> None:
    made = rewritten("Before.\n<!-- made: all keys -->\nold\n<!-- end -->\nAfter.\n")
    assert made.startswith(
        "Before.\n<!-- made: all keys -->\n| key | what it does |\n|---|---|\n| Enter | send the text |\n"
    )
    assert made.endswith("| Ctrl-_ | undo |\n<!-- end -->\nAfter.\n")


def test_a_mark_that_names_no_table_is_refused() -> None:
    with pytest.raises(KeyError):
        rewritten("<!-- made: nonsense -->\n<!-- end -->\n")


def test_readme_shows_every_picture_and_no_other() -> None:
    shown = [ROOT / path for path in re.findall(r'<img src="([^"]+)"', TEXT)]
    assert sorted(shown) == sorted(scene.path for scene in SCENES) == sorted(PICTURES.iterdir())


def test_a_picture_in_readme_is_described_by_its_title() -> None:
    described = re.findall(r'<img src="\S+/(\w+)\.svg" alt="([^"]+)"', TEXT)
    assert sorted(described) == sorted((scene.name, scene.title) for scene in SCENES)
