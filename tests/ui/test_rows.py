import urwid

from ui.rows import Row, RowCache, RowsCanvas, rows_of, stacked


def drawn(text: str, columns: int = 4) -> urwid.Canvas:
    canvas: urwid.Canvas = urwid.Text(text).render((columns,))
    return canvas


def row(text: str) -> Row:
    return [(None, None, text.encode())]


def test_rows_are_handed_on_as_the_same_objects() -> None:
    rows = [row("abcd"), row("efgh")]
    canvas = RowsCanvas(rows, 4)
    assert (canvas.cols(), canvas.rows(), canvas.cursor) == (4, 2, None)
    assert all(one is other for one, other in zip(canvas.content(), rows, strict=True))


def test_a_part_of_the_rows_can_be_had_as_urwid_wants_it() -> None:
    canvas = RowsCanvas([row("abcd"), [("ink", None, "日".encode()), (None, None, b"gh")]], 4)
    assert list(canvas.content(trim_top=1)) == [[("ink", None, "日".encode()), (None, None, b"gh")]]
    assert list(canvas.content(1, 0, 2, 2, {"ink": "other"})) == [row("bc"), [("other", None, b" "), *row("g")]]
    whole = urwid.CompositeCanvas(canvas)
    whole.trim(0, 1)
    whole.pad_trim_left_right(-1, 1)
    assert whole.decoded_text == ("bcd ",)


def test_a_canvas_is_taken_apart_once_while_it_is_drawn_in_every_frame() -> None:
    cache, canvas = RowCache(), drawn("ab")
    first = cache.rows(canvas)
    cache.next_frame()
    assert cache.rows(canvas) is first
    cache.next_frame()
    cache.next_frame()
    assert cache.rows(canvas) is not first


def test_parts_stand_below_each_other_with_the_cursor_where_one_has_it() -> None:
    edit = urwid.Edit("", "x").render((4,), focus=True)
    canvas = stacked([drawn("ab"), edit, drawn("cd")], RowCache(), 4)
    assert rows_of(canvas) == [*drawn("ab").content(), *edit.content(), *drawn("cd").content()]
    assert (canvas.decoded_text, canvas.cursor) == (("ab  ", "x   ", "cd  "), (1, 1))
