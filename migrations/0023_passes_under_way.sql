-- By hand: passes under way have listed as many offers as rows, as far as is known. They would seem truncated otherwise.
UPDATE "sync"."search_window" SET "ids_listed" = "rows_seen" WHERE "pass_started_at" IS NOT NULL;
