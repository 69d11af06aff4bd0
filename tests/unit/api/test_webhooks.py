"""How often something may be sent, by a clock that stands still."""

import pytest

from api.auth import FAILURES_AT_ONCE
from api.errors import ApiError, ErrorCode
from api.webhooks import EVENTS_AT_ONCE, Gate
from samples.deliveries import signed

SECRET, BODY = "a secret of the sender and us alone", b"{}"


def admit(gate: Gate, id: str, source: str = "bank", address: str = "198.18.0.1", secret: str = SECRET) -> str:
    told = signed(id, secret, BODY)
    return gate.admit(source, address, id, told["webhook-timestamp"], told["webhook-signature"], BODY)


def refusal(gate: Gate, **given: str) -> ErrorCode:
    with pytest.raises(ApiError) as fault:
        admit(gate, "evt", **given)
    return fault.value.code


def test_a_sender_may_send_so_many_at_once() -> None:
    """What the sample bank's service signs is accepted: two who never saw each other's code agree."""
    gate = Gate({"bank": SECRET, "other": SECRET}, clock=lambda: 0.0)
    assert [admit(gate, f"e{n}") for n in range(EVENTS_AT_ONCE)] == [f"e{n}" for n in range(EVENTS_AT_ONCE)]
    assert refusal(gate) is ErrorCode.RATE_LIMITED
    assert admit(gate, "another's", source="other") == "another's"


def test_failures_are_counted_by_address_and_lock_nobody_out() -> None:
    gate = Gate({"bank": SECRET}, clock=lambda: 0.0)
    refusals = [refusal(gate, secret="guessed") for _ in range(FAILURES_AT_ONCE - 1)]
    assert {*refusals} == {ErrorCode.UNAUTHENTICATED}
    assert refusal(gate, source="nobody") is ErrorCode.NOT_FOUND
    assert refusal(gate, secret="guessed") is ErrorCode.RATE_LIMITED
    assert refusal(gate, source="nobody") is ErrorCode.RATE_LIMITED
    assert refusal(gate, secret="guessed", address="198.18.0.2") is ErrorCode.UNAUTHENTICATED
    assert admit(gate, "evt") == "evt"
