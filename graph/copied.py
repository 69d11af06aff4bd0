"""Nodes as rows of the relational copy. Pure."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from graph.client import Row
from ledger.entries import CopiedKind
from ledger.reports import BUSINESS

USUAL_DECIMALS = 2  # of a currency that nobody knows, as the API counts
NUL = "\x00"  # PostgreSQL's text has none


def copied(kind: CopiedKind, node: Row, decimals: Mapping[str, int]) -> tuple[Any, ...]:
    """The node of a ``copy_*`` statement in the columns of its table; ``decimals`` of each currency's minor unit."""
    row = _COMPLETED[kind](node, decimals)
    return tuple(_storable(row[column]) for column in BUSINESS[kind].columns)


def major(minor: int | None, currency: str | None, decimals: Mapping[str, int]) -> Decimal | None:
    """An amount in the currency's major unit."""
    return None if minor is None else Decimal(minor).scaleb(-decimals.get(currency or "", USUAL_DECIMALS))


def _account(node: Row, decimals: Mapping[str, int]) -> Row:
    return node | {name: major(node[name], node["currency"], decimals) for name in ("balance", "available")}


def _transaction(node: Row, decimals: Mapping[str, int]) -> Row:
    return node | {"amount": major(node["amount"], node["currency"], decimals)}


def _as_it_is(node: Row, _: Mapping[str, int]) -> Row:
    return node


_COMPLETED: Mapping[CopiedKind, Callable[[Row, Mapping[str, int]], Row]] = MappingProxyType(
    {
        CopiedKind.ACCOUNT: _account,
        CopiedKind.TRANSACTION: _transaction,
        CopiedKind.SIGHTING: _as_it_is,
        CopiedKind.SCORE: _as_it_is,
    }
)


def _storable(value: Any) -> Any:
    return value.replace(NUL, "") if isinstance(value, str) else value
