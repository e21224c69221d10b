-- Purpose: lets targets that were given up after an error be asked for again at once.
-- Params:  none
-- Returns: one row: retried (how many)
WITH offers AS (
  UPDATE sync.refresh SET not_before = NULL WHERE not_before > (SELECT usage.ledger_now()) RETURNING 1
),
windows AS (
  UPDATE sync.search_window SET not_before = NULL WHERE not_before > (SELECT usage.ledger_now()) RETURNING 1
),
categories AS (
  UPDATE sync.category_visit SET not_before = NULL WHERE not_before > (SELECT usage.ledger_now()) RETURNING 1
)
SELECT ((SELECT count(*) FROM offers) + (SELECT count(*) FROM windows) + (SELECT count(*) FROM categories))::int AS retried;
