/** Gives each interval that was written by hand the price that follows it, as loading does. */
export const linkPrices = `
  UPDATE catalog.price_history h
  SET next_amount_cny = n.amount_cny
  FROM (
    SELECT offer_id, sku_id, kind, min_quantity, valid_from, amount_cny FROM catalog.price
    UNION ALL
    SELECT offer_id, sku_id, kind, min_quantity, valid_from, amount_cny FROM catalog.price_history
  ) n
  WHERE (n.offer_id, n.sku_id, n.kind, n.min_quantity, n.valid_from) = (h.offer_id, h.sku_id, h.kind, h.min_quantity, h.valid_to)`;
