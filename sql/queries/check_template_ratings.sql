-- Templates whose rating is not the average of what was given.
SELECT 'template ' || p."id" || ': rating differs from template_ratings'
FROM "templates" p
WHERE p."rating" IS NOT (
	SELECT AVG(r."rating") FROM "template_ratings" r
	WHERE r."templateId" = p."id")
