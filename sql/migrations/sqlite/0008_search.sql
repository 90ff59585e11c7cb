-- SPDX-License-Identifier: MIT
--
-- Full-text search over "search_indexes": its texts, titles apart from the
-- rest so that they can weigh more, as an FTS5 index that keeps no copy of
-- them. There are no triggers: who writes "search_indexes" writes this too.

ALTER TABLE "search_indexes" ADD COLUMN "title" TEXT NOT NULL DEFAULT '';

-- Symbols are words as well, so that emoji are found.
CREATE VIRTUAL TABLE "search_fts" USING fts5(
	"title", "content", content = 'search_indexes', content_rowid = 'id',
	tokenize = 'unicode61 remove_diacritics 2 categories ''L* N* Co So'''
);
-- The words of the index, for suggestions.
CREATE VIRTUAL TABLE "search_vocab" USING fts5vocab('search_fts', 'row');

UPDATE "search_indexes" SET "title" = COALESCE(CASE "entityType"
	WHEN 'project' THEN (SELECT "title" FROM "projects" WHERE "id" = "entityId")
	WHEN 'task' THEN (SELECT "title" FROM "tasks" WHERE "id" = "entityId")
	WHEN 'skill' THEN (SELECT "name" FROM "skills" WHERE "id" = "entityId")
	WHEN 'template' THEN
		(SELECT "name" FROM "templates" WHERE "id" = "entityId")
	END, '');
UPDATE "search_indexes" SET "content" = substr("content", length("title") + 2)
WHERE "title" <> ''
	AND substr("content" || char(10), 1, length("title") + 1)
		= "title" || char(10);
INSERT INTO "search_fts" ("search_fts") VALUES ('rebuild');
