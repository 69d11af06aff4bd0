"""What a person may decide about a review item: the choices that belong to its topic, as proposals. Pure."""

from collections.abc import Sequence
from enum import StrEnum

from graph.errors import BadDecision
from graph.identifiers import KINDS
from graph.proposals import Same, Suppress, Undo
from graph.resolution.explanation import decision_of
from graph.resolution.review import ReviewItem, Topic
from graph.shown import is_same


class Choice(StrEnum):
    SAME = "same"  # two of its records are one person or company
    DIFFERENT = "different"  # two of its records are two
    SUPPRESS = "suppress"  # the value that it is about says nothing
    UNDO = "undo"  # the decision that it is about stands no more
    KEEP = "keep"  # the rule is right: leave it as it is


_CHOICES = {
    Topic.SLIP: (Choice.SAME, Choice.DIFFERENT, Choice.KEEP),
    Topic.AMBIGUOUS: (Choice.SAME, Choice.DIFFERENT, Choice.KEEP),
    Topic.DOCUMENTS_DISPUTED: (Choice.SAME, Choice.DIFFERENT, Choice.SUPPRESS, Choice.KEEP),
    Topic.INSIDE: (Choice.DIFFERENT, Choice.KEEP),
    Topic.DECISION: (Choice.UNDO, Choice.KEEP),
}


def choices_of(item: ReviewItem) -> tuple[Choice, ...]:
    """What may be decided about it; only a decision that it names can be undone from here."""
    names_decision = len(item.identifiers) == 1 and is_same(item.identifiers[0])
    return tuple(it for it in _CHOICES[item.topic] if it is not Choice.UNDO or names_decision)


def pair_of(item: ReviewItem, named: Sequence[str]) -> tuple[str, str]:
    """The two records that are judged: those that are named, or the only two. Raises BadDecision."""
    chosen = tuple(sorted(set(named))) or item.records
    if len(chosen) != 2:
        raise BadDecision(f"Name the two of its {len(item.records)} records that you judge.")
    if not set(chosen) <= set(item.records):
        raise BadDecision("One of these records is not among those of the item.")
    return chosen[0], chosen[1]


def propose(item: ReviewItem, choice: Choice, named: Sequence[str]) -> Same | Suppress | Undo:
    """The decision for all choices but *different*, whose sides are to be found, and *keep*, which is none."""
    match choice:
        case Choice.SAME:
            return Same(*pair_of(item, named))
        case Choice.SUPPRESS:
            kind, _, rest = item.identifiers[0].partition("|")
            country, _, value = rest.partition("|") if KINDS[kind].by_country else (None, "", rest)
            return Suppress(kind, value, country)
        case Choice.UNDO:
            return Undo(decision_of(item.identifiers[0]))
        case _:
            raise BadDecision(f"{choice.value} is no decision about records alone.")


def refuse_other(item: ReviewItem, choice: Choice) -> None:
    """Raises BadDecision for a choice that does not belong to the item."""
    allowed = choices_of(item)
    if choice not in allowed:
        raise BadDecision(f"About this one can decide: {', '.join(it.value for it in allowed)}.")
