-- AlterTable
ALTER TABLE "Asset" ADD COLUMN     "aliases" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "cloudId" TEXT,
ADD COLUMN     "fqdn" TEXT,
ADD COLUMN     "packages" TEXT,
ADD COLUMN     "serial" TEXT,
ADD COLUMN     "touched" INTEGER;

-- CreateIndex
CREATE INDEX "Asset_serial_idx" ON "Asset"("serial");

-- CreateIndex
CREATE INDEX "Asset_cloudId_idx" ON "Asset"("cloudId");

-- CreateIndex
CREATE INDEX "Asset_fqdn_idx" ON "Asset"("fqdn");

-- CreateIndex
CREATE INDEX "Asset_touched_idx" ON "Asset"("touched");

-- AlterTable
ALTER TABLE "Install" ADD COLUMN     "scheme" TEXT NOT NULL DEFAULT 'rpm';

-- DropIndex
DROP INDEX "Install_host_name_arch_epoch_version_release_key";

-- CreateIndex
CREATE UNIQUE INDEX "Install_host_scheme_name_arch_epoch_version_release_key" ON "Install"("host", "scheme", "name", "arch", "epoch", "version", "release");

-- AlterTable
ALTER TABLE "Baseline" ADD COLUMN     "scheme" TEXT NOT NULL DEFAULT 'rpm';

-- CreateTable
CREATE TABLE "InventoryImport" (
    "id" SERIAL NOT NULL,
    "fileName" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "host" TEXT,
    "by" TEXT NOT NULL,
    "placeId" TEXT,
    "startedAt" TIMESTAMPTZ(3) NOT NULL,
    "finishedAt" TIMESTAMPTZ(3),
    "rows" INTEGER NOT NULL DEFAULT 0,
    "taken" INTEGER NOT NULL DEFAULT 0,
    "skipped" JSONB NOT NULL,
    "figures" JSONB NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'running',
    "reason" TEXT,

    CONSTRAINT "InventoryImport_pkey" PRIMARY KEY ("id")
);

-- The kernel that runs is an install, too.
UPDATE "Asset" SET "data" = jsonb_set("data", '{runningKernel,scheme}', '"rpm"')
WHERE "data" ? 'runningKernel' AND NOT "data" -> 'runningKernel' ? 'scheme';

-- What every bulletin has from now on.
UPDATE "Bulletin" SET "document" = '{"unfixed": [], "names": []}'::jsonb || "document" || jsonb_build_object('fixed',
  (SELECT coalesce(jsonb_agg('{"scheme": "rpm"}'::jsonb || b), '[]') FROM jsonb_array_elements("document" -> 'fixed') b))
WHERE jsonb_typeof("document" -> 'fixed') = 'array';
