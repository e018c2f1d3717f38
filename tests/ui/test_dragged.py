import pytest

from ui.dragged import dragged_paths


@pytest.mark.parametrize(
    ("pasted", "paths"),
    [
        ("/home/u/a.png", ("/home/u/a.png",)),
        ("'/home/u/My Photo.png' ", ("/home/u/My Photo.png",)),
        ('"/home/u/My Photo.png"', ("/home/u/My Photo.png",)),
        ("/home/u/My\\ Photo.png ", ("/home/u/My Photo.png",)),
        ("/home/u/My Photo.png", ("/home/u/My Photo.png",)),
        ("file:///home/u/My%20Photo.png\n", ("/home/u/My Photo.png",)),
        ("file://localhost/a.png", ("/a.png",)),
        ("/a.png /b.png", ("/a.png", "/b.png")),
        ("'/it'\\''s.png'", ("/it's.png",)),
        ("file:///a.png\nfile:///b.png", ("/a.png", "/b.png")),
        ("~/a.png", ("~/a.png",)),
    ],
)
def test_what_a_terminal_pastes_for_files_is_their_paths(pasted: str, paths: tuple[str, ...]) -> None:
    assert dragged_paths(pasted) == paths


@pytest.mark.parametrize(
    "pasted",
    ["", "a.png", "look at /a.png", "/", "file://elsewhere/a.png", "it's", "/a.png\0", "/" + "x" * 10_000,
     "file://[a.png", "/a.png and more, as words\n/b.png"],
)  # fmt: skip
def test_any_other_text_is_a_text(pasted: str) -> None:
    assert dragged_paths(pasted) == ()
