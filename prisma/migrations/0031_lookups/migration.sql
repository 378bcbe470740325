-- Imports look for hosts by their former names, too: without an index each batch of a file read the whole inventory. Entries go to their place
-- at once, because a list of those that wait is read whole by every search.
CREATE INDEX "Asset_aliases_idx" ON "Asset" USING GIN ("aliases") WITH (fastupdate = off);

-- Whether an import was matched with the bulletins is said of the import, not taken off each of its hosts again: that wrote the inventory twice.
ALTER TABLE "InventoryImport" ADD COLUMN "matched" BOOLEAN NOT NULL DEFAULT false;
UPDATE "InventoryImport" i SET "matched" = true
WHERE i."status" <> 'running' AND NOT EXISTS (SELECT FROM "Asset" a WHERE a."touched" = i."id");

-- Of each place the card that was not drawn anew for longest comes first (src/app/chat/post-leases.ts): in this order it is the first one
-- found, however many wait there. What was never said has an index of its own.
DROP INDEX "Post_waiting_idx";
CREATE INDEX "Post_outdated_idx" ON "Post"("placeId", "updatedAt", "id") WHERE "ref" IS NOT NULL AND "wanted" > "shown" AND "status" = 'open';

-- A click mostly lengthens a list, of what people did or approved: only what comes behind it is sent and kept, not the whole list again
-- (src/core/patch.ts). Steps that are kept already mean what they meant.
CREATE OR REPLACE FUNCTION "patched"("document" JSONB, "steps" JSONB) RETURNS JSONB
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
  step JSONB;
  place TEXT[];
BEGIN
  FOR step IN SELECT jsonb_array_elements("steps") LOOP
    place := ARRAY(SELECT jsonb_array_elements_text(step -> 'path'));
    "document" := jsonb_set("document", place,
      CASE WHEN step ? 'more' THEN coalesce("document" #> place, '[]') || (step -> 'more') ELSE step -> 'value' END);
  END LOOP;
  RETURN "document";
END
$$;
