-- Money is a REAL: sums of the same rows in another order differ in the last
-- digits.
WITH "x" AS (
	SELECT "taskId", SUM("cost") AS "cost",
		SUM(json_extract("tokensUsed", '$.promptTokens')) AS "prompt",
		SUM(json_extract("tokensUsed", '$.completionTokens')) AS "completion",
		SUM(json_extract("tokensUsed", '$.totalTokens')) AS "total"
	FROM "task_executions" GROUP BY "taskId"),
"p" AS (
	SELECT t."projectId", SUM("x"."cost") AS "cost"
	FROM "x" JOIN "tasks" t ON t."id" = "x"."taskId"
	GROUP BY t."projectId")
SELECT 'task ' || t."id" || ': actualCost is '
	|| COALESCE(t."actualCost", 'null') || ', its executions cost '
	|| COALESCE("x"."cost", 'null')
FROM "tasks" t LEFT JOIN "x" ON "x"."taskId" = t."id"
WHERE (t."actualCost" IS NULL) <> ("x"."cost" IS NULL)
	OR ABS(t."actualCost" - "x"."cost") > 1e-6 * MAX(1, ABS("x"."cost"))
UNION ALL
SELECT 'task ' || t."id" || ': tokenUsage differs from its executions'
FROM "tasks" t LEFT JOIN "x" ON "x"."taskId" = t."id"
WHERE json_extract(t."tokenUsage", '$.promptTokens') IS NOT "x"."prompt"
	OR json_extract(t."tokenUsage", '$.completionTokens')
		IS NOT "x"."completion"
	OR json_extract(t."tokenUsage", '$.totalTokens') IS NOT "x"."total"
UNION ALL
SELECT 'project ' || p."id" || ': totalCost is ' || p."totalCost"
	|| ', its executions cost ' || COALESCE("p"."cost", 0.0)
FROM "projects" p LEFT JOIN "p" ON "p"."projectId" = p."id"
WHERE ABS(p."totalCost" - COALESCE("p"."cost", 0.0))
	> 1e-6 * MAX(1, p."totalCost")
