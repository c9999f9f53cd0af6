CREATE TABLE "availability_windows" (
	"title_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"starts_at" timestamp (3) with time zone NOT NULL,
	"ends_at" timestamp (3) with time zone,
	"countries" text[],
	CONSTRAINT "availability_windows_title_id_position_pk" PRIMARY KEY("title_id","position")
);
--> statement-breakpoint
CREATE TABLE "credits" (
	"title_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"name" text NOT NULL,
	"role" text NOT NULL,
	"character" text,
	CONSTRAINT "credits_title_id_position_pk" PRIMARY KEY("title_id","position")
);
--> statement-breakpoint
CREATE TABLE "episodes" (
	"title_id" uuid NOT NULL,
	"season" integer NOT NULL,
	"number" integer NOT NULL,
	"name" text NOT NULL,
	"synopsis" text NOT NULL,
	"video_id" uuid,
	CONSTRAINT "episodes_title_id_season_number_pk" PRIMARY KEY("title_id","season","number")
);
--> statement-breakpoint
CREATE TABLE "seasons" (
	"title_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"name" text,
	CONSTRAINT "seasons_title_id_number_pk" PRIMARY KEY("title_id","number")
);
--> statement-breakpoint
CREATE TABLE "titles" (
	"id" uuid PRIMARY KEY NOT NULL,
	"owner_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"original_name" text,
	"synopsis" text NOT NULL,
	"release_year" integer,
	"age_rating" text,
	"languages" text[] NOT NULL,
	"genres" text[] NOT NULL,
	"visibility" text NOT NULL,
	"video_id" uuid,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "availability_windows" ADD CONSTRAINT "availability_windows_title_id_titles_id_fk" FOREIGN KEY ("title_id") REFERENCES "public"."titles"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credits" ADD CONSTRAINT "credits_title_id_titles_id_fk" FOREIGN KEY ("title_id") REFERENCES "public"."titles"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "episodes" ADD CONSTRAINT "episodes_video_id_videos_id_fk" FOREIGN KEY ("video_id") REFERENCES "public"."videos"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "episodes" ADD CONSTRAINT "episodes_of_season" FOREIGN KEY ("title_id","season") REFERENCES "public"."seasons"("title_id","number") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "seasons" ADD CONSTRAINT "seasons_title_id_titles_id_fk" FOREIGN KEY ("title_id") REFERENCES "public"."titles"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "titles" ADD CONSTRAINT "titles_owner_id_users_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "titles" ADD CONSTRAINT "titles_video_id_videos_id_fk" FOREIGN KEY ("video_id") REFERENCES "public"."videos"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "episodes_of_video" ON "episodes" USING btree ("video_id");--> statement-breakpoint
CREATE INDEX "titles_of_owner" ON "titles" USING btree ("owner_id","id");--> statement-breakpoint
CREATE INDEX "titles_public" ON "titles" USING btree ("id") WHERE visibility = 'public';--> statement-breakpoint
CREATE INDEX "titles_by_genre" ON "titles" USING gin ("genres");--> statement-breakpoint
CREATE INDEX "titles_of_video" ON "titles" USING btree ("video_id");