-- Cost and tokens of task ?1, from its executions; nothing when none tells.
UPDATE "tasks" SET
	"actualCost" = (
		SELECT SUM("cost") FROM "task_executions" WHERE "taskId" = ?1),
	"tokenUsage" = (
		SELECT json_object(
			'promptTokens',
			SUM(json_extract("tokensUsed", '$.promptTokens')),
			'completionTokens',
			SUM(json_extract("tokensUsed", '$.completionTokens')),
			'totalTokens',
			SUM(json_extract("tokensUsed", '$.totalTokens')))
		FROM "task_executions"
		WHERE "taskId" = ?1 AND "tokensUsed" IS NOT NULL
		HAVING COUNT(*) > 0)
WHERE "id" = ?1
