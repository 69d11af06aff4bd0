// What else the source says, under the names that its mapping gives: of what the caller's role is shown.
MATCH (record:SourceCustomer)
UNWIND [property IN keys(record) WHERE property STARTS WITH 'said_'] AS property
WITH substring(property, 5) AS name, toString(record[property]) AS value
WHERE record.system + '|' + record.entity + '|' + name IN $shown
WITH name, value ORDER BY name
RETURN {/*fields*/} AS item
