from protocol.suggestion import suggestion


def test_a_close_name_is_asked_about() -> None:
    assert suggestion("modle", ["system", "model"]) == " Did you mean 'model'?"


def test_where_no_name_is_close_nothing_is_asked() -> None:
    assert suggestion("colour", ["system", "model"]) == ""
