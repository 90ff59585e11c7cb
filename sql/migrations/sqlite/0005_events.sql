-- SPDX-License-Identifier: MIT
--
-- Delivery of events to webhooks, beside the specification.

-- What a webhook may do and how it fares. "previousSecret" signs as well up to
-- "previousUntil"; "failingSince" is the first failure after which nothing was
-- delivered; nothing is sent before "throttledUntil". Of one that awm disabled,
-- "disabledReason" says why.
CREATE TABLE "webhook_settings" (
	"webhookId" INTEGER PRIMARY KEY
		REFERENCES "webhooks" ("id") ON DELETE CASCADE,
	"ownerId" INTEGER REFERENCES "users" ("id") ON DELETE SET NULL,
	"allowPrivate" INTEGER NOT NULL DEFAULT 0
		CHECK ("allowPrivate" IN (0, 1)),
	"unordered" INTEGER NOT NULL DEFAULT 0 CHECK ("unordered" IN (0, 1)),
	"previousSecret" TEXT,
	"previousUntil" INTEGER,
	"failingSince" INTEGER,
	"throttledUntil" INTEGER,
	"disabledReason" TEXT
) STRICT;
CREATE INDEX "idx_webhook_settings_ownerId" ON "webhook_settings" ("ownerId")
	WHERE "ownerId" IS NOT NULL;

-- Each attempt at a delivery: the answer's status, or why there was none, and
-- the beginning of what it said.
CREATE TABLE "delivery_attempts" (
	"id" INTEGER PRIMARY KEY,
	"deliveryId" INTEGER NOT NULL
		REFERENCES "webhook_deliveries" ("id") ON DELETE CASCADE,
	"at" INTEGER NOT NULL,
	"status" INTEGER,
	"error" TEXT,
	"durationMs" INTEGER NOT NULL,
	"response" TEXT
) STRICT;
CREATE INDEX "idx_delivery_attempts_deliveryId"
	ON "delivery_attempts" ("deliveryId");

-- Deliveries that a process has in hand, up to "until"; the process is known as
-- in "execution_runs".
CREATE TABLE "delivery_leases" (
	"deliveryId" INTEGER PRIMARY KEY
		REFERENCES "webhook_deliveries" ("id") ON DELETE CASCADE,
	"token" TEXT NOT NULL,
	"host" TEXT NOT NULL,
	"bootId" TEXT NOT NULL,
	"pid" INTEGER NOT NULL,
	"pidStart" INTEGER NOT NULL,
	"until" INTEGER NOT NULL
) STRICT;

-- The line in front of each endpoint.
CREATE INDEX "idx_webhook_deliveries_line"
	ON "webhook_deliveries" ("webhookId", "id")
	WHERE "state" IN ('pending', 'failed');
