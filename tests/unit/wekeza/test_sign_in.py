"""A link signs in once, within minutes, and what is kept of it signs nobody in."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import time

import pytest

from api.tokens import Role, load_verification_key, new_signing_key, verification_key, verify_token
from wekeza.keys import signing_key
from wekeza.sign_in import LINK_MINUTES, TOKEN_MINUTES, SignIns


def code_of(link: str) -> str:
    page, _, code = link.partition("#code=")
    assert page == "http://here/graphiql"
    return code


def test_a_link_is_good_once_and_for_its_role(tmp_path: Path) -> None:
    made = SignIns(tmp_path)
    code = code_of(made.link("http://here", Role.STEWARD))
    found = SignIns(tmp_path).redeem(code)  # another process
    assert found is not None
    key = load_verification_key(verification_key(signing_key(tmp_path, new_signing_key)))
    caller = verify_token(key, found)
    assert (caller.subject, caller.role) == ("local", Role.STEWARD)
    assert made.redeem(code) is None


def test_two_links_are_two(tmp_path: Path) -> None:
    made = SignIns(tmp_path)
    first, second = (made.new_code(Role.ANALYST) for _ in range(2))
    assert first != second
    assert made.redeem(second)
    assert made.redeem(first)


def test_of_many_who_use_it_at_once_one_gets_in(tmp_path: Path) -> None:
    made = SignIns(tmp_path)
    code = made.new_code(Role.ANALYST)
    signing_key(tmp_path, new_signing_key)
    with ThreadPoolExecutor(8) as pool:
        found = [*pool.map(lambda _: made.redeem(code), range(32))]
    assert len([it for it in found if it]) == 1


def test_an_old_link_is_good_no_more_and_its_file_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = SignIns(tmp_path)
    codes = [made.new_code(Role.ANALYST) for _ in range(2)]
    later = time() + 60 * LINK_MINUTES + 1
    monkeypatch.setattr("wekeza.sign_in.time", lambda: later)
    assert made.redeem(codes[0]) is None
    newest = made.new_code(Role.ANALYST)
    assert len([*(tmp_path / "sign-in").iterdir()]) == 1
    assert made.redeem(codes[1]) is None
    assert made.redeem(newest)


@pytest.mark.parametrize("code", ["", "nonsense", "../secret", "x" * 100, "\udc80"])
def test_what_is_no_code_is_none(tmp_path: Path, code: str) -> None:
    made = SignIns(tmp_path)
    assert made.redeem(code) is None
    made.new_code(Role.ANALYST)
    assert made.redeem(code) is None


def test_what_is_kept_is_for_its_user_and_is_no_code(tmp_path: Path) -> None:
    made = SignIns(tmp_path)
    code = made.new_code(Role.ANALYST)
    (file,) = (tmp_path / "sign-in").iterdir()
    assert (file.stat().st_mode & 0o077, file.parent.stat().st_mode & 0o077) == (0, 0)
    assert code not in file.name + file.read_text(encoding="ascii")
    assert made.redeem(file.name) is None


def test_it_is_a_matter_of_minutes() -> None:
    assert LINK_MINUTES <= 10
    assert TOKEN_MINUTES <= 60
