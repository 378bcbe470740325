-- What a mailbox brings: the proof of a mail, and mails that are not proved (adapters/sources/mailbox).
ALTER TABLE "Bulletin" ADD COLUMN "sent" JSONB;

CREATE TABLE "Doubted" (
    "id" SERIAL NOT NULL,
    "source" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "raw" BYTEA NOT NULL,
    "seenAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Doubted_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "Doubted_source_digest_key" ON "Doubted"("source", "digest");
