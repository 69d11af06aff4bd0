"""What the rule says of a region of the graph, in the form in which the graph holds it. Pure."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph.components import Region, StoredRecord, evidence_of, members_of
from graph.memberships import View, lead_on
from graph.records import PartyType
from graph.resolution.global_ids import founders
from graph.resolution.golden import golden_record
from graph.resolution.policy import Policy
from graph.resolution.population import resolve_population

Properties = Mapping[str, Any]
CURRENT, MERGED = "current", "merged"


@dataclass(frozen=True, slots=True)
class Conclusion:
    """The view that the graph should hold, and what each of its customers should say."""

    view: View
    customers: Mapping[str, Properties]  # by GCID: status, golden record with provenance, and the hash of all that


def conclude(region: Region, policy: Policy, trust: Mapping[str, float]) -> Conclusion:
    """Resolve the region's records, and name what becomes of every customer that was ever named after one of them."""
    records = region.records
    resolution = resolve_population(members_of(records.values()), evidence_of(records.values()), (), policy)
    ranks = {key: record.rank for key, record in records.items()}
    groups = {
        records[founder].birth_id: group
        for founder, group in zip(founders(resolution.groups, ranks), resolution.groups, strict=True)
    }
    memberships = {key: gcid for gcid, group in groups.items() for key in group}
    born_as = {record.birth_id: key for key, record in records.items()}
    mergers = lead_on(region.held.customers, memberships, born_as)
    customers = {gcid: _current([records[key] for key in group], trust) for gcid, group in groups.items()}
    customers |= {gcid: _hashed({"status": MERGED}) for gcid in mergers}
    view = View(
        memberships=memberships,
        links=frozenset(resolution.links),
        refusals=frozenset(resolution.refused),
        customers={gcid: properties["hash"] for gcid, properties in customers.items()},
        mergers=mergers,
    )
    return Conclusion(view, customers)


def _current(records: Sequence[StoredRecord], trust: Mapping[str, float]) -> Properties:
    properties: dict[str, Any] = {"status": CURRENT}
    for name, survivor in golden_record([record.said for record in records], trust).items():
        value = survivor.value.value if isinstance(survivor.value, PartyType) else survivor.value
        properties |= {
            name: value,
            f"{name}_masked": survivor.masked,
            f"{name}_source": survivor.source,
            f"{name}_updated_at": survivor.updated_at,
        }
    return _hashed({name: value for name, value in properties.items() if value is not None})


def _hashed(properties: Mapping[str, Any]) -> Properties:
    """With a hash, so that an unchanged customer is told by one short text instead of by all its properties."""
    digest = hashlib.blake2b(repr(sorted(properties.items())).encode(), digest_size=16)
    return {**properties, "hash": digest.hexdigest()}
