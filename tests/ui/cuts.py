"""Cutting a text into pieces, in all ways."""

from hypothesis import strategies as st

_TAIL = 12


def cut(text: str, data: st.DataObject | None) -> list[str]:
    """Cut `text` where hypothesis wants it; into single characters when it has no wish.

    Its end is cut into single characters, too, often: what is wrong at an end stays on the screen.
    """
    if data is None:
        return list(text)
    places = data.draw(st.lists(st.integers(0, len(text)), max_size=20))
    tail = data.draw(st.integers(0, min(_TAIL, len(text))))
    whole = sorted({*places, *range(len(text) - tail, len(text))})
    return [text[start:end] for start, end in zip([0, *whole], [*whole, len(text)], strict=True)]
