-- Purpose: offers for a page of them, the highest ids first. The title is found by pairs of characters, as by
--          analytics.search_offers. A price is one that the page shows: a list price, or without any, that of searches.
-- Params:  $1 text|null words of the title; $2 bigint[]|null categories; $3 text[]|null sellers; $4 numeric|null lowest,
--          $5 numeric|null highest price; $6 bigint|null only below this id; $7 integer how many; $8 boolean true: few offers
--          are of these categories or sellers, so those are read, and not all offers from the highest id on; $9 boolean true:
--          few prices are within the bounds, so those are read
-- Returns: offerId, subject, subjectTranslated, state, imageUrl, category, sellerId, sellerName, unit, minOrderQuantity,
--          priceCny (lowest list price, else that of searches), maxCny, detailAt
SELECT o.offer_id::text AS "offerId", o.subject, o.subject_translated AS "subjectTranslated", o.state,
       o.main_image_url AS "imageUrl", c.name_zh AS category, o.seller_id AS "sellerId", s.company_name AS "sellerName",
       o.unit, o.min_order_quantity AS "minOrderQuantity", trim_scale(p.low)::text AS "priceCny",
       trim_scale(p.high)::text AS "maxCny", r.detail_at AS "detailAt"
FROM (
  SELECT *
  FROM catalog.offer o
  WHERE ($6::bigint IS NULL OR o.offer_id < $6::bigint)
    AND ($1::text IS NULL
         OR catalog.bigrams(catalog.search_text(o.subject, o.subject_translated))
              @> catalog.bigrams(left(catalog.search_text($1::text, NULL), 50))
            AND (
              SELECT coalesce(bool_and(strpos(catalog.search_text(o.subject, o.subject_translated), w.word) > 0), true)
              FROM unnest(regexp_split_to_array(catalog.search_text($1::text, NULL), '[\u0001-\u0020]+')) w (word)
              WHERE w.word <> ''
            ))
    AND ($2::bigint[] IS NULL OR o.category_id = ANY ($2::bigint[]))
    AND ($3::text[] IS NULL OR o.seller_id = ANY ($3::text[]))
    AND (NOT $9::boolean OR o.offer_id = ANY (ARRAY(
           SELECT a.offer_id
           FROM catalog.price a
           WHERE a.kind IN ('list', 'search')
             AND ($4::numeric IS NULL OR a.amount_cny >= $4::numeric)
             AND ($5::numeric IS NULL OR a.amount_cny <= $5::numeric))))
    AND ($4::numeric IS NULL AND $5::numeric IS NULL OR (
           SELECT bool_or(($4::numeric IS NULL OR a.amount_cny >= $4::numeric)
                    AND ($5::numeric IS NULL OR a.amount_cny <= $5::numeric))
           FROM catalog.price a
           WHERE a.offer_id = o.offer_id AND a.kind IN ('list', 'search')
           GROUP BY a.kind
           ORDER BY a.kind
           LIMIT 1))
  -- A first key that is not a column keeps Postgres from reading offers by the second.
  ORDER BY CASE WHEN $8::boolean THEN o.offer_id + 0 END DESC, o.offer_id DESC
  LIMIT $7::int
) o
LEFT JOIN catalog.category c USING (category_id)
LEFT JOIN catalog.seller s USING (seller_id)
LEFT JOIN sync.refresh r USING (offer_id)
LEFT JOIN LATERAL (
  SELECT min(amount_cny) AS low, max(amount_cny) AS high
  FROM catalog.price
  WHERE offer_id = o.offer_id AND kind IN ('list', 'search')
  GROUP BY kind
  ORDER BY kind
  LIMIT 1
) p ON true
ORDER BY o.offer_id DESC;
