-- RedefineTables
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_entries" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "message" TEXT NOT NULL,
    "mood" TEXT NOT NULL DEFAULT 'happy',
    "status" TEXT NOT NULL DEFAULT 'published',
    "pinned" BOOLEAN NOT NULL DEFAULT false,
    "rating" REAL,
    "details" JSONB,
    "created_at" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "edited_at" DATETIME,
    "visitor_id" TEXT NOT NULL,
    CONSTRAINT "entries_visitor_id_fkey" FOREIGN KEY ("visitor_id") REFERENCES "visitors" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
INSERT INTO "new_entries" ("created_at", "details", "edited_at", "id", "message", "rating", "status", "visitor_id") SELECT "created_at", "details", "edited_at", "id", "message", "rating", "status", "visitor_id" FROM "entries";
DROP TABLE "entries";
ALTER TABLE "new_entries" RENAME TO "entries";
CREATE INDEX "entries_status_created_at_idx" ON "entries"("status", "created_at" DESC);
CREATE INDEX "entries_visitor_id_idx" ON "entries"("visitor_id");
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;
