"""The bank's topics and what may be told on each; a new version of an event is a class more beside the former one."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Union, get_args

from pydantic import TypeAdapter

from ingest.contracts.bank import (
    AccountEvent,
    CustomerEvent,
    FraudAlertEvent,
    FraudCaseEvent,
    LoginEvent,
    PaymentEvent,
    RiskEvent,
    TransactionEvent,
)
from ingest.contracts.event import Event

Contracts = Sequence[type[Event]]
Version = tuple[str, int]  # the type of an event, and the version of its contract

TOPICS: Mapping[str, Contracts] = MappingProxyType(
    {
        "customer.events": (CustomerEvent,),
        "account.events": (AccountEvent,),
        "transaction.events": (TransactionEvent,),
        "payment.events": (PaymentEvent,),
        "login.events": (LoginEvent,),
        "fraud.events": (FraudAlertEvent, FraudCaseEvent),
        "risk.events": (RiskEvent,),
    }
)


def versions_of(contracts: Contracts) -> dict[Version, type[Event]]:
    """Each contract by every type and version of event that it is for."""
    return {
        (event_type, version): contract
        for contract in contracts
        for event_type in get_args(contract.model_fields["event_type"].annotation)
        for version in get_args(contract.model_fields["schema_version"].annotation)
    }


def json_schema(topic: str, contracts: Contracts) -> dict[str, Any]:
    """What is told on a topic, for those who write to it: docs/events/<topic>.json."""
    any_of: Any = Union[tuple(contracts)]  # noqa: UP007 - of a sequence
    told = TypeAdapter(any_of).json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": topic, **told}
