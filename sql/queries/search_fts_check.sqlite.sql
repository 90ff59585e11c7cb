-- Fails as damaged unless the words are those of the texts. (With rank 1 it
-- looks at the texts too.)
INSERT INTO "search_fts" ("search_fts", "rank") VALUES ('integrity-check', 1)
