from hypothesis import given
from hypothesis import strategies as st

from protocol.progress import MOST_LAYERS, Layer, Progress, WorkLine

LINES = st.lists(
    st.builds(
        WorkLine,
        st.sampled_from(["", "pulling", "verifying"]),
        st.sampled_from(["", "sha256:aaaa", "sha256:bbbb"]),
        st.none() | st.integers(-5, 50),
        st.none() | st.integers(-5, 100),
    )
)


def after(*lines: WorkLine) -> Progress:
    progress = Progress()
    for line in lines:
        progress = progress.after(line)
    return progress


def test_layers_are_added_up_in_the_order_in_which_they_come() -> None:
    progress = after(
        WorkLine("pulling manifest"),
        WorkLine("pulling a", "sha256:a", 100, 50),
        WorkLine("pulling b", "sha256:b", 300),
        WorkLine("pulling a", "sha256:a", 100, 100),
    )
    assert progress == Progress("pulling a", (Layer("sha256:a", 100, 100), Layer("sha256:b", 300, 0)))
    assert (progress.completed, progress.total, progress.percent) == (100, 400, 25)


def test_a_pull_that_goes_on_elsewhere_never_goes_back() -> None:
    progress = after(WorkLine("", "a", 100, 70), WorkLine("", "a", 100, 10), WorkLine("", "a", 5, 5))
    assert progress.layers == (Layer("a", 100, 70),)


def test_more_than_all_is_all_and_what_has_no_size_has_nothing() -> None:
    assert after(WorkLine("", "a", 100, 900)).layers == (Layer("a", 100, 100),)
    assert after(WorkLine("", "a", 0, 900), WorkLine("", "b", -5, 3)).percent is None


def test_a_flood_of_layers_is_bounded() -> None:
    progress = after(*(WorkLine("x" * 10_000, f"{number}", 1, 1) for number in range(1000)))
    assert (len(progress.layers), len(progress.status)) == (MOST_LAYERS, 120)


def test_what_a_store_says_stays_in_its_line_and_is_bounded() -> None:
    progress = after(WorkLine("pull\n\nchinwag: done" + "!" * 500, f"sha256:a\nb{'c' * 10**6}", 10, 5))
    assert progress.status == ("pull chinwag: done" + "!" * 500)[:120]
    assert [(len(layer.digest), layer.name) for layer in progress.layers] == [(120, "a bccccccccc")]


@given(LINES)
def test_no_number_of_a_layer_ever_gets_less(lines: list[WorkLine]) -> None:
    progress = Progress()
    for line in lines:
        before, progress = progress, progress.after(line)
        assert progress.completed >= before.completed
        for old, new in zip(before.layers, progress.layers, strict=False):
            assert old.digest == new.digest
            assert new.share >= old.share
            assert 0 <= new.completed <= new.total
