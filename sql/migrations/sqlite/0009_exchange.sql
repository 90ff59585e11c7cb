-- SPDX-License-Identifier: MIT
--
-- Where rows came from: "source" is the tool that named them "externalId".
-- "activityId" is the activity that holds the record as it was last imported.
CREATE TABLE "external_ids" (
	"source" TEXT NOT NULL,
	"entity" TEXT NOT NULL,
	"externalId" TEXT NOT NULL,
	"rowId" INTEGER NOT NULL,
	"activityId" INTEGER REFERENCES "activities" ("id") ON DELETE SET NULL,
	PRIMARY KEY ("source", "entity", "externalId")
) STRICT, WITHOUT ROWID;
CREATE INDEX "idx_external_ids_rowId"
	ON "external_ids" ("source", "entity", "rowId");
CREATE INDEX "idx_external_ids_activityId" ON "external_ids" ("activityId")
	WHERE "activityId" IS NOT NULL;
