-- Purpose: from where to where the changes go that a snapshot shows. Every transaction before "to" has ended, and all that it
--          wrote is visible: what commits later is at "to" or after it, in whatever order transactions end.
-- Params:  $1 text|null number of the transaction to begin with (xid8); null: from the beginning
-- Returns: one row: isStandby; epoch (text, null on a standby); to (text); isAhead (of what this database has); maxAge (int, rows
--          whose age(xmin) is at most this one may have changed; null: all may)
SELECT pg_is_in_recovery() AS "isStandby",
       CASE WHEN NOT pg_is_in_recovery() THEN left(md5(usage.current_epoch()), 12) END AS epoch,
       pg_snapshot_xmin(s.now)::text AS "to",
       $1::text::xid8 > pg_snapshot_xmin(s.now) AS "isAhead",
       -- The 32 bits that rows keep say how old a transaction is as far as 2^31 transactions back.
       CASE WHEN pg_snapshot_xmax(s.now)::text::numeric - $1::text::numeric < 2000000000
            THEN age((($1::text::numeric % 4294967296)::text)::xid) END AS "maxAge"
FROM (SELECT pg_current_snapshot() AS now) s;
