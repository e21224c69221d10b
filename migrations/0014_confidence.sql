-- How likely what is known of an offer still holds: a rate for each figure, and for each offer what its observations add to it.
-- Offers learn from their next observations on; a release that does not know these columns leaves them as they are.
CREATE TABLE sync.figure (
  figure text PRIMARY KEY CONSTRAINT figure_name CHECK (figure IN ('offer', 'price', 'in_stock', 'out_of_stock')),
  prior_changes real NOT NULL,
  prior_days real NOT NULL,
  hidden_changes real DEFAULT 0 NOT NULL,
  hidden_expected real DEFAULT 0 NOT NULL,
  row_details real DEFAULT 0 NOT NULL,
  row_changes real DEFAULT 0 NOT NULL,
  date_details real DEFAULT 0 NOT NULL,
  date_changes real DEFAULT 0 NOT NULL,
  absence_details real DEFAULT 0 NOT NULL,
  absence_changes real DEFAULT 0 NOT NULL
);
COMMENT ON TABLE sync.figure IS 'What is known of how often the figures of all offers change: the offer as a whole, its prices, and its stock while there is some (in_stock) or none (out_of_stock). docs/confidence.md.';
COMMENT ON COLUMN sync.figure.figure IS 'offer, price, in_stock or out_of_stock.';
COMMENT ON COLUMN sync.figure.prior_changes IS 'Changes that are taken for granted of any offer before its own observations count.';
COMMENT ON COLUMN sync.figure.prior_days IS 'In so many days.';
COMMENT ON COLUMN sync.figure.hidden_changes IS 'Changes that details found though rows since the detail before had shown none, as far as they came before the last row.';
COMMENT ON COLUMN sync.figure.hidden_expected IS 'How many of them would be expected if rows never showed a change of this figure.';
COMMENT ON COLUMN sync.figure.row_details IS 'Details after a row with another price. Half of a count is forgotten in 90 days.';
COMMENT ON COLUMN sync.figure.row_changes IS 'Those of them that found the figure changed.';
COMMENT ON COLUMN sync.figure.date_details IS 'Details after a row with another date of modification, and the same price.';
COMMENT ON COLUMN sync.figure.date_changes IS 'Those of them that found the figure changed.';
COMMENT ON COLUMN sync.figure.absence_details IS 'Details after a complete pass that did not list the offer.';
COMMENT ON COLUMN sync.figure.absence_changes IS 'Those of them that found the figure changed.';

INSERT INTO sync.figure (figure, prior_changes, prior_days)
SELECT figure, prior_changes, prior_days
FROM unnest(ARRAY['offer', 'price', 'in_stock', 'out_of_stock']) AS f (figure)
CROSS JOIN sync.planner;

ALTER TABLE sync.refresh ADD COLUMN vouched_at timestamptz;
ALTER TABLE sync.refresh ADD COLUMN is_in_stock boolean;
ALTER TABLE sync.refresh ADD COLUMN offer_changes real DEFAULT 0 NOT NULL;
ALTER TABLE sync.refresh ADD COLUMN offer_days real DEFAULT 0 NOT NULL;
ALTER TABLE sync.refresh ADD COLUMN price_changes real DEFAULT 0 NOT NULL;
ALTER TABLE sync.refresh ADD COLUMN price_days real DEFAULT 0 NOT NULL;
ALTER TABLE sync.refresh ADD COLUMN in_stock_changes real DEFAULT 0 NOT NULL;
ALTER TABLE sync.refresh ADD COLUMN in_stock_days real DEFAULT 0 NOT NULL;
ALTER TABLE sync.refresh ADD COLUMN out_of_stock_changes real DEFAULT 0 NOT NULL;
ALTER TABLE sync.refresh ADD COLUMN out_of_stock_days real DEFAULT 0 NOT NULL;
COMMENT ON COLUMN sync.refresh.vouched_at IS 'The newest observation with nothing that hints at a change since the newest detail. Null: none.';
COMMENT ON COLUMN sync.refresh.is_in_stock IS 'Whether the newest detail showed any stock. Null: it did not say, or was empty.';
COMMENT ON COLUMN sync.refresh.offer_changes IS 'Changes of anything but stock and sales that its details added to what is known of all offers (sync.figure).';
COMMENT ON COLUMN sync.refresh.offer_days IS 'In so many days.';
COMMENT ON COLUMN sync.refresh.price_changes IS 'The same of its prices.';
COMMENT ON COLUMN sync.refresh.price_days IS 'In so many days.';
COMMENT ON COLUMN sync.refresh.in_stock_changes IS 'How often it ran out of stock, beyond what is known of all offers.';
COMMENT ON COLUMN sync.refresh.in_stock_days IS 'In so many days with stock.';
COMMENT ON COLUMN sync.refresh.out_of_stock_changes IS 'How often it came back into stock, beyond what is known of all offers.';
COMMENT ON COLUMN sync.refresh.out_of_stock_days IS 'In so many days without stock.';
