-- A click that changes nothing but its change, in one statement (src/app/doors/quick.ts): the delivery is remembered, the change is
-- saved if it is still as it was read, its posts are wanted anew, and the audit record comes last. Answers
-- 'saved', 'stale' (somebody was faster: nothing was done) or 'delivered' (this delivery has had its effect: nothing was done).
-- The order of locks is that of the long way: delivery, change, posts, audit chain.
CREATE FUNCTION "save_click"(
  "change" INTEGER, "known" INTEGER, "new_phase" TEXT, "new_state" JSONB, "delivery" TEXT, "answer" JSONB, "moment" TIMESTAMPTZ, "record" TEXT
) RETURNS TEXT
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
  IF "delivery" IS NOT NULL THEN
    INSERT INTO "Delivery" ("key", "outcome", "at") VALUES ("delivery", "answer", "moment") ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN RETURN 'delivered'; END IF;
  END IF;
  UPDATE "Change" SET "phase" = "new_phase", "state" = "new_state", "version" = "version" + 1 WHERE "id" = "change" AND "version" = "known";
  IF NOT FOUND THEN
    DELETE FROM "Delivery" WHERE "key" = "delivery";
    RETURN 'stale';
  END IF;
  UPDATE "Post" SET "wanted" = "wanted" + 1 WHERE "subject" = 'change:' || "change" AND "payload" -> 'frozen' IS NULL;
  PERFORM pg_notify('patchcrier_posts', '');
  PERFORM "append_audit"("record");
  RETURN 'saved';
END
$$;

-- States are tens of kilobytes, read and written by every click: lz4 costs a tenth of the time of pglz. A server without it keeps pglz.
DO $$
BEGIN
  ALTER TABLE "Change" ALTER COLUMN "state" SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN NULL;
END
$$;
