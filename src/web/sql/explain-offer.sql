-- Purpose: an offer with what its row came from.
-- Params:  $1 bigint offer id
-- Returns: one row, or none: offerId, subject, state, category (names from the root), sellerId, changedAt, callId, runId,
--          version (of the code that read the answer), firstSeenAt, searchedAt and detailedAt (newest observations), emptyDetailStreak
SELECT o.offer_id::text AS "offerId", o.subject, o.state,
       (SELECT string_agg(coalesce(step.name_zh, node.id), ' / ' ORDER BY node.place)
        FROM catalog.category leaf
        CROSS JOIN unnest(string_to_array(leaf.path, '/')) WITH ORDINALITY AS node (id, place)
        LEFT JOIN catalog.category step ON step.category_id = node.id::bigint
        WHERE leaf.category_id = o.category_id) AS category,
       o.seller_id AS "sellerId", o.changed_at AS "changedAt", o.call_id::text AS "callId", o.run_id::text AS "runId",
       o.normalizer_version AS version, r.first_seen_at AS "firstSeenAt", r.summary_at AS "searchedAt",
       r.detail_at AS "detailedAt", r.empty_detail_streak AS "emptyDetailStreak"
FROM catalog.offer o
LEFT JOIN sync.refresh r USING (offer_id)
WHERE o.offer_id = $1::bigint;
