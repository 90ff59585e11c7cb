-- SPDX-License-Identifier: MIT
--
-- Schedules and runs of automations, beside the specification.

-- Slots of a schedule up to "lastSlot" are done with: they were run, missed, or
-- came before it was enabled. It never goes back, so that a clock which does
-- repeats nothing.
CREATE TABLE "automation_schedules" (
	"automationId" INTEGER PRIMARY KEY
		REFERENCES "automations" ("id") ON DELETE CASCADE,
	"lastSlot" INTEGER NOT NULL
) STRICT;

-- Runs that a process has in hand; the process is known as in
-- "execution_runs".
CREATE TABLE "automation_claims" (
	"runId" INTEGER PRIMARY KEY
		REFERENCES "automation_runs" ("id") ON DELETE CASCADE,
	"host" TEXT NOT NULL,
	"bootId" TEXT NOT NULL,
	"pid" INTEGER NOT NULL,
	"pidStart" INTEGER NOT NULL
) STRICT;

-- The log of one automation, and how many runs it had within an hour.
CREATE INDEX "idx_automation_runs_log"
	ON "automation_runs" ("automationId", "createdAt");
