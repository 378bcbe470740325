-- Who came by a group of a chat platform, and who asked for a role.
CREATE TABLE "Member" (
    "id" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "zone" TEXT NOT NULL,
    "proofs" JSONB NOT NULL,
    "roles" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "version" INTEGER NOT NULL DEFAULT 0,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Member_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "Member_email_key" ON "Member"("email");

CREATE TABLE "RoleRequest" (
    "id" SERIAL NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "platform" TEXT NOT NULL,
    "askedAt" TIMESTAMPTZ(3) NOT NULL,
    "times" INTEGER NOT NULL DEFAULT 1,
    "settledAt" TIMESTAMPTZ(3),
    "ending" TEXT,

    CONSTRAINT "RoleRequest_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "RoleRequest_email_key" ON "RoleRequest"("email");

CREATE INDEX "RoleRequest_askedAt_idx" ON "RoleRequest"("askedAt");
