"""Who a customer record is: one known already, one that returns, one never seen, or somebody else under an old key."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from graph.changes import Changes, Row
from graph.records import CustomerRecord
from graph.resolution.global_ids import birth_id
from graph.resolution.names import birth_dates_contradict, canonical_name, contradict
from graph.said import hear
from ledger.entries import Birth, Presence, RankedBirth
from ledger.ledger import Ledger
from ledger.records import KnownRecord, known_records, latest_versions

Read = Callable[..., Awaitable[list[Row]]]
NATIONAL_ID = "NationalId"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identities:
    """The birth ids of the customer records of a step, by key."""

    ranked: Mapping[str, RankedBirth]  # those that the ledger knows
    births: Sequence[Birth]  # the others, in the order of their ranks
    returned: Sequence[str]  # keys of records that had left
    former: Sequence[str]  # birth ids of ghosts whose key is somebody else's now

    def birth_ids(self) -> dict[str, str]:
        ranked = {key: known.birth_id for key, known in self.ranked.items()}
        return ranked | {birth.key: birth.birth_id for birth in self.births}


def is_somebody_else(last: CustomerRecord, record: CustomerRecord) -> bool:
    """Whether a deleted key came back with another person: the name contradicts what it said last, and so does the
    birth date or a verified national id of the same country."""
    names = canonical_name(last.full_name), canonical_name(record.full_name)
    if not contradict(*names):
        return False
    before, now = _national_ids(last), _national_ids(record)
    ids_contradict = any(before[country].isdisjoint(now[country]) for country in before.keys() & now.keys())
    return ids_contradict or birth_dates_contradict(names[0], last.birth_date, names[1], record.birth_date)


def _national_ids(record: CustomerRecord) -> dict[str | None, set[str]]:
    found: dict[str | None, set[str]] = {}
    for value in record.identifiers:
        if value.kind == NATIONAL_ID and value.verified and not value.placeholder:
            found.setdefault(value.country, set()).add(value.value)
    return found


async def identify(read: Read, ledger: Ledger, secret: bytes, changes: Changes) -> Identities:
    """Name the customer records of a step. What a void step gave birth to keeps its birth id and rank."""
    records = {record.key: record for record in changes.customers()}
    stored = {key: changes.stored_of(record) for key, record in records.items()}
    ghosts = {key: row for key, row in stored.items() if row.get("ghost")}
    strangers = [key for key, row in stored.items() if not row.get("birth_id")]
    ranked = {key: _ranked(row) for key, row in stored.items() if row.get("birth_id")}
    if not ghosts and not strangers:
        return Identities(ranked=ranked, births=(), returned=(), former=())
    async with ledger.transaction() as connection:
        known = await known_records(connection, [*ghosts, *strangers])
        last = await latest_versions(connection, [row["birth_id"] for row in ghosts.values()])
    somebody_else = {
        key: row["birth_id"]
        for key, row in ghosts.items()
        if row["birth_id"] in last and is_somebody_else(hear(last[row["birth_id"]].said), records[key])
    }
    named = await _name_new(read, secret, [*strangers, *somebody_else], known)
    mine = {known[key].birth_id: known[key] for key in named if key in known}
    ranked |= {key: _known(mine[birth.birth_id]) for key, birth in named.items() if birth.birth_id in mine}
    back = [key for key in strangers if key in ranked and known[key].presence is Presence.LEFT]
    return Identities(
        ranked={key: rank for key, rank in ranked.items() if key not in named or named[key].birth_id in mine},
        births=_by_seniority((birth for birth in named.values() if birth.birth_id not in mine), records),
        returned=sorted([*back, *(ghosts.keys() - somebody_else.keys())]),
        former=sorted(somebody_else.values()),
    )


async def _name_new(
    read: Read, secret: bytes, keys: Iterable[str], known: Mapping[str, KnownRecord]
) -> dict[str, Birth]:
    """The newest incarnation of each key that has no node: known from a void step, or the next one."""

    def born(key: str, incarnation: int) -> Birth:
        return Birth(key, str(birth_id(secret, key, incarnation)), incarnation)

    named = {key: born(key, known[key].incarnation if key in known else 0) for key in keys}
    open_ = dict(named)
    while open_:
        ids = [birth.birth_id for birth in open_.values()]
        taken = {row["birth_id"] for row in await read("load_taken_births", ids=ids)}
        open_ = {key: born(key, was.incarnation + 1) for key, was in open_.items() if was.birth_id in taken}
        named |= open_
    return named


def _by_seniority(births: Iterable[Birth], records: Mapping[str, CustomerRecord]) -> list[Birth]:
    """The source's creation date, then the key; undated records last."""

    def seniority(birth: Birth) -> tuple[bool, float, str]:
        created = records[birth.key].created_at
        return created is None, created.timestamp() if created else 0.0, birth.key

    return sorted(births, key=seniority)


def _ranked(row: Row) -> RankedBirth:
    return RankedBirth(row["birth_id"], row["rank"])


def _known(record: KnownRecord) -> RankedBirth:
    return RankedBirth(record.birth_id, record.rank, record.incarnation)
