-- Purpose: offers for a page of them, the highest ids first. The title is found by pairs of characters, as by
--          analytics.search_offers.
-- Params:  $1 text|null words of the title; $2 bigint|null category, with all below; $3 text|null seller: id, or part of
--          the name; $4 numeric|null lowest, $5 numeric|null highest price; $6 bigint|null only below this id;
--          $7 integer how many
-- Returns: offerId, subject, subjectTranslated, state, imageUrl, category, sellerId, sellerName, unit, minOrderQuantity,
--          priceCny (lowest list price, else that of searches), maxCny, detailAt
SELECT o.offer_id::text AS "offerId", o.subject, o.subject_translated AS "subjectTranslated", o.state,
       o.main_image_url AS "imageUrl", c.name_zh AS category, o.seller_id AS "sellerId", s.company_name AS "sellerName",
       o.unit, o.min_order_quantity AS "minOrderQuantity", trim_scale(p.low)::text AS "priceCny",
       trim_scale(p.high)::text AS "maxCny", r.detail_at AS "detailAt"
FROM catalog.offer o
LEFT JOIN catalog.category c USING (category_id)
LEFT JOIN catalog.seller s USING (seller_id)
LEFT JOIN sync.refresh r USING (offer_id)
CROSS JOIN LATERAL (
  SELECT coalesce(min(amount_cny) FILTER (WHERE kind = 'list'), min(amount_cny) FILTER (WHERE kind = 'search')) AS low,
         coalesce(max(amount_cny) FILTER (WHERE kind = 'list'), max(amount_cny) FILTER (WHERE kind = 'search')) AS high
  FROM catalog.price
  WHERE offer_id = o.offer_id AND kind IN ('list', 'search')
) p
WHERE ($6::bigint IS NULL OR o.offer_id < $6::bigint)
  AND ($1::text IS NULL
       OR catalog.bigrams(catalog.search_text(o.subject, o.subject_translated))
            @> catalog.bigrams(left(catalog.search_text($1::text, NULL), 50))
          AND (
            SELECT coalesce(bool_and(strpos(catalog.search_text(o.subject, o.subject_translated), w.word) > 0), true)
            FROM unnest(regexp_split_to_array(catalog.search_text($1::text, NULL), '[\u0001-\u0020]+')) w (word)
            WHERE w.word <> ''
          ))
  AND ($2::bigint IS NULL OR o.category_id IN (
         SELECT b.category_id FROM catalog.category b
         WHERE $2::text = ANY (string_to_array(b.path, '/'))))
  AND ($3::text IS NULL OR o.seller_id IN (
         SELECT n.seller_id FROM catalog.seller n
         WHERE n.seller_id = $3::text OR strpos(lower(n.company_name), lower($3::text)) > 0))
  AND ($4::numeric IS NULL OR p.low >= $4::numeric)
  AND ($5::numeric IS NULL OR p.low <= $5::numeric)
ORDER BY o.offer_id DESC
LIMIT $7::int;
