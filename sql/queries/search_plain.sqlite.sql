-- What fits ?1, the newest first, as search.sql where nothing is filtered.
SELECT rowid, bm25("search_fts", 8.0, 1.0)
FROM "search_fts" WHERE "search_fts" MATCH ?1
ORDER BY rowid DESC LIMIT ?2
