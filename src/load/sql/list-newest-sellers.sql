-- Purpose: the locked sellers of which an answer is the newest description, and those of which it is the newest that
--          states the name, also if it was loaded before.
-- Params:  as lock-sellers: $1 text[] seller ids; $2 timestamptz[], $3 bigint[] of descriptions; $4 timestamptz[],
--          $5 bigint[] of names
-- Returns: seller_id, is_newest, is_newest_name
SELECT seller_id, (l.observed_at, l.call_id) = (n.observed_at, n.call_id) AS is_newest,
       coalesce((l.name_at, l.name_call_id) = (n.name_at, n.name_call_id), false) AS is_newest_name
FROM unnest($1::text[], $2::timestamptz[], $3::bigint[], $4::timestamptz[], $5::bigint[])
  AS n (seller_id, observed_at, call_id, name_at, name_call_id)
JOIN sync.seller_observation l USING (seller_id);
