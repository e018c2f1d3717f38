"""Cutting a text into pieces, in all ways."""

from hypothesis import strategies as st


def cut(text: str, data: st.DataObject | None) -> list[str]:
    """Cut `text` where hypothesis wants it; into single characters when it has no wish."""
    if data is None:
        return list(text)
    places = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=20)))
    return [text[start:end] for start, end in zip([0, *places], [*places, len(text)], strict=True)]
