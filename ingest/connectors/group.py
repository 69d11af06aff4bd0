"""One member of a consumer group of Kafka's. All of it is called by one thread; the client fetches ahead by itself.

What goes wrong with one topic is told in ``unheard``; what goes wrong with all raises SourceUnavailable, whose sentence
says what to do and does not name the source.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from time import monotonic
from typing import Any

import structlog
from confluent_kafka import Consumer, KafkaError, KafkaException, TopicCollection, TopicPartition
from confluent_kafka import Message as Received
from confluent_kafka.admin import AdminClient

from ingest.connectors import faults
from ingest.connectors.messages import MAX_BYTES, Message
from ingest.connectors.offsets import Partition
from ingest.errors import SourceUnavailable

WAIT_SECONDS = 0.5  # for a message: as long as a stop may take
ANSWER_SECONDS = 5.0
CHECK_SECONDS = 5.0  # how soon a topic that was made anew is noticed
AT_ONCE = 500  # messages that are asked for in one call
MAX_TAKEN = 16_000_000  # bytes that are taken at once
GROUP: Mapping[str, Any] = {
    "enable.auto.commit": False,
    "auto.offset.reset": "error",  # we say from where
    "allow.auto.create.topics": False,
    "session.timeout.ms": 10_000,  # how long the partitions of a member that was killed wait
    "topic.metadata.refresh.interval.ms": 5_000,  # how soon a new topic or partition is noticed
    "queued.max.messages.kbytes": 16_384,
    "fetch.wait.max.ms": 100,
}
SILENT = (KafkaError._ALL_BROKERS_DOWN, KafkaError._TRANSPORT, KafkaError._TIMED_OUT, KafkaError._RESOLVE)
REFUSED = (KafkaError._AUTHENTICATION, KafkaError.SASL_AUTHENTICATION_FAILED)
UNKNOWN = (KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError._UNKNOWN_TOPIC, KafkaError._UNKNOWN_PARTITION)

Place = tuple[str, int]  # a partition: its topic and number
Starts = Callable[[Sequence[Partition]], Mapping[Place, int]]

log = structlog.get_logger()


class Member:
    """``starts`` says from which offsets the partitions that the group gives us are read."""

    def __init__(self, settings: Mapping[str, str | int], group: str, topics: Sequence[str], starts: Starts) -> None:
        self._settings = settings
        self._group = group
        self._topics = topics
        self._starts = starts
        self._consumer: Consumer | None = None
        self._admin: AdminClient | None = None
        self._owned: set[Place] = set()
        self._ids: dict[str, str] = {}  # of topics; one that was made anew has another
        self._checked = monotonic()
        self._taken: list[Message] = []  # and not given out yet
        self._fault: KafkaError | None = None
        self.unheard: dict[str, str] = {}  # topic -> why

    def open(self) -> None:
        """Ask the broker for its topics, and join the group."""
        told = {"error_cb": self._note, "on_commit": _log_commit}
        try:
            self._consumer = Consumer({**self._settings, **GROUP, "group.id": self._group, **told})
            self._admin = AdminClient(dict(self._settings))
        except KafkaException:
            raise SourceUnavailable("its DSN has an option that Kafka's client cannot use.") from None
        try:
            known = self._consumer.list_topics(timeout=ANSWER_SECONDS).topics
        except KafkaException as fault:
            self._consumer.poll(0)  # what was wrong before is told here
            raise _explained(self._fault or fault.args[0]) from None
        self.unheard = {topic: _no_topic(topic) for topic in self._topics if topic not in known}
        self._consumer.subscribe(list(self._topics), on_assign=self._assign, on_revoke=self._drop, on_lost=self._drop)

    def take(self, most: int) -> list[Message]:
        """The next messages, about ``most`` of them; none if none came for a while."""
        assert self._consumer is not None  # noqa: S101 - it is open
        self._check()
        first = self._consumer.poll(WAIT_SECONDS)  # which, unlike `consume`, also tells what is wrong
        received = [first] if first is not None else []
        while received:
            self._taken += [message for it in received if (message := self._message(it)) is not None]
            if len(self._taken) >= most or sum(len(it.value or b"") for it in self._taken) >= MAX_TAKEN:
                break
            received = self._consumer.consume(min(AT_ONCE, most - len(self._taken)), 0)
        if self._fault:
            raise _explained(self._fault)
        taken, self._taken = self._taken, []
        return taken

    def commit(self, following: Mapping[Place, int]) -> None:
        """Tell the broker how far the partitions that are still ours have been read; it may be refused."""
        assert self._consumer is not None  # noqa: S101
        offsets = [TopicPartition(*place, offset) for place, offset in following.items() if place in self._owned]
        if offsets:
            self._consumer.commit(offsets=offsets, asynchronous=True)

    def close(self) -> None:
        """Leave the group."""
        if self._consumer is not None:
            self._consumer.close()

    def _assign(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        found = self._described(consumer, [(it.topic, it.partition) for it in partitions])
        starts = self._starts(found)
        consumer.assign([TopicPartition(*place, offset) for place, offset in starts.items()])
        self._owned = set(starts)
        for topic, _ in starts:
            self.unheard.pop(topic, None)

    def _check(self) -> None:
        """The client would go on in a topic that was made anew where it was in the former one."""
        if monotonic() - self._checked < CHECK_SECONDS:
            return
        self._checked = monotonic()
        if self._ids_of({topic for topic, _ in self._owned}).items() - self._ids.items():
            raise _reopened()

    def _ids_of(self, topics: Collection[str]) -> dict[str, str]:
        assert self._admin is not None  # noqa: S101
        if not topics:
            return {}
        try:
            asked = self._admin.describe_topics(TopicCollection(sorted(topics)), request_timeout=ANSWER_SECONDS)
            return {topic: str(it.result(2 * ANSWER_SECONDS).topic_id) for topic, it in asked.items()}
        except TimeoutError:  # the client's own limit does not hold where a broker was killed
            raise _silent() from None
        except KafkaException as fault:
            raise _explained(fault.args[0]) from None

    def _described(self, consumer: Consumer, places: Sequence[Place]) -> list[Partition]:
        ids = self._ids = self._ids_of({topic for topic, _ in places})
        found = []
        try:
            for topic, number in places:
                limits = consumer.get_watermark_offsets(TopicPartition(topic, number), timeout=ANSWER_SECONDS)
                if limits is None:
                    raise faults.too_late()
                found.append(Partition(topic=topic, number=number, topic_id=ids[topic], low=limits[0], high=limits[1]))
        except KafkaException as fault:
            raise _explained(fault.args[0]) from None
        return found

    def _drop(self, _: Consumer, partitions: list[TopicPartition]) -> None:
        """Somebody else reads these now, from where the graph stands."""
        gone = {(it.topic, it.partition) for it in partitions}
        self._owned -= gone
        self._taken = [it for it in self._taken if it.place not in gone]

    def _message(self, received: Received) -> Message | None:
        error = received.error()
        if error is None:
            value, key = received.value(), received.key()
            size = len(value or b"")
            return Message(
                topic=received.topic() or "",
                partition=received.partition() or 0,
                offset=received.offset() or 0,
                key=key,
                value=value if size <= MAX_BYTES else None,
                size=size,
            )
        code, topic = error.code(), received.topic() or ""
        if code == KafkaError.TOPIC_AUTHORIZATION_FAILED:
            self.unheard[topic] = f"the topic {topic!r} may not be read by this user: grant it READ and DESCRIBE."
        elif code in UNKNOWN and all(topic != owned for owned, _ in self._owned):
            self.unheard[topic] = _no_topic(topic)
        elif code == KafkaError._MAX_POLL_EXCEEDED:
            log.warning("left_the_group", group=self._group, why="loading took longer than the group waits")
        elif code not in SILENT:
            self._note(error)
        return None

    def _note(self, error: KafkaError) -> None:
        """Of several things that are wrong, one that says more than that nobody answers."""
        if self._fault is None or self._fault.code() in SILENT:
            self._fault = error


def _explained(error: KafkaError) -> SourceUnavailable:
    code = error.code()
    if code in SILENT:
        return _silent()
    if code in REFUSED:
        return faults.not_let_in()
    if code == KafkaError._SSL:
        return faults.not_vouched_for("ssl.ca.location")
    if code == KafkaError.GROUP_AUTHORIZATION_FAILED:
        return SourceUnavailable("this user may not read in our consumer group: grant it READ on groups wekeza-*.")
    if code in UNKNOWN or code == KafkaError._AUTO_OFFSET_RESET:
        return _reopened()
    return SourceUnavailable(f"it refuses to be read ({error.name()}).")


def _silent() -> SourceUnavailable:
    return SourceUnavailable("it does not answer: does the broker run, and are hosts and ports right in its DSN?")


def _reopened() -> SourceUnavailable:
    return SourceUnavailable(
        "one of its topics was deleted, made anew or cut off while it was read: it is opened anew."
    )


def _no_topic(topic: str) -> str:
    return f"there is no topic {topic!r}: create it, or check its name; the others are read."


def _log_commit(error: KafkaError | None, _: list[TopicPartition]) -> None:
    """Nothing is lost: where we are is in the graph."""
    if error is not None:
        log.info("group_offsets_not_told", error=error.name())
