import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.errors import ApiError
from api.search import full_text_query


def test_words_match_exactly_as_beginnings_and_with_a_slip() -> None:
    assert full_text_query("Ámi  OTIENO") == "(ámi^4 OR ámi*^2) (otieno^4 OR otieno*^2 OR otieno~1)"


@pytest.mark.parametrize("text", ["", "   ", "*:*", "()", "x" * 101, " ".join("abcdefghi")])
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(ApiError):
        full_text_query(text)


@given(st.text(max_size=100))
def test_no_operator_gets_through(text: str) -> None:
    try:
        query = full_text_query(text)
    except ApiError:
        return
    for word in ("^4", "*^2", "~1", " OR ", "(", ")", " "):
        query = query.replace(word, "")
    assert all(char.isalnum() or char == "_" or not char.isascii() for char in query)
