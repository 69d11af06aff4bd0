"""What is told on Kafka, by the bank's systems and by us, as JSON Schemas for those who write or hear it."""

import json

from ingest.contracts.topics import TOPICS, Contracts, json_schema
from wekeza.identity_events import TOPIC, IdentityEvent


def contracts() -> dict[str, str]:
    """The text of each file of docs/events, by its name."""
    told: dict[str, Contracts] = {**TOPICS, TOPIC: (IdentityEvent,)}
    return {f"{topic}.json": json.dumps(json_schema(topic, events), indent=2) + "\n" for topic, events in told.items()}
