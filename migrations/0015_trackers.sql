-- Trackers of the sync file: how far each has read, and what it noticed. docs/trackers.md.
CREATE TABLE sync.tracker (
  tracker text NOT NULL,
  definition text NOT NULL,
  read_to timestamptz NOT NULL,
  checked_at timestamptz NOT NULL,
  CONSTRAINT tracker_tracker_definition_pk PRIMARY KEY (tracker, definition)
);

COMMENT ON TABLE sync.tracker IS 'A tracker of a sync file (docs/trackers.md), and how far it has read the observations.';
COMMENT ON COLUMN sync.tracker.tracker IS 'Its name.';
COMMENT ON COLUMN sync.tracker.definition IS 'SHA-256 of what the sync file says of it: files that differ do not share a row.';
COMMENT ON COLUMN sync.tracker.read_to IS 'Observations that were loaded before this time are compared, by the clock of the database.';
COMMENT ON COLUMN sync.tracker.checked_at IS 'When a process last did so (ledger clock). Forgotten after 30 days without.';

CREATE TABLE sync.tracked_change (
  change_id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  tracker text NOT NULL,
  offer_id bigint NOT NULL,
  field text NOT NULL,
  condition text NOT NULL,
  sku_id bigint,
  min_quantity integer,
  old text NOT NULL,
  new text NOT NULL,
  not_before timestamptz NOT NULL,
  seen_at timestamptz NOT NULL,
  noted_at timestamptz NOT NULL,
  sent_at timestamptz,
  skipped_at timestamptz,
  CONSTRAINT tracked_change_once UNIQUE (tracker, offer_id, field, seen_at),
  CONSTRAINT tracked_change_field CHECK (field IN ('price', 'stock', 'state')),
  CONSTRAINT tracked_change_condition
    CHECK (condition IN ('price_below', 'price_down', 'price_up', 'out_of_stock', 'back_in_stock', 'delisted', 'relisted')),
  CONSTRAINT tracked_change_time CHECK (not_before < seen_at)
);
CREATE INDEX tracked_change_pending ON sync.tracked_change (change_id) WHERE sent_at IS NULL AND skipped_at IS NULL;

COMMENT ON TABLE sync.tracked_change IS 'A change of an offer that a tracker noticed, noted before it is sent. Kept for 400 days.';
COMMENT ON COLUMN sync.tracked_change.change_id IS 'Number of it.';
COMMENT ON COLUMN sync.tracked_change.tracker IS 'Name of the tracker.';
COMMENT ON COLUMN sync.tracked_change.offer_id IS 'Offer id of 1688.';
COMMENT ON COLUMN sync.tracked_change.field IS 'What changed: price, stock or state.';
COMMENT ON COLUMN sync.tracked_change.condition IS 'Condition that it met: price_below, price_down, price_up, out_of_stock, back_in_stock, delisted or relisted. Of several of one price the first of these.';
COMMENT ON COLUMN sync.tracked_change.sku_id IS 'SKU of the price; 0: the offer as a whole. NULL: no price, or price_below.';
COMMENT ON COLUMN sync.tracked_change.min_quantity IS 'The price holds from this many units on. NULL: as sku_id.';
COMMENT ON COLUMN sync.tracked_change.old IS 'Before: a list price in yuan (price_below: the lowest of the offer), units in stock, or a state of catalog.offer.';
COMMENT ON COLUMN sync.tracked_change.new IS 'The same after.';
COMMENT ON COLUMN sync.tracked_change.not_before IS 'Observation that still showed the old value: it changed after.';
COMMENT ON COLUMN sync.tracked_change.seen_at IS 'When the call that showed the new value was granted: it changed before.';
COMMENT ON COLUMN sync.tracked_change.noted_at IS 'When the tracker noticed it (ledger clock).';
COMMENT ON COLUMN sync.tracked_change.sent_at IS 'When the receiver took a message about it (ledger clock). NULL: not yet, or never.';
COMMENT ON COLUMN sync.tracked_change.skipped_at IS 'When it was decided not to send it: there was no receiver, or newer changes of the same were sent. NULL: it is sent.';

CREATE INDEX observation_loaded ON catalog.observation USING brin (loaded_at) WITH (autosummarize = true);
