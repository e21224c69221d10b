COMMENT ON COLUMN "sync"."run"."scope" IS 'all, feed:<name>, or feeds:<name>,<name>; at most one run of a scope is active.';
