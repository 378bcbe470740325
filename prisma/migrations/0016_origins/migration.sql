-- One bulletin from several origins, and what a catalogue says of its vulnerabilities (src/app/bulletins).
ALTER TABLE "Bulletin" ADD COLUMN "story" TEXT NOT NULL DEFAULT '';
ALTER TABLE "Bulletin" ADD COLUMN "said" JSONB;
UPDATE "Bulletin" SET "story" = "source" || '/' || "vendorId";
CREATE INDEX "Bulletin_story_idx" ON "Bulletin"("story");

CREATE TABLE "BulletinCve" (
    "bulletinId" INTEGER NOT NULL,
    "cve" TEXT NOT NULL,

    CONSTRAINT "BulletinCve_pkey" PRIMARY KEY ("cve","bulletinId")
);
ALTER TABLE "BulletinCve" ADD CONSTRAINT "BulletinCve_bulletinId_fkey" FOREIGN KEY ("bulletinId") REFERENCES "Bulletin"("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "KnownExploited" (
    "cve" TEXT NOT NULL,
    "vendor" TEXT NOT NULL,
    "product" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "addedOn" TEXT NOT NULL,
    "dueOn" TEXT NOT NULL,
    "ransomware" TEXT NOT NULL,
    "catalogue" TEXT NOT NULL,
    "retractedAt" TIMESTAMPTZ(3),

    CONSTRAINT "KnownExploited_pkey" PRIMARY KEY ("cve")
);
