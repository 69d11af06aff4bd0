// Values that are none, as they were typed in: they are kept, and link nobody.
MATCH (record:SourceCustomer)
UNWIND range(0, size(coalesce(record.invalid_kinds, [])) - 1) AS nth
WITH record.invalid_kinds[nth] AS kind, record.invalid_raws[nth] AS raw
RETURN {/*fields*/} AS item
