-- Security lets a document pass although a check failed (src/app/bulletins/release.ts).
ALTER TABLE "Bulletin" ADD COLUMN "released" JSONB;

-- What is not proved is kept beside what was dropped: one table, one limit, one purge (src/app/bulletins/dropped.ts).
ALTER TABLE "DroppedItem" ADD COLUMN "kind" TEXT NOT NULL DEFAULT 'dropped';
INSERT INTO "DroppedItem" ("source", "kind", "fileName", "reason", "digest", "size", "head", "at")
SELECT "source", 'not proved', "name", "reason", "digest", length("raw"), "raw", "seenAt" FROM "Doubted" ORDER BY "id"
ON CONFLICT DO NOTHING;
DROP TABLE "Doubted";
