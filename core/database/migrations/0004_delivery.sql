CREATE TABLE "delivery_attempts" (
	"consumer" text NOT NULL,
	"source" text NOT NULL,
	"event_id" text NOT NULL,
	"attempts" integer NOT NULL,
	"last_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "delivery_attempts_consumer_source_event_id_pk" PRIMARY KEY("consumer","source","event_id")
);
--> statement-breakpoint
ALTER TABLE "dead_letters" ALTER COLUMN "envelope" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "dead_letters" ADD COLUMN "foreign_message" jsonb;--> statement-breakpoint
ALTER TABLE "outbox" ADD COLUMN "consumer" text;--> statement-breakpoint
ALTER TABLE "outbox" ADD COLUMN "envelope" jsonb;--> statement-breakpoint
CREATE INDEX "delivery_attempts_by_age" ON "delivery_attempts" USING btree ("last_at");--> statement-breakpoint
ALTER TABLE "dead_letters" ADD CONSTRAINT "dead_letters_one" CHECK (num_nonnulls("dead_letters"."envelope", "dead_letters"."foreign_message") = 1);