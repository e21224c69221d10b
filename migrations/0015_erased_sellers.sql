CREATE TABLE "sync"."erased_offer" (
	"offer_id" bigint PRIMARY KEY NOT NULL,
	"seller_hash" "bytea" NOT NULL,
	"erased_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sync"."erased_seller" (
	"seller_hash" "bytea" PRIMARY KEY NOT NULL,
	"requested_at" timestamp with time zone NOT NULL,
	"completed_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "raw"."payload" ADD COLUMN "erased_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "sync"."erased_offer" ADD CONSTRAINT "erased_offer_seller_hash_erased_seller_seller_hash_fk" FOREIGN KEY ("seller_hash") REFERENCES "sync"."erased_seller"("seller_hash") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "erased_offer_seller" ON "sync"."erased_offer" USING btree ("seller_hash");--> statement-breakpoint
COMMENT ON TABLE "sync"."erased_seller" IS 'Sellers that were erased and do not come back, by catalog-sync erase-seller.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."erased_seller"."seller_hash" IS 'SHA-256 of 1688''s sellerOpenId: tells who has the id that it was erased, and nobody else anything.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."erased_seller"."requested_at" IS 'When it was first told to.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."erased_seller"."completed_at" IS 'When everything was erased for the last time; null: it was broken off, start it again.';--> statement-breakpoint
COMMENT ON TABLE "sync"."erased_offer" IS 'Offers of erased sellers: answers about them are left out of the catalog.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."erased_offer"."offer_id" IS 'Offer.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."erased_offer"."seller_hash" IS 'Whose it was.';--> statement-breakpoint
COMMENT ON COLUMN "sync"."erased_offer"."erased_at" IS 'When its texts and pictures were erased.';--> statement-breakpoint
COMMENT ON COLUMN "raw"."payload"."erased_at" IS 'When the rows of an erased seller were taken out of the body; null: it is as it came.';--> statement-breakpoint
COMMENT ON COLUMN "raw"."payload"."body_bytes" IS 'Length of the unpacked body.';--> statement-breakpoint
COMMENT ON COLUMN "raw"."payload"."body_sha256" IS 'SHA-256 of the unpacked body.';
