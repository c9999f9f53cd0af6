DROP INDEX "uploads_of_owner";--> statement-breakpoint
DROP INDEX "videos_of_owner";--> statement-breakpoint
DROP INDEX "videos_public";--> statement-breakpoint
CREATE INDEX "uploads_of_owner" ON "uploads" USING btree ("owner_id","id") WHERE state = 'open';--> statement-breakpoint
CREATE INDEX "videos_of_owner" ON "videos" USING btree ("owner_id","id") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "videos_public" ON "videos" USING btree ("id") WHERE deleted_at is null and visibility = 'public' and status in ('playable', 'ready');