-- Purpose: counts the fields of answers that differ from what is known of the API.
-- Params:  $1 jsonb rows of sync.drift, each operation, path and kind once
-- Returns: nothing
INSERT INTO sync.drift AS d (operation, path, kind, seen, first_seen_at, last_seen_at, sample, last_call_id)
SELECT n.operation, n.path, n.kind, n.seen, n.first_seen_at, n.last_seen_at, n.sample, n.last_call_id
FROM jsonb_populate_recordset(NULL::sync.drift, $1::jsonb) AS n
ORDER BY n.operation, n.path, n.kind
ON CONFLICT (operation, path, kind) DO UPDATE
SET seen = d.seen + excluded.seen,
    first_seen_at = least(d.first_seen_at, excluded.first_seen_at),
    last_seen_at = greatest(d.last_seen_at, excluded.last_seen_at),
    sample = CASE WHEN excluded.last_seen_at >= d.last_seen_at THEN excluded.sample ELSE d.sample END,
    last_call_id = CASE WHEN excluded.last_seen_at >= d.last_seen_at THEN excluded.last_call_id ELSE d.last_call_id END;
