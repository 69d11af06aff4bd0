// To whom a consent was given.
MATCH (consent)-[:TO]->(partner:Partner)
WHERE NOT partner:Expected
RETURN {/*fields*/} AS item LIMIT 1
