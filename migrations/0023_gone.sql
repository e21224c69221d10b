-- An offer that is not there comes back at a rate of its own. A release that does not know it leaves it as it is.
ALTER TABLE sync.figure DROP CONSTRAINT figure_name;
ALTER TABLE sync.figure ADD CONSTRAINT figure_name CHECK (figure IN ('offer', 'price', 'in_stock', 'out_of_stock', 'gone'));
COMMENT ON TABLE sync.figure IS 'What is known of how often the figures of all offers change: the offer as a whole, its prices, its stock while there is some (in_stock) or none (out_of_stock), and that it is not there (gone). docs/confidence.md.';
COMMENT ON COLUMN sync.figure.figure IS 'offer, price, in_stock, out_of_stock or gone.';
-- Few of those that are not there come back.
INSERT INTO sync.figure (figure, prior_changes, prior_days) VALUES ('gone', 0.2, 100);

ALTER TABLE sync.refresh ADD COLUMN gone_changes real DEFAULT 0 NOT NULL;
ALTER TABLE sync.refresh ADD COLUMN gone_days real DEFAULT 0 NOT NULL;
COMMENT ON COLUMN sync.refresh.gone_changes IS 'How often it was there again after details that had not found it, beyond what is known of all offers.';
COMMENT ON COLUMN sync.refresh.gone_days IS 'In so many days in which it was not there.';
