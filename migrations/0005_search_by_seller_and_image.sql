CREATE TABLE "sync"."image_upload" (
	"app_key" text NOT NULL,
	"sha256" text NOT NULL,
	"image_id" text,
	"call_id" bigint NOT NULL,
	"uploaded_at" timestamp with time zone NOT NULL,
	CONSTRAINT "image_upload_app_key_sha256_pk" PRIMARY KEY("app_key","sha256"),
	CONSTRAINT "image_upload_sha256" CHECK ("sync"."image_upload"."sha256" ~ '^[0-9a-f]{64}$')
);
--> statement-breakpoint
ALTER TABLE "sync"."search_window" DROP CONSTRAINT "search_window_query";--> statement-breakpoint
ALTER TABLE "sync"."search_window" ADD COLUMN "seller_id" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "sync"."search_window" ADD COLUMN "image" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "sync"."search_window" ADD COLUMN "kind" text GENERATED ALWAYS AS (CASE WHEN seller_id <> '' THEN 'seller' WHEN image <> '' THEN 'image' WHEN keyword <> '' THEN 'keyword' ELSE 'category' END) STORED NOT NULL;--> statement-breakpoint
ALTER TABLE "sync"."search_window" ADD CONSTRAINT "search_window_query" UNIQUE NULLS NOT DISTINCT("feed","keyword","category_id","seller_id","image","price_min_cny","price_max_cny","language");--> statement-breakpoint
COMMENT ON TABLE "sync"."image_upload" IS 'Pictures that were handed to 1688 to search by: each once an app.';
COMMENT ON COLUMN "sync"."image_upload"."app_key" IS 'App Key of the application that 1688 gave the id to.';
COMMENT ON COLUMN "sync"."image_upload"."sha256" IS 'SHA-256 of the bytes of the picture, in hex.';
COMMENT ON COLUMN "sync"."image_upload"."image_id" IS 'Id of the picture at 1688; null: 1688 can not use it.';
COMMENT ON COLUMN "sync"."image_upload"."call_id" IS 'Call that handed it over (usage.api_call).';
COMMENT ON COLUMN "sync"."image_upload"."uploaded_at" IS 'When the call was granted (ledger clock).';
COMMENT ON COLUMN "sync"."search_window"."seller_id" IS 'Seller (sellerOpenId); empty: none.';
COMMENT ON COLUMN "sync"."search_window"."image" IS 'Picture: url, or path of a file from the project folder; empty: none.';
COMMENT ON COLUMN "sync"."search_window"."kind" IS 'What is searched by: keyword (also within a category), category, seller or image.';
