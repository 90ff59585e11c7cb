-- The words from ?1 on and before ?2, with how many rows hold them.
SELECT "term", "doc" FROM "search_vocab" WHERE "term" >= ?1 AND "term" < ?2
