-- Purpose: an offer with all its data, as lists in JSON.
-- Params:  $1 bigint offer id
-- Returns: one row, or none: offerId, subject, subjectTranslated, state, sourceStatus, quoteType, unit, minOrderQuantity,
--          batchNumber, tradeScore, shipFrom, shippingTimeGuarantee, package, isMixAllowed, mixAmountCny, mixQuantity,
--          cargoNumber, isPatentProduct, repurchaseRate, pickup48hRate, qualityRefundRate, identities (of the merchant),
--          offerIdentities, tags, sellingPoints, certificates, videoUrl, categoryId, category (names from the root), sellerId,
--          sellerName, sourceCreatedAt, sourceModifiedAt, confidence (null: no detail was found), images, attributes, skus
SELECT o.offer_id::text AS "offerId", o.subject, o.subject_translated AS "subjectTranslated", o.state,
       o.source_status AS "sourceStatus", o.quote_type AS "quoteType", o.unit, o.min_order_quantity AS "minOrderQuantity",
       o.batch_number AS "batchNumber", trim_scale(o.trade_score)::text AS "tradeScore", o.ship_from AS "shipFrom",
       o.shipping_time_guarantee AS "shippingTimeGuarantee",
       json_build_object('weightG', o.weight_g, 'weightSource', o.weight_source, 'lengthMm', o.length_mm, 'widthMm', o.width_mm,
         'heightMm', o.height_mm, 'sizeSource', o.size_source) AS package,
       o.is_mix_allowed AS "isMixAllowed", trim_scale(o.mix_amount_cny)::text AS "mixAmountCny", o.mix_quantity AS "mixQuantity",
       o.cargo_number AS "cargoNumber", o.is_patent_product AS "isPatentProduct",
       d.repurchase_rate::text AS "repurchaseRate", s.pickup_48h_rate::text AS "pickup48hRate",
       s.quality_refund_rate::text AS "qualityRefundRate",
       coalesce(s.identities, o.seller_identities, '{}') AS identities, coalesce(o.offer_identities, '{}') AS "offerIdentities",
       coalesce(o.tags, '{}') AS tags, coalesce(o.selling_points, '{}') AS "sellingPoints",
       coalesce(o.certificates, '[]') AS certificates,
       o.video_url AS "videoUrl", o.category_id::text AS "categoryId", d.category_path_zh AS category, o.seller_id AS "sellerId",
       s.company_name AS "sellerName", o.source_created_at AS "sourceCreatedAt",
       o.source_modified_at AS "sourceModifiedAt",
       (SELECT json_build_object('offer', c.p_current, 'prices', c.price_p_current, 'stock', c.stock_p_current, 'isInStock', c.is_in_stock)
        FROM analytics.offer_confidence c WHERE c.offer_id = o.offer_id) AS confidence,
       array_remove(coalesce(o.image_urls, ARRAY[o.main_image_url]) || o.white_image_url, NULL) AS images,
       (SELECT coalesce(json_agg(json_build_object('name', a.name, 'value', a.value) ORDER BY a.position), '[]')
        FROM catalog.offer_attribute a WHERE a.offer_id = o.offer_id) AS attributes,
       (SELECT coalesce(json_agg(json_build_object('skuId', k.sku_id::text, 'state', k.state, 'label', k.label,
                 'cargoNumber', k.cargo_number, 'stock', k.stock, 'imageUrl', k.image_url,
                 'package', json_build_object('weightG', k.weight_g, 'weightSource', k.weight_source, 'lengthMm', k.length_mm,
                   'widthMm', k.width_mm, 'heightMm', k.height_mm, 'sizeSource', k.size_source))
                 ORDER BY k.state DESC, k.sku_id), '[]')
        FROM catalog.sku k WHERE k.offer_id = o.offer_id) AS skus
FROM catalog.offer o
JOIN analytics.dim_offer d USING (offer_id)
LEFT JOIN catalog.seller s ON s.seller_id = o.seller_id
WHERE o.offer_id = $1::bigint;
