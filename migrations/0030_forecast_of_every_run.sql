-- By hand: every run keeps what was expected of it, wherever it began.
COMMENT ON COLUMN "sync"."run"."forecast" IS 'What it was expected to do, as it began: {"isGuess" (nothing was known yet: upper bounds), "calls": {operation: calls}, "newOffers", "changedOffers", "seconds"}; null: it could not be foretold.';
