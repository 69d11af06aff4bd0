// The accepted links between her records: what makes them one customer.
MATCH (customer)<-[:RESOLVES_TO]-(from_record:SourceCustomer)-[link:LINKED]->(to_record:SourceCustomer)
OPTIONAL MATCH (evidence:Identifier {key: link.identifier})
WITH from_record, link, to_record, evidence ORDER BY from_record.key, to_record.key
RETURN {/*fields*/} AS item
