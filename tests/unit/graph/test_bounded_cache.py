from hypothesis import given
from hypothesis import strategies as st

from graph.bounded_cache import BoundedCache

NUMBER, SIZE = 4, 20


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 25), st.booleans())))
def test_the_last_used_stay_within_both_bounds(steps: list[tuple[int, int, bool]]) -> None:
    gone: list[str] = []
    cache = BoundedCache[int, str](number=NUMBER, size=SIZE, forgotten=gone.append)
    kept: dict[int, tuple[str, int]] = {}  # in the order of last use
    for key, size, looks in steps:
        if looks:
            assert cache.get(key) == kept.get(key, (None, 0))[0]
            if key in kept:
                kept[key] = kept.pop(key)
            continue
        value = f"{key} of {size}"
        due = [kept.pop(key)[0]] if key in kept else []
        assert cache.put(key, value, size) is (size <= SIZE)
        if size <= SIZE:
            kept[key] = value, size
        while len(kept) > NUMBER or sum(size for _, size in kept.values()) > SIZE:
            due.append(kept.pop(next(iter(kept)))[0])
        assert gone == due
        gone.clear()
        assert (len(cache), cache.size) == (len(kept), sum(size for _, size in kept.values()))
