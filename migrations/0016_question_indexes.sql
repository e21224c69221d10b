-- Indexes for questions about all offers: the price of each smallest order, and the few changes of a unit.
CREATE INDEX offer_change_unit ON catalog.offer_change (offer_id, observed_at) WHERE field = 'unit';
CREATE INDEX price_smallest_order ON catalog.price (offer_id, min_quantity, amount_cny) WHERE kind = 'list';
