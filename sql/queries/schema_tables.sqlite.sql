-- Every column of every table, with the table that it refers to.
SELECT t.name, c.name, c.type, c.pk,
	(SELECT f."table" FROM pragma_foreign_key_list(t.name) f
		WHERE f."from" = c.name LIMIT 1)
FROM pragma_table_list t, pragma_table_info(t.name) c
WHERE t.schema = 'main' AND t.type = 'table'
	AND t.name NOT LIKE 'sqlite\_%' ESCAPE '\'
ORDER BY t.name, c.cid
