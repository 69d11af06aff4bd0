// How much hangs on some customers: their records, and the accounts of these.
UNWIND $gcids AS gcid
MATCH (g:GlobalCustomer {gcid: gcid})
RETURN
  gcid,
  COUNT { (g)<-[:RESOLVES_TO]-(:SourceCustomer) } AS records,
  COUNT { (g)<-[:RESOLVES_TO]-(:SourceCustomer)-[:OWNS]->(:Account) } AS accounts
