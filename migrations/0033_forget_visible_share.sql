-- The share of changes that search rows show was learned too high, and is learned again from its first guess.
UPDATE "sync"."planner" SET "visible_changes" = 7, "hidden_changes" = 3;
