-- Purpose: lets trackers begin with what is loaded from now on; one that was defined otherwise before goes on where it was.
-- Params:  $1 text[] names; $2 text[] their definitions
-- Returns: nothing
INSERT INTO sync.tracker (tracker, definition, read_to, checked_at)
SELECT n.tracker, n.definition,
       coalesce((SELECT max(t.read_to) FROM sync.tracker t WHERE t.tracker = n.tracker), clock_timestamp()),
       usage.ledger_now()
FROM unnest($1::text[], $2::text[]) AS n (tracker, definition)
ON CONFLICT DO NOTHING;
