-- Purpose: lets trackers begin with what is loaded from now on; one that was defined otherwise before goes on where it was, also
--          when it is defined again as long ago. What another process reads by within an hour stays: its file differs from ours.
-- Params:  $1 text[] names; $2 text[] their definitions
-- Returns: nothing
INSERT INTO sync.tracker AS t (tracker, definition, read_to, checked_at)
SELECT n.tracker, n.definition,
       coalesce((SELECT max(o.read_to) FROM sync.tracker o WHERE o.tracker = n.tracker), clock_timestamp()),
       usage.ledger_now()
FROM (SELECT DISTINCT * FROM unnest($1::text[], $2::text[]) AS u (tracker, definition)) n
ON CONFLICT (tracker, definition) DO UPDATE
SET read_to = excluded.read_to, checked_at = excluded.checked_at
WHERE t.read_to < excluded.read_to AND t.checked_at < excluded.checked_at - interval '1 hour';
