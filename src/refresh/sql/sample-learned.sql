-- Purpose: a sample of offers with evidence from observations, from blocks chosen at random, and the other inputs of
--          the planner's daily fit.
-- Params:  $1 integer how many at most; $2 text[] figures in the order of sync.refresh.evidence, the offer first; $3 integer how many
--          numbers of each that has
-- Returns: one row: fittedAt (null: never), prior ({changes, days}), sample ([{changes, days}]), figures (object of
--          figures: [{evidence, offerEvidence}]), shown ({visible, hidden}: changes that rows show, and do not), meanPopularity (of all offers
--          in those blocks; 1: none), offers (about how many there are), detailsPerDay (details of known offers in the last
--          seven days), shops ({repricings, days (of all shops together, by how long the offers of those blocks are known)}),
--          siblings ({expected, changed})
WITH size AS MATERIALIZED (
  SELECT greatest(reltuples, 0)::float8 AS offers FROM pg_class WHERE oid = 'sync.refresh'::regclass
),
block AS MATERIALIZED (
  SELECT offer_id, first_seen_at, rate_changes, rate_days, popularity, evidence
  FROM sync.refresh
  -- Four times as many as needed, because not every offer was fetched; a small table is read whole.
  TABLESAMPLE SYSTEM ((SELECT least(100, 400.0 * $1::int / greatest(offers, 1)) FROM size))
),
learned AS (
  SELECT rate_changes, rate_days FROM block WHERE rate_days > 0 ORDER BY hashint8(offer_id) LIMIT $1::int
),
figure AS (
  SELECT f.figure, (
    SELECT coalesce(json_agg(json_build_object('evidence', e.evidence, 'offerEvidence', e.offer_evidence)), '[]')
    FROM (
      SELECT evidence[f.first:f.first + $3::int - 1] AS evidence,
             CASE WHEN evidence[1] IS NOT NULL THEN evidence[1:$3::int] END AS offer_evidence
      FROM block
      WHERE evidence[f.first] IS NOT NULL
      ORDER BY hashint8(block.offer_id)
      LIMIT $1::int
    ) e) AS learned
  FROM (
    SELECT figure, 1 + (place::int - 1) * $3::int AS first FROM unnest($2::text[]) WITH ORDINALITY AS n (figure, place)
  ) f
)
SELECT p.fitted_at AS "fittedAt", json_build_object('changes', p.prior_changes, 'days', p.prior_days) AS prior,
       (SELECT coalesce(json_agg(json_build_object('changes', rate_changes, 'days', rate_days)), '[]') FROM learned) AS sample,
       (SELECT json_object_agg(figure, learned) FROM figure) AS figures,
       json_build_object('visible', p.visible_changes, 'hidden', p.hidden_changes) AS shown,
       coalesce((SELECT avg(popularity)::float8 FROM block), 1) AS "meanPopularity",
       greatest(s.offers, (SELECT count(*) FROM block))::float8 AS offers,
       (SELECT coalesce(sum(observations), 0)::float8 / 7
        FROM sync.observation_stat
        WHERE source = 'detail' AND date_day > (usage.ledger_now() AT TIME ZONE INTERVAL '8 hours')::date - 7) AS "detailsPerDay",
       json_build_object(
         'repricings', h.repricings,
         'days', (SELECT count(*) FROM catalog.seller)
           * coalesce((SELECT avg(date_part('epoch', usage.ledger_now() - first_seen_at)) / 86400 FROM block), 0)) AS shops,
       json_build_object('expected', h.expected, 'changed', h.changed) AS siblings
FROM sync.planner p
CROSS JOIN size s
CROSS JOIN (
  SELECT coalesce(sum(repricings), 0)::float8 AS repricings, coalesce(sum(siblings_expected), 0)::float8 AS expected,
         coalesce(sum(siblings_changed), 0)::float8 AS changed
  FROM sync.shop_suspicion
) h;
