-- The columns of what has to be unique, in order.
SELECT t.name, l.name, k.name
FROM pragma_table_list t, pragma_index_list(t.name) l,
	pragma_index_info(l.name) k
WHERE t.schema = 'main' AND t.type = 'table' AND l."unique" AND NOT l.partial
ORDER BY t.name, l.name, k.seqno
