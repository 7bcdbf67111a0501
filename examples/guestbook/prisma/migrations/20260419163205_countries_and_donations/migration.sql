-- AlterTable
ALTER TABLE "visitors" ADD COLUMN "country" TEXT;
ALTER TABLE "visitors" ADD COLUMN "lucky_number" BIGINT;

-- AlterTable
ALTER TABLE "entries" ADD COLUMN "edited_at" DATETIME;

-- CreateTable
CREATE TABLE "donations" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "amount" DECIMAL NOT NULL,
    "currency" TEXT NOT NULL DEFAULT 'EUR',
    "note" TEXT,
    "anonymous" BOOLEAN NOT NULL DEFAULT false,
    "received_at" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "visitor_id" TEXT,
    CONSTRAINT "donations_visitor_id_fkey" FOREIGN KEY ("visitor_id") REFERENCES "visitors" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "settings" (
    "key" TEXT NOT NULL PRIMARY KEY,
    "value" JSONB NOT NULL,
    "updated_at" DATETIME NOT NULL
);

-- CreateIndex
CREATE INDEX "donations_received_at_idx" ON "donations"("received_at" DESC);

-- CreateIndex
CREATE INDEX "visitors_country_idx" ON "visitors"("country");
