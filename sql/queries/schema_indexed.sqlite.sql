-- Whether column ?2 of table ?1 leads some index.
SELECT 1
FROM pragma_index_list(?1) l, pragma_index_info(l.name) i
WHERE i.seqno = 0 AND i.name = ?2
LIMIT 1
