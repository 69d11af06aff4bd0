// Identifiers of too many
// Shared by so many that they link nobody: ten holders of each are drawn, the table says how many there are.
MATCH (shared:Identifier)
WHERE shared.suppressed IS NOT NULL
WITH shared, COUNT {
  MATCH (shared)<-[holds]-(holder:SourceCustomer)
  WHERE NOT type(holds) STARTS WITH 'HAD_'
  RETURN DISTINCT holder
} AS holders
ORDER BY holders DESC, shared.key LIMIT 20
CALL (shared) {
  MATCH path = (shared)<-[holds]-(:SourceCustomer)
  WHERE NOT type(holds) STARTS WITH 'HAD_'
  RETURN path LIMIT 10
}
RETURN shared.masked AS identifier, shared.suppressed AS reason, holders, path LIMIT 200
