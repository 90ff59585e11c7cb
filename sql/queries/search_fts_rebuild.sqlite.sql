-- All words anew, from the texts.
INSERT INTO "search_fts" ("search_fts") VALUES ('rebuild')
