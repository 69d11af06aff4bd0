"""Where the reading of a partition goes on: the position that the graph has, held against what the broker has. Pure."""

from dataclasses import dataclass

from graph.records import Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """One of a topic as the broker has it: its messages have the offsets from ``low`` to just below ``high``.

    A topic that was deleted and made again has another ``topic_id``.
    """

    topic: str
    number: int
    topic_id: str
    low: int
    high: int

    @property
    def name(self) -> str:
        return f"{self.topic}/{self.number}"

    def position(self, following: int) -> Position:
        """As it is stored: ``following`` is the offset of the first message that is not in the graph."""
        return Position(self.topic_id, str(following))


def start_of(partition: Partition, stored: Position | None) -> tuple[int, str | None]:
    """The offset to read from, and a sentence where that is not where the reading was left."""
    if stored is None:
        return partition.low, None
    following = int(stored.key)
    if stored.watermark != partition.topic_id:
        return partition.low, "it was made anew: it is read from its beginning."
    if following > partition.high:
        return partition.low, (
            f"it ends before where it was read to, as if it had lost {following - partition.high:,} messages: "
            "it is read from its beginning."
        )
    if following < partition.low:
        return partition.low, (
            f"{partition.low - following:,} messages are gone that nobody had read: it keeps them for too short a time."
        )
    return following, None
