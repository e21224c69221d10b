-- Purpose: what the filters of a page of offers mean, and how many rows the indexes hold for each, so that the page is read
--          by the narrowest. Counts stop at a limit.
-- Params:  $1 bigint|null category, with all below; $2 text|null seller: id, or part of the name; $3 numeric|null lowest,
--          $4 numeric|null highest price; $5 integer where counts stop
-- Returns: one row: categoryIds, sellerIds (null: any), ofCategories, ofSellers (offers; null: any), prices (list prices and those
--          of searches within the bounds; null: any)
WITH f AS MATERIALIZED (
  SELECT CASE WHEN $1::bigint IS NOT NULL THEN coalesce(
           (SELECT array_agg(category_id) FROM catalog.category WHERE $1::text = ANY (string_to_array(path, '/'))),
           '{}') END AS category_ids,
         CASE WHEN $2::text IS NOT NULL THEN coalesce(
           (SELECT array_agg(seller_id) FROM catalog.seller
            WHERE seller_id = $2::text OR strpos(lower(company_name), lower($2::text)) > 0), '{}') END AS seller_ids
)
SELECT f.category_ids::text[] AS "categoryIds", f.seller_ids AS "sellerIds",
       CASE WHEN $1::bigint IS NOT NULL THEN (
         SELECT count(*)::int
         FROM (SELECT FROM catalog.offer WHERE category_id = ANY (f.category_ids) LIMIT $5::int) n
       ) END AS "ofCategories",
       CASE WHEN $2::text IS NOT NULL THEN (
         SELECT count(*)::int
         FROM (SELECT FROM catalog.offer WHERE seller_id = ANY (f.seller_ids) LIMIT $5::int) n
       ) END AS "ofSellers",
       CASE WHEN $3::numeric IS NOT NULL OR $4::numeric IS NOT NULL THEN (
         SELECT count(*)::int
         FROM (
           SELECT FROM catalog.price
           WHERE kind IN ('list', 'search')
             AND ($3::numeric IS NULL OR amount_cny >= $3::numeric)
             AND ($4::numeric IS NULL OR amount_cny <= $4::numeric)
           LIMIT $5::int
         ) n
       ) END AS prices
FROM f;
