// Who registered a device.
UNWIND $rows AS row
MATCH (start:SourceCustomer {key: row.start})
MATCH (end:Device {key: row.end})
CREATE (start)-[:REGISTERED]->(end)
