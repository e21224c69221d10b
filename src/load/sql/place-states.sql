-- Purpose: puts detail answers of locked offers, loaded after newer ones or rows, into the histories of their states,
--          as if they had been loaded in the order of their calls. What other details showed follows from the history.
--          What searches made of an offer stays, except a row that is no longer the first answer about it: a row says
--          nothing of the state that a detail showed.
-- Params:  $1 jsonb [{offer_id, observed_at, call_id, state}] booked answers; state null: it is empty, or shows that of the one before
-- Returns: nothing
WITH late AS (
  SELECT * FROM jsonb_to_recordset($1::jsonb) AS l (offer_id bigint, observed_at timestamptz, call_id bigint, state text)
),
known AS MATERIALIZED (
  SELECT c.change_id, c.offer_id, c.old, c.new, c.observed_at, c.call_id
  FROM catalog.offer_change c
  WHERE c.offer_id IN (SELECT offer_id FROM late) AND c.field = 'state'
),
detail AS (
  SELECT o.offer_id, o.observed_at, o.call_id, o.is_found, l.state, l.offer_id IS NOT NULL AS is_late,
         count(*) FILTER (WHERE o.is_found) OVER own AS founds
  FROM catalog.observation o
  LEFT JOIN late l USING (offer_id, observed_at, call_id)
  WHERE o.offer_id IN (SELECT offer_id FROM late) AND o.source = 'detail'
  WINDOW own AS (PARTITION BY o.offer_id ORDER BY o.observed_at, o.call_id)
),
-- All but the row that began a history, if a detail came before it.
kept AS (
  SELECT k.*, d.offer_id IS NOT NULL AS is_detail
  FROM known k
  LEFT JOIN detail d USING (offer_id, observed_at, call_id)
  WHERE k.old IS NOT NULL OR d.offer_id IS NOT NULL OR NOT EXISTS (
    SELECT FROM detail e WHERE e.offer_id = k.offer_id AND (e.observed_at, e.call_id) < (k.observed_at, k.call_id))
),
event AS (
  SELECT d.offer_id, d.observed_at, d.call_id,
         CASE
           WHEN d.is_found THEN coalesce(d.state, (
             SELECT k.new FROM kept k
             WHERE k.offer_id = d.offer_id AND k.new IN ('listed', 'delisted') AND (k.observed_at, k.call_id) <= (d.observed_at, d.call_id)
             ORDER BY k.observed_at DESC, k.call_id DESC LIMIT 1),
             -- For the very first answer: one that states no status shows an offer on sale.
             CASE WHEN d.is_late THEN 'listed' END, (
             SELECT coalesce(k.old, k.new) FROM known k
             WHERE k.offer_id = d.offer_id ORDER BY k.observed_at, k.call_id LIMIT 1))
           -- One empty answer is no proof yet; the second in a row is.
           WHEN row_number() OVER (PARTITION BY d.offer_id, d.founds, d.is_found ORDER BY d.observed_at, d.call_id) > 1 THEN 'gone'
           ELSE 'missing'
         END AS state
  FROM detail d
  UNION ALL
  SELECT k.offer_id, k.observed_at, k.call_id, k.new FROM kept k WHERE NOT k.is_detail
),
wanted AS (
  SELECT e.offer_id, e.observed_at, e.call_id, e.state AS new, lag(e.state, 1, f.old) OVER (PARTITION BY e.offer_id ORDER BY e.observed_at, e.call_id) AS old
  FROM event e
  -- Null, because the offer was new, unless its beginning is not stored. An empty answer before the first one is
  -- recorded as a change of that.
  LEFT JOIN LATERAL (
    SELECT k.old FROM known k WHERE k.offer_id = e.offer_id ORDER BY k.old IS NOT NULL, k.observed_at, k.call_id LIMIT 1
  ) f ON true
),
removed AS (
  DELETE FROM catalog.offer_change c
  USING known k
  WHERE c.change_id = k.change_id AND NOT EXISTS (
    SELECT FROM wanted w
    WHERE (w.offer_id, w.observed_at, w.call_id, w.new) = (k.offer_id, k.observed_at, k.call_id, k.new)
      AND w.old IS NOT DISTINCT FROM k.old AND w.old IS DISTINCT FROM w.new)
)
INSERT INTO catalog.offer_change (offer_id, field, old, new, observed_at, call_id)
SELECT w.offer_id, 'state', w.old, w.new, w.observed_at, w.call_id
FROM wanted w
WHERE w.old IS DISTINCT FROM w.new AND NOT EXISTS (
  SELECT FROM known k
  WHERE (k.offer_id, k.observed_at, k.call_id, k.new) = (w.offer_id, w.observed_at, w.call_id, w.new) AND k.old IS NOT DISTINCT FROM w.old)
ORDER BY w.offer_id, w.observed_at, w.call_id;
