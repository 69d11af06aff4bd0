"""Who is who across the sources, and how good a guess at it is."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Truth(Mapping[str, str]):
    """Source record key (`system|entity|id`) -> person. Knows the seeded rows only, never those written later."""

    person_of: Mapping[str, str]

    def __getitem__(self, key: str) -> str:
        return self.person_of[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.person_of)

    def __len__(self) -> int:
        return len(self.person_of)


@dataclass(frozen=True, slots=True)
class Scores:
    """Pairwise: of the pairs put together, the share that is right; of the right pairs, the share put together."""

    precision: float
    recall: float
    f1: float


def pairwise_scores(predicted: Mapping[str, str], truth: Mapping[str, str]) -> Scores:
    """Compare two partitions of the keys of `truth`, each given as key -> group, in linear time.

    A key that `predicted` lacks is a group of its own; keys that only `predicted` knows do not count. Where there is
    no pair to be right or wrong about, the share is 1.
    """
    groups = {key: (True, predicted[key]) if key in predicted else (False, key) for key in truth}
    together = _pairs(Counter(groups.values()).values())
    same = _pairs(Counter(truth.values()).values())
    right = _pairs(Counter((groups[key], truth[key]) for key in truth).values())
    precision = right / together if together else 1.0
    recall = right / same if same else 1.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return Scores(precision, recall, f1)


def _pairs(sizes: Iterable[int]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes)
