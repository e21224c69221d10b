-- Purpose: records at calls what their answers brought to the catalog, and why details were fetched.
-- Params:  $1 jsonb [{callId, rowsLoaded, offersNew, offersCompleted, offersChanged, pricesChanged, stockChanged, promptedBy}],
--          each call once
-- Returns: nothing
UPDATE usage.api_call c
SET rows_loaded = n."rowsLoaded", offers_new = n."offersNew", offers_completed = n."offersCompleted",
    offers_changed = n."offersChanged", prices_changed = n."pricesChanged", stock_changed = n."stockChanged",
    prompted_by = n."promptedBy"
FROM jsonb_to_recordset($1::jsonb)
  AS n ("callId" bigint, "rowsLoaded" int, "offersNew" int, "offersCompleted" int, "offersChanged" int, "pricesChanged" int,
        "stockChanged" int, "promptedBy" text)
WHERE c.call_id = n."callId";
