"""Every field that can be asked for, with a document that asks for it: built from the schema, not by hand."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLField, GraphQLObjectType, get_named_type, is_leaf_type, is_required_argument

from api.nodes import encode_id
from api.schema import build_schema

TYPES = build_schema()._schema.type_map
# How fields are asked that must be told something; what is in braces is filled in.
ARGUMENTS = {
    "customer": '(gcid: "{gcid}")',
    "customers": '(gcids: ["{gcid}"])',
    "customerBySource": '(system: "core", entity: "customer", id: "{id}")',
    "customerByIdentifier": '(kind: PHONE, value: "{phone}")',
    "explanation": '(a: "core|customer|{id}", b: "mobile|user|7")',
    "holders": '(kind: PHONE, value: "{phone}")',
    "node": '(id: "{node}")',
    "path": '(from: "{gcid}", to: "{gcid}")',
    "searchCustomers": '(text: "{name}")',
    "whatIf": '(change: {{suppress: {{kind: PHONE, value: "{phone}"}}}})',
    "judgeSame": '(a: "core|customer|{id}", b: "mobile|user|7", reason: "x", dryRun: true)',
    "judgeDifferent": '(a: "core|customer|{id}", b: "mobile|user|7", reason: "x", dryRun: true)',
    "suppressValue": '(kind: PHONE, value: "{phone}", reason: "x", dryRun: true)',
    "releaseValue": '(kind: PHONE, value: "{phone}", reason: "x", dryRun: true)',
    "correctField": '(gcid: "{gcid}", field: NAME, value: "{name}", reason: "x", dryRun: true)',
    "undoDecision": '(decision: 1, reason: "x", dryRun: true)',
    "approveDecision": '(id: "1", reason: "x", dryRun: true)',
    "rejectDecision": '(id: "1", reason: "x")',
    "resolveReview": '(item: "{gcid}", choice: KEEP, reason: "x", dryRun: true)',
    "claimReviewItem": '(item: "{gcid}")',
    "releaseReviewItem": '(item: "{gcid}")',
    "commentReviewItem": '(item: "{gcid}", text: "x")',
    "customerChanged": '(gcid: "{gcid}")',
}
KEYWORDS = {"Query": "", "Mutation": "mutation ", "Subscription": "subscription "}
# What the rule and the ledger answer, which know nobody of the small bank: it is tried elsewhere on what they know.
REMEMBERED = {
    "audit", "changes", "explanation", "holders", "identity", "path", "pendingDecisions", "related", "reviewQueue",
    "whatIf",
}  # fmt: skip


def known(gcid: str, id_: str, phone: str, name: str) -> dict[str, str]:
    """What fields are told of a person."""
    return {"gcid": gcid, "id": id_, "phone": phone, "name": name, "node": encode_id("GlobalCustomer", gcid)}


@dataclass(frozen=True, slots=True)
class Way:
    """From the root to a type: ``Type.field`` by step."""

    type: GraphQLObjectType
    steps: tuple[tuple[str, str], ...] = ()

    def document(self, fields: Iterable[str], given: Mapping[str, str]) -> str:
        """Asks for fields of the type; those with fields of their own by their ``__typename``."""
        text = " ".join(
            _asked(self.type, name, given) + ("" if _is_leaf(self.type.fields[name]) else " { __typename }")
            for name in fields
        )
        for type_, name in reversed(self.steps):
            text = f"{_asked(TYPES[type_], name, given)} {{ {text} }}"
        root = self.steps[0][0] if self.steps else self.type.name
        return f"{KEYWORDS[root]}{{ {text} }}"

    def values(self, data: Any, field: str) -> list[Any]:
        """What an answer holds of a field, in all places of the way."""
        found = [data]
        for name in (*(name for _, name in self.steps), field):
            below = [item[name] for item in found]
            found = [item for value in below for item in (value if isinstance(value, list) else [value])]
            found = [item for item in found if item is not None]
        return found


def _asked(type_: Any, name: str, given: Mapping[str, str]) -> str:
    return name + (ARGUMENTS.get(name, "").format(**given) if type_.fields[name].args else "")


def _is_leaf(field: GraphQLField) -> bool:
    return is_leaf_type(get_named_type(field.type))


def ways(root: str = "Query") -> Iterator[Way]:
    """The shortest way to each type that can be reached from a root, the root itself first."""
    first = TYPES[root]
    assert isinstance(first, GraphQLObjectType)
    waiting, seen = [Way(first)], {root}
    while waiting:
        way = waiting.pop(0)
        yield way
        for name, field in way.type.fields.items():
            below = get_named_type(field.type)
            if name not in ARGUMENTS:
                needed = [argument for argument, it in field.args.items() if is_required_argument(it)]
                assert not needed, f"write an example of {name}'s arguments into ARGUMENTS: {', '.join(needed)}"
            if isinstance(below, GraphQLObjectType) and below.name not in seen:
                seen.add(below.name)
                waiting.append(Way(below, (*way.steps, (way.type.name, name))))
