-- What a source's answer had and could not be taken is kept for people to look at (src/app/bulletins/dropped.ts).
CREATE TABLE "DroppedItem" (
    "id" SERIAL NOT NULL,
    "source" TEXT NOT NULL,
    "fileName" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "size" INTEGER NOT NULL,
    "head" BYTEA NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "DroppedItem_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "DroppedItem_at_idx" ON "DroppedItem"("at");
CREATE UNIQUE INDEX "DroppedItem_source_fileName_digest_key" ON "DroppedItem"("source", "fileName", "digest");
