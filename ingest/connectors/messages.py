"""Messages of a topic become rows of the tables that read it, by the contracts of their events; or poison. Pure.

Whatever becomes of it, a message is done with: what nobody can read stops nobody behind it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson
import pyarrow as pa
from pydantic import ValidationError

from graph.records import source_key
from ingest.connectors.page import Page, Poison
from ingest.contracts.columns import to_table
from ingest.contracts.event import Event
from ingest.contracts.topics import TOPICS, Version, versions_of
from ingest.rejections import Reason
from ingest.table import Table

MAX_BYTES = 1_000_000  # of a message: no state of anything is longer
MAX_KEY = 1_000  # bytes of a message's key that are kept
RAW = pa.schema(
    [
        ("topic", pa.string()),
        ("partition", pa.int32()),
        ("offset", pa.int64()),
        ("size", pa.int64()),
        ("key", pa.binary()),
        ("value", pa.binary()),  # null of one that is too large
    ],
    metadata={"is": "a message"},  # and no row
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    size: int = 0  # of the value, also where that was too large to be kept

    @property
    def place(self) -> tuple[str, int]:
        return self.topic, self.partition


@dataclass(frozen=True, slots=True)
class Unread:
    """Why a message is no event; ``said`` is what it says all the same."""

    reason: Reason
    said: dict[str, Any] | None = None


Heard = Event | Unread


def hear(message: Message) -> Heard:
    """The event that a message is, by the contracts of its topic."""
    if message.value is None:
        return Unread(Reason.TOO_LARGE if message.size else Reason.NO_VALUE)
    if len(message.value) > MAX_BYTES:
        return Unread(Reason.TOO_LARGE)
    try:
        said = orjson.loads(message.value)
    except orjson.JSONDecodeError:
        return Unread(Reason.NOT_JSON)
    if not isinstance(said, dict):
        return Unread(Reason.NOT_AS_AGREED)
    if message.key is None:
        return Unread(Reason.NO_KEY, said)
    versions = _versions(message.topic)
    event_type, version = said.get("EventType"), said.get("SchemaVersion")
    if not isinstance(event_type, str) or not _is_known(message.topic, event_type):
        return Unread(Reason.UNKNOWN_EVENT, said)
    if type(version) is not int or (event_type, version) not in versions:
        return Unread(Reason.UNKNOWN_VERSION, said)
    try:
        contract = versions[event_type, version]
        return contract.model_validate_json(message.value, by_alias=True, by_name=False)
    except ValidationError:
        return Unread(Reason.NOT_AS_AGREED, said)


def to_page(system: str, table: Table, messages: Sequence[Message], heard: Sequence[Heard]) -> Page:
    """What of the messages of one partition is the table's, in their order; without a position."""
    events = [event for event in heard if isinstance(event, Event) and event.event_type in table.events]
    rows = to_table(_standing(table, events), table.event_columns).select(list(table.columns))
    poison = [
        Poison(reason=it.reason, content=_raw(message), key=_key(system, table, it))
        for message, it in zip(messages, heard, strict=True)
        if isinstance(it, Unread) and _concerns(table, it)
    ]
    return Page(rows=rows, position=None, poison=poison)


def is_message(content: pa.Table) -> bool:
    """Whether a dead letter is a message as it came, and no row."""
    return bool((content.schema.metadata or {}).get(b"is") == RAW.metadata[b"is"])


def hear_again(table: Table, content: pa.Table) -> pa.Table | None:
    """The row that a dead letter's message is by the contracts of now; None where it is none."""
    (told,) = content.to_pylist()
    event = hear(Message(**told)) if table.events else Unread(Reason.UNKNOWN_EVENT)
    if isinstance(event, Unread) or event.event_type not in table.events:
        return None
    return to_table([event], table.event_columns)


@cache
def _versions(topic: str) -> dict[Version, type[Event]]:
    return versions_of(TOPICS[topic])


def _is_known(topic: str, event_type: object) -> bool:
    return any(event_type == known for known, _ in _versions(topic))


def _standing(table: Table, events: Iterable[Event]) -> list[Event]:
    """Of each thing the events that a later one of no earlier time does not replace: by far the most times, the last.

    What the others said would be taken back at once. They stay where ids of records are more than the row's key.
    """
    events = list(events)
    if table.id or table.each:
        return events
    key = (
        next(name for name, field in type(events[0]).model_fields.items() if field.alias == table.key) if events else ""
    )
    newest: dict[object, Event] = {}
    standing = []
    for event in reversed(events):
        thing = event.source_system, getattr(event, key, None)
        if thing not in newest or event.occurred_at > newest[thing].occurred_at:
            newest[thing] = event
            standing.append(event)
    return standing[::-1]


def _concerns(table: Table, unread: Unread) -> bool:
    """A message that does not say which event it is may be any table's."""
    event_type = (unread.said or {}).get("EventType")
    return event_type in table.events or not _is_known(table.table, event_type)


def _key(system: str, table: Table, unread: Unread) -> str | None:
    found = (unread.said or {}).get(table.key)
    plain = not (table.id or table.each) and isinstance(found, str) and found.strip()
    return source_key(system, table.key_entity, str(found)) if plain else None


def _raw(message: Message) -> pa.Table:
    size = len(message.value or b"") or message.size
    fits = message.value is not None and size <= MAX_BYTES
    return pa.Table.from_pylist(
        [
            {
                "topic": message.topic,
                "partition": message.partition,
                "offset": message.offset,
                "size": size,
                "key": message.key and message.key[:MAX_KEY],
                "value": message.value if fits else None,
            }
        ],
        schema=RAW,
    )
