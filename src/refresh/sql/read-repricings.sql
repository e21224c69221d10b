-- Purpose: how often all shops repriced, as of the last fit.
-- Params:  none
-- Returns: one row: repricings, days (of all shops together)
SELECT repricings, shop_days AS days FROM sync.planner;
