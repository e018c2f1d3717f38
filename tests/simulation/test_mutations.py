import ast
from pathlib import Path

import pytest

from tests.simulation.mutate import ROOT, apply
from tests.simulation.mutations import MUTATIONS, Mutation


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.what)
def test_a_deliberate_bug_finds_its_place_and_is_still_a_program(mutation: Mutation, tmp_path: Path) -> None:
    copy = tmp_path / mutation.file
    copy.parent.mkdir(parents=True)
    copy.write_text((ROOT / mutation.file).read_text(encoding="utf-8"), encoding="utf-8")
    apply(mutation, tmp_path)
    assert mutation.new in copy.read_text(encoding="utf-8")
    ast.parse(copy.read_text(encoding="utf-8"))


def test_the_bugs_are_all_different() -> None:
    assert len({mutation.what for mutation in MUTATIONS}) == len(MUTATIONS)
