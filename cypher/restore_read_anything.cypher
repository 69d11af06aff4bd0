// Whether the graph holds anything that a ledger could have told, or that was loaded already.
RETURN EXISTS { (:SourceCustomer|GlobalCustomer|Identifier|Decision|Run|Position|Account) } AS anything
