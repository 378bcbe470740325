-- The daily purge looks for old deliveries.
CREATE INDEX "Delivery_at_idx" ON "Delivery"("at");

-- Leasing looks at what waits: a handful of rows among all that were ever said. Prisma's schema has no word for it; the test of
-- drift knows it by name.
CREATE INDEX "Post_waiting_idx" ON "Post"("placeId", "parentId", "id") WHERE "wanted" > "shown" AND "status" = 'open';

-- So does asking which places rest: only what waits has a time before which it is not tried.
CREATE INDEX "Post_resting_idx" ON "Post"("placeId") WHERE "notBefore" IS NOT NULL;
