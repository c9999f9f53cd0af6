CREATE TABLE "asset_keys" (
	"video_id" uuid PRIMARY KEY NOT NULL,
	"wrapped" text,
	"version" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"wrapped_at" timestamp (3) with time zone NOT NULL,
	"shredded_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "content_keys" (
	"key_id" uuid PRIMARY KEY NOT NULL,
	"video_id" uuid NOT NULL,
	"generation" integer NOT NULL,
	"edition" integer NOT NULL,
	"label" text NOT NULL,
	"protection" text NOT NULL,
	"wrapped" text NOT NULL,
	"iv" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "networks" (
	"network" "cidr" PRIMARY KEY NOT NULL,
	"country" text,
	"anonymous" boolean NOT NULL
);
--> statement-breakpoint
CREATE TABLE "playback_decisions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"door" text NOT NULL,
	"refusal" text,
	"session_id" uuid,
	"user_id" uuid,
	"video_id" uuid,
	"device_id" text,
	"client_ip" text NOT NULL,
	"country" text,
	"key_ids" text[],
	"request_id" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "playback_devices" (
	"user_id" uuid NOT NULL,
	"device_id" text NOT NULL,
	"name" text,
	"first_at" timestamp (3) with time zone NOT NULL,
	"last_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "playback_devices_user_id_device_id_pk" PRIMARY KEY("user_id","device_id")
);
--> statement-breakpoint
CREATE TABLE "playback_nonces" (
	"issuer" text NOT NULL,
	"nonce" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "playback_nonces_issuer_nonce_pk" PRIMARY KEY("issuer","nonce")
);
--> statement-breakpoint
CREATE TABLE "playback_rates" (
	"name" text NOT NULL,
	"window" bigint NOT NULL,
	"count" integer NOT NULL,
	CONSTRAINT "playback_rates_name_window_pk" PRIMARY KEY("name","window")
);
--> statement-breakpoint
CREATE TABLE "playback_rules" (
	"video_id" uuid PRIMARY KEY NOT NULL,
	"starts_at" timestamp (3) with time zone,
	"ends_at" timestamp (3) with time zone,
	"countries" text[],
	"not_countries" text[],
	"refuse_anonymous" boolean DEFAULT false NOT NULL,
	"min_age" integer,
	"allow_offline" boolean DEFAULT false NOT NULL,
	"hardware_for_hd" boolean DEFAULT false NOT NULL,
	"taken_down_at" timestamp (3) with time zone,
	"taken_down_for" text,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "playback_sessions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"video_id" uuid NOT NULL,
	"user_id" uuid,
	"device_id" text NOT NULL,
	"device_name" text,
	"player_id" text NOT NULL,
	"client_ip" text NOT NULL,
	"country" text,
	"counts" boolean NOT NULL,
	"token_number" integer NOT NULL,
	"token_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"heartbeat_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"ended_by" text
);
--> statement-breakpoint
CREATE TABLE "retired_editions" (
	"video_id" uuid NOT NULL,
	"generation" integer NOT NULL,
	"edition" integer NOT NULL,
	"remove_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "retired_editions_video_id_generation_edition_pk" PRIMARY KEY("video_id","generation","edition")
);
--> statement-breakpoint
CREATE TABLE "viewing_limits" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"age" integer,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "videos" ADD COLUMN "protection" text DEFAULT 'clear' NOT NULL;--> statement-breakpoint
ALTER TABLE "videos" ADD COLUMN "edition" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "videos" ADD COLUMN "next_edition" integer;--> statement-breakpoint
ALTER TABLE "videos" ADD COLUMN "next_protection" text;--> statement-breakpoint
ALTER TABLE "videos" ADD COLUMN "protection_failure" text;--> statement-breakpoint
ALTER TABLE "content_keys" ADD CONSTRAINT "content_keys_of_asset" FOREIGN KEY ("video_id") REFERENCES "public"."asset_keys"("video_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "playback_devices" ADD CONSTRAINT "playback_devices_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "playback_rules" ADD CONSTRAINT "playback_rules_video_id_videos_id_fk" FOREIGN KEY ("video_id") REFERENCES "public"."videos"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "playback_sessions" ADD CONSTRAINT "playback_sessions_video_id_videos_id_fk" FOREIGN KEY ("video_id") REFERENCES "public"."videos"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "playback_sessions" ADD CONSTRAINT "playback_sessions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "viewing_limits" ADD CONSTRAINT "viewing_limits_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "asset_keys_by_version" ON "asset_keys" USING btree ("version") WHERE wrapped is not null;--> statement-breakpoint
CREATE INDEX "content_keys_of_edition" ON "content_keys" USING btree ("video_id","generation","edition");--> statement-breakpoint
CREATE INDEX "networks_by_address" ON "networks" USING gist ("network" inet_ops);--> statement-breakpoint
CREATE INDEX "playback_decisions_of_video" ON "playback_decisions" USING btree ("video_id","at");--> statement-breakpoint
CREATE INDEX "playback_decisions_old" ON "playback_decisions" USING btree ("at");--> statement-breakpoint
CREATE INDEX "playback_nonces_old" ON "playback_nonces" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "playback_sessions_live" ON "playback_sessions" USING btree ("user_id","heartbeat_at") WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX "playback_sessions_of_video" ON "playback_sessions" USING btree ("video_id","heartbeat_at");--> statement-breakpoint
CREATE UNIQUE INDEX "playback_sessions_of_player" ON "playback_sessions" USING btree ("user_id","device_id","player_id","video_id") WHERE ended_at is null and user_id is not null;--> statement-breakpoint
CREATE INDEX "playback_sessions_old" ON "playback_sessions" USING btree ("heartbeat_at");--> statement-breakpoint
CREATE INDEX "videos_changing_protection" ON "videos" USING btree ("id") WHERE next_edition is not null;