import re
from pathlib import Path

from ui.configuration_file import examine, parse_file
from ui.configuration_keys import SECTIONS, SETTINGS
from ui.configuration_sample import sample
from ui.settled import DEFAULT, Settled

_SETTING = re.compile(r'# ("?[a-z_-]+"? = .*|\[presets.*|\[servers.*)')


def test_the_commented_default_has_every_setting_and_changes_none() -> None:
    text = sample()
    settled = Settled(parse_file(text, "c.toml", Path()))
    assert {settled.find(one.name).source for one in SETTINGS} == {DEFAULT}
    assert all(f"# {one.path[-1]} = " in text for one in SETTINGS)
    assert all(f"[{one.name}" in text for one in SECTIONS)


def test_with_the_comment_signs_taken_away_it_is_a_configuration_without_mistakes() -> None:
    lines = [_SETTING.sub(r"\1", line) for line in sample().splitlines()]
    found, mistakes = examine("\n".join(lines), "c.toml", Path())
    assert mistakes == []
    assert {setting.path for setting in SETTINGS} <= set(found.values)
    assert set(found.sections) == {section.name for section in SECTIONS}
