"""What the rule says of a region of the graph, in the form in which the graph holds it. Pure."""

from collections.abc import Mapping, Sequence

from graph.components import Region, StoredRecord, evidence_of, members_of
from graph.memberships import Properties, View, lead_on
from graph.resolution.global_ids import founders
from graph.resolution.golden import golden_record
from graph.resolution.policy import Policy
from graph.resolution.population import resolve_population


def conclude(region: Region, policy: Policy, trust: Mapping[str, float]) -> View:
    """The view that the graph should hold of the region's records, and of the customers ever named after them."""
    records = region.records
    resolution = resolve_population(members_of(records.values()), evidence_of(records.values()), (), policy)
    ranks = {key: record.rank for key, record in records.items()}
    customers = {
        records[founder].birth_id: group
        for founder, group in zip(founders(resolution.groups, ranks), resolution.groups, strict=True)
    }
    memberships = {key: gcid for gcid, group in customers.items() for key in group}
    born_as = {record.birth_id: key for key, record in records.items()}
    mergers = lead_on(region.held.customers, memberships, born_as)
    current = {gcid: _current([records[key] for key in group], trust) for gcid, group in customers.items()}
    return View(
        memberships=memberships,
        links=frozenset(resolution.links),
        refusals=frozenset(resolution.refused),
        customers=current | {gcid: {"status": "merged"} for gcid in mergers},
        mergers=mergers,
    )


def _current(records: Sequence[StoredRecord], trust: Mapping[str, float]) -> Properties:
    """The properties of a customer with members: its golden record, each field with its provenance."""
    properties: dict[str, object] = {"status": "current"}
    for name, survivor in golden_record([record.said for record in records], trust).items():
        properties |= {
            name: survivor.value,
            f"{name}_masked": survivor.masked,
            f"{name}_source": survivor.source,
            f"{name}_updated_at": survivor.updated_at,
        }
    return {name: value for name, value in properties.items() if value is not None}
