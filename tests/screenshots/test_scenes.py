"""The pictures in README are of the program as it is."""

import pytest

from tests.screenshots.difference import compare
from tests.screenshots.scenes import SCENES, Scene


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_the_program_looks_as_in_the_picture(scene: Scene) -> None:
    difference = compare(scene.kept(), scene.shoot())
    assert not difference, f"scripts/screenshots {scene.name} makes it anew:\n{difference}"


def test_a_difference_is_told_by_what_was_written_and_how_it_looked() -> None:
    assert compare('<text x="1">a</text>\nsame\n', '<text x="1">b</text>\nsame\n') == (
        '--- kept\n+++ now\n@@ -1 +1 @@\n-<text x="1">a</text>\n+<text x="1">b</text>'
    )
