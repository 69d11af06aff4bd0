"""From what a person types to a full-text query: no operator of the query language gets through."""

import re

from api.errors import ApiError, ErrorCode

WORD = re.compile(r"\w+")
MAX_TEXT = 100
MAX_WORDS = 8
FUZZY_FROM = 4  # letters; shorter words forgive no slip


def full_text_query(text: str) -> str:
    """Each word exactly, as a beginning, or with one slip; records with more of the words come first."""
    words = WORD.findall(text.casefold()) if len(text) <= MAX_TEXT else []
    if not words or len(words) > MAX_WORDS:
        raise ApiError(
            ErrorCode.BAD_USER_INPUT, f"'text' is a name: 1 to {MAX_WORDS} words, at most {MAX_TEXT} characters."
        )
    return " ".join(_word(word) for word in words)


def _word(word: str) -> str:
    slip = f" OR {word}~1" if len(word) >= FUZZY_FROM else ""
    return f"({word}^4 OR {word}*^2{slip})"
