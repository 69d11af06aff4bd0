"""A system over two engines: customers in PostgreSQL, events in MariaDB. It is said in a source file's words alone."""

from typing import Any

from ingest.source import Source

EVENT_COLUMNS = (
    "Id", "Kind", "Blocked", "Flag", "Mask", "Amount", "Details", "Born", "CreatedAt", "SeenAt", "Name", "Hash",
)  # fmt: skip
EVENTS = "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4"
CREATE_EVENTS = f"""
CREATE TABLE `Events` (
  `Id` bigint unsigned NOT NULL PRIMARY KEY, `Kind` enum('login','fraud') NOT NULL, `Blocked` tinyint(1) NOT NULL,
  `Flag` bit(1) NULL, `Mask` bit(12) NULL, `Amount` decimal(18,2) NULL, `Details` json NULL,
  `Born` date NULL, `CreatedAt` datetime NOT NULL, `SeenAt` timestamp NULL, `Name` varchar(80) NULL,
  `Hash` binary(4) NULL, `Pin` varchar(10) NULL
) {EVENTS}
"""


def source(**changed: Any) -> Source:
    return Source.model_validate(DECLARED | changed)


DECLARED: dict[str, Any] = {
    "name": "split", "title": "Split Bank", "number": 99, "category": "test", "purpose": "test", "database": "Core",
    "engine": "postgresql", "pattern": "database", "writes": "always", "origin": {"state": "proposed"},
    "country": "KE", "timezone": "UTC", "trust": 0.9, "every": "1m", "overlap": "5m",
    "places": {
        "events": {"pattern": "database", "database": "Events", "engine": "mysql", "timezone": "Africa/Nairobi"},
    },
    "table": [
        {
            "name": "devices", "kind": "device", "from": "devices", "key": "id", "watermark": "updated_at",
            "columns": dict.fromkeys(["id", "updated_at"], "operational"),
        },
        {
            "name": "events", "kind": "device", "from": "Events", "place": "events", "key": "Id",
            "watermark": "CreatedAt", "ignore": ["Pin"],
            "columns": dict.fromkeys(EVENT_COLUMNS, "operational"),
        },
    ],
}  # fmt: skip
