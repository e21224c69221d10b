-- Purpose: what changes when a run begins, ends or loads something, of the newest runs.
-- Params:  none
-- Returns: one row: mark (text)
SELECT concat_ws(' ', max(run_id), count(ended_at), sum(categories_seen), sum(offers_new), sum(offers_completed), sum(offers_changed),
                 sum(offers_unchanged)) AS mark
FROM (SELECT * FROM sync.run ORDER BY run_id DESC LIMIT 20) r;
