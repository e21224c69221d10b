-- How often stock runs out, and comes back, goes with how often the offer changes at all. A release that does not know this column leaves
-- it as it is.
ALTER TABLE "sync"."figure" ADD COLUMN "by_offer_rate" real[][];
COMMENT ON COLUMN sync.figure.by_offer_rate IS 'The same shares (second index) of the offers that change as often as each of these rates (first index). Null: alike of all.';
