ALTER TABLE "Bulletin" ADD COLUMN "released" JSONB;
