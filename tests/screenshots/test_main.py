import pytest

from tests.screenshots.__main__ import main


def test_checking_says_what_is_as_it_was_kept_and_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check", "small"]) == 0
    assert capsys.readouterr().out == "small: as it was kept\n"


def test_a_picture_that_there_is_not_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["nosuch"])
    assert caught.value.code == 2
    assert capsys.readouterr().err.endswith("no picture is called 'nosuch'\n")
