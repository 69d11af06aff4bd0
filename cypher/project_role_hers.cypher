// Whether it is she who has the role.
RETURN EXISTS { (customer)<-[:RESOLVES_TO]-(:SourceCustomer)-[:PLAYS]->(role) }
