INSERT INTO "search_fts" (rowid, "title", "content") VALUES (?1, ?2, ?3)
