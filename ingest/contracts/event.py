"""What every event says of itself, whoever tells it: the envelope. Its words stand beside those of the thing."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer, StringConstraints
from pydantic.alias_generators import to_pascal

Text = Annotated[str, StringConstraints(max_length=2_000)]
Id = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Whole = Annotated[int, Field(ge=-(2**63), lt=2**63)]
# Exact: in a JSON number the digits beyond the sixteenth are anybody's guess, so money may also be text.
Money = Annotated[Decimal, Field(max_digits=32, decimal_places=6), PlainSerializer(str)]


class Said(BaseModel):
    """Words of a contract, in PascalCase; a word that it does not have is overheard, one of a wrong type is not."""

    model_config = ConfigDict(
        alias_generator=to_pascal,
        populate_by_name=True,
        serialize_by_alias=True,
        extra="ignore",
        frozen=True,
        strict=True,
        allow_inf_nan=False,
        hide_input_in_errors=True,
    )


class Event(Said):
    """Something happened to something, of which the event carries the whole state that it had after that.

    What is left out or null is unknown, and not unchanged.
    """

    id: Id = Field(description="Of the event: whoever sees it twice has seen it once.")
    event_type: str
    schema_version: Literal[1] = Field(description="Of the contract; another number is another contract.")
    occurred_at: AwareDatetime = Field(description="When, with its offset from UTC.")
    source_system: Id = Field(description="Who tells it.")
    metadata: dict[str, str] = Field(
        default_factory=dict, description="For those who look for a fault; nobody else reads it."
    )


Moment = AwareDatetime
Day = date
