"""A batch as it is applied: in waves, each record once in a wave, versions of one record in their order. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from graph.limits import fits
from graph.records import CustomerRecord, Departure, SourceRecord, content_hash
from graph.rows import kind_of

NEVER = datetime.min.replace(tzinfo=UTC)
Version = CustomerRecord | Departure


@dataclass(frozen=True, slots=True)
class Delivered:
    """A record with its content hash."""

    record: SourceRecord
    content: str


Records = Mapping[type[SourceRecord], Mapping[str, Delivered]]  # by kind, then by key


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What can be applied in one step."""

    records: Records
    departures: Mapping[str, Departure]  # by key; none of a key among the records


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """When, in the source's own order, a version was made."""

    source_version: int | None
    at: datetime | None

    def precedes(self, other: "Stamp") -> bool:
        """Whether it is known to be older: by the source's versions if both have one, else by their dates."""
        if self.source_version is not None and other.source_version is not None:
            return self.source_version < other.source_version
        return self.at is not None and other.at is not None and self.at < other.at


def stamp(record: SourceRecord | Departure) -> Stamp:
    if isinstance(record, Departure):
        return Stamp(source_version=record.source_version, at=record.at)
    at = getattr(record, "updated_at", None) or getattr(record, "last_seen_at", None)  # a device's row has no other
    return Stamp(source_version=getattr(record, "source_version", None), at=at)


def in_waves(records: Iterable[SourceRecord | Departure]) -> tuple[tuple[Delivery, ...], int]:
    """The batch in as many waves as one customer record has versions, at least one; and how many records do not fit.

    Of other records, which have no identity, the newest version is enough, or that they left.
    """
    versions: dict[str, list[Version]] = defaultdict(list)
    others: list[SourceRecord | Departure] = []
    unfit = 0
    for record in records:
        if not fits(record):
            unfit += 1
        elif isinstance(record, CustomerRecord | Departure) and kind_of(record) is CustomerRecord:
            versions[record.key].append(record)
        else:
            others.append(record)
    ordered = [in_order(found) for found in versions.values()]
    deepest = max(map(len, ordered), default=1)
    waves = [[found[n] for found in ordered if n < len(found)] for n in range(deepest)]
    found = [newest([*wave, *others] if n == 0 else wave) for n, wave in enumerate(waves)]
    return tuple(found), unfit


def in_order(versions: Sequence[Version]) -> Sequence[Version]:
    """Versions of one record as the source made them, as far as it tells; else as they were delivered.

    Of versions with equal stamps the last delivered decides: those before it would be taken back at once. Only a
    departure before it counts, because what returns may be somebody else.
    """
    if len(versions) == 1:
        return versions
    stamps = [stamp(version) for version in versions]
    if all(each.source_version is not None for each in stamps):
        versions = sorted(versions, key=lambda version: version.source_version or 0)
    elif all(each.at is not None for each in stamps):
        versions = sorted(versions, key=lambda version: stamp(version).at or NEVER)
    kept = [
        version
        for version, following in pairwise(versions)
        if stamp(version) != stamp(following)
        or (isinstance(version, Departure) and not isinstance(following, Departure))
    ]
    return [*kept, versions[-1]]


def newest(records: Iterable[SourceRecord | Departure]) -> Delivery:
    """Of several versions of a record the newest, of those the one delivered last: as if they had come one by one."""
    latest: dict[type[SourceRecord], dict[str, SourceRecord | Departure]] = defaultdict(dict)
    for record in records:
        known = latest[kind_of(record)].get(record.key)
        if known is None or not stamp(record).precedes(stamp(known)):
            latest[kind_of(record)][record.key] = record
    present: Records = {
        kind: {
            key: Delivered(record, content_hash(record))
            for key, record in sorted(found.items())
            if not isinstance(record, Departure)
        }
        for kind, found in latest.items()
    }
    return Delivery(
        records={kind: found for kind, found in present.items() if found},
        departures={
            key: record for found in latest.values() for key, record in found.items() if isinstance(record, Departure)
        },
    )
