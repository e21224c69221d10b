-- Purpose: an offer with all its data, as lists in JSON.
-- Params:  $1 bigint offer id
-- Returns: one row, or none: offerId, subject, subjectTranslated, state, sourceStatus, quoteType, unit, minOrderQuantity,
--          batchNumber, tradeScore, shipFrom, videoUrl, categoryId, category (names from the root), sellerId, sellerName,
--          sourceCreatedAt, sourceModifiedAt, images, attributes, skus
SELECT o.offer_id::text AS "offerId", o.subject, o.subject_translated AS "subjectTranslated", o.state,
       o.source_status AS "sourceStatus", o.quote_type AS "quoteType", o.unit, o.min_order_quantity AS "minOrderQuantity",
       o.batch_number AS "batchNumber", trim_scale(o.trade_score)::text AS "tradeScore", o.ship_from AS "shipFrom",
       o.video_url AS "videoUrl", o.category_id::text AS "categoryId", d.path_zh AS category, o.seller_id AS "sellerId",
       s.company_name AS "sellerName", o.source_created_at AS "sourceCreatedAt",
       o.source_modified_at AS "sourceModifiedAt",
       coalesce(
         (SELECT array_agg(i.url ORDER BY i.kind, i.position) FROM catalog.offer_image i WHERE i.offer_id = o.offer_id),
         CASE WHEN o.main_image_url IS NULL THEN '{}' ELSE ARRAY[o.main_image_url] END) AS images,
       (SELECT coalesce(json_agg(json_build_object('name', a.name, 'value', a.value) ORDER BY a.position), '[]')
        FROM catalog.offer_attribute a WHERE a.offer_id = o.offer_id) AS attributes,
       (SELECT coalesce(json_agg(json_build_object('skuId', k.sku_id::text, 'state', k.state, 'label', k.label,
                 'cargoNumber', k.cargo_number, 'stock', k.stock, 'imageUrl', k.image_url) ORDER BY k.state DESC, k.sku_id), '[]')
        FROM catalog.sku k WHERE k.offer_id = o.offer_id) AS skus
FROM catalog.offer o
LEFT JOIN analytics.dim_category d USING (category_id)
LEFT JOIN catalog.seller s USING (seller_id)
WHERE o.offer_id = $1::bigint;
