-- How often stock runs out, and comes back, goes with how often the offer changes at all; and a price of a search row is counted as a
-- change once, and taken back by a detail that shows none. Runs count first details. A release that does not know these columns leaves them as they are.
ALTER TABLE "sync"."figure" ADD COLUMN "by_offer_rate" real[][];
ALTER TABLE "sync"."refresh" ADD COLUMN "price_hinted_at" timestamp with time zone;
ALTER TABLE "sync"."run" ADD COLUMN "offers_completed" integer DEFAULT 0 NOT NULL;
COMMENT ON COLUMN sync.run.offers_completed IS 'Offers known from searches only, of which it fetched the first detail that says anything.';
COMMENT ON COLUMN sync.figure.by_offer_rate IS 'The same shares (second index) of the offers that change as often as each of these rates (first index). Null: alike of all.';
COMMENT ON COLUMN sync.figure.hidden_changes IS 'Of the changes that details found and rows had vouched against: those that rows hide, as many as are likely.';
COMMENT ON COLUMN sync.refresh.price_hinted_at IS 'When a search row with another price came that was counted as a change of the offer and its prices, and no detail since. Null: none.';
COMMENT ON COLUMN sync.refresh.in_stock_evidence IS 'The same of its running out of stock. Zeros: nothing was observed, and the rate is that of offers that change as often.';
COMMENT ON COLUMN sync.refresh.out_of_stock_evidence IS 'The same of its coming back into stock. Zeros: nothing was observed, and the rate is that of offers that change as often.';
