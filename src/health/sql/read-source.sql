-- Purpose: where the data of the catalog is from. No query of drizzle: to load that takes a tenth of a second, and `status` begins
--          with this.
-- Params:  none
-- Returns: source (sandbox, live); no row: there is no data yet
SELECT source FROM sync.database_identity;
