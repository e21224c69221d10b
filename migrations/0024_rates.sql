-- How likely what is known of a figure of an offer is by each of ten rates of change, in place of one distribution for all offers. A
-- release that does not know these columns leaves them as they are; an offer counts as before until its next observation.
ALTER TABLE sync.figure ADD COLUMN shares real[] DEFAULT '{0.3,0.15,0.15,0.15,0.1,0.06,0.04,0.03,0.015,0.005}' NOT NULL;
ALTER TABLE sync.figure ALTER COLUMN shares DROP DEFAULT;
UPDATE sync.figure SET prior_changes = 0.13259215, prior_days = 1.113753 WHERE figure <> 'gone';
UPDATE sync.figure
SET prior_changes = 0.028652126, prior_days = 1.6524904, shares = '{0.8,0.1,0.03,0.02,0.02,0.02,0.005,0.003,0.001,0.001}'
WHERE figure = 'gone';
COMMENT ON COLUMN sync.figure.shares IS 'Shares of offers that change 0.0005, 0.002, 0.008, 0.03, 0.1, 0.25, 0.5, 1, 2 and 4 times a day.';
COMMENT ON COLUMN sync.figure.prior_changes IS 'Changes of an offer of which nothing was observed, in prior_days, as follows of shares (analytics.chance_held).';
COMMENT ON COLUMN sync.figure.row_changes IS 'Those of them that found the figure changed, as far as it was when the row was seen.';
COMMENT ON COLUMN sync.figure.date_changes IS 'Those of them that found the figure changed, as far as it was when the row was seen.';
COMMENT ON COLUMN sync.figure.absence_changes IS 'Those of them that found the figure changed, as far as it was at the pass.';

ALTER TABLE sync.refresh ADD COLUMN offer_evidence real[];
ALTER TABLE sync.refresh ADD COLUMN price_evidence real[];
ALTER TABLE sync.refresh ADD COLUMN in_stock_evidence real[];
ALTER TABLE sync.refresh ADD COLUMN out_of_stock_evidence real[];
ALTER TABLE sync.refresh ADD COLUMN gone_evidence real[];
COMMENT ON COLUMN sync.refresh.offer_evidence IS 'By the rates of sync.figure.shares: ln of the probability of what details and rows showed of anything but stock and sales. Null: nothing was observed twice.';
COMMENT ON COLUMN sync.refresh.price_evidence IS 'The same of its prices.';
COMMENT ON COLUMN sync.refresh.in_stock_evidence IS 'The same of its running out of stock.';
COMMENT ON COLUMN sync.refresh.out_of_stock_evidence IS 'The same of its coming back into stock.';
COMMENT ON COLUMN sync.refresh.gone_evidence IS 'The same of its being there again after details that had not found it.';
COMMENT ON COLUMN sync.refresh.offer_changes IS 'As if so many changes of anything but stock and sales had been seen, of all that is known of it (offer_evidence); without evidence, beyond what is known of all offers.';
COMMENT ON COLUMN sync.refresh.in_stock_changes IS 'The same of its running out of stock.';
COMMENT ON COLUMN sync.refresh.out_of_stock_changes IS 'The same of its coming back into stock.';
COMMENT ON COLUMN sync.refresh.gone_changes IS 'The same of its being there again after details that had not found it.';
