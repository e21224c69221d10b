-- Purpose: an offer, a seller and a picture that are in the catalog, no matter which: for a probe that only has to
--          be answered. Before the first sync, the offer that was asked for last.
-- Params:  none
-- Returns: one row: offerId, sellerId, imageUrl (on alicdn.com); null where there is none
SELECT coalesce(
         (SELECT offer_id FROM catalog.offer WHERE state = 'listed' LIMIT 1),
         (SELECT (request ->> 'offerId')::bigint FROM usage.api_call
          WHERE operation = 'offer.detail' ORDER BY granted_at DESC LIMIT 1)
       ) AS "offerId",
       (SELECT seller_id FROM catalog.seller LIMIT 1) AS "sellerId",
       (SELECT main_image_url FROM catalog.offer WHERE main_image_url ~ '^https://([\w-]+\.)*alicdn\.com/' LIMIT 1)
         AS "imageUrl";
