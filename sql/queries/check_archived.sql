SELECT 'project ' || "id" || ': status, isArchived and archivedAt disagree'
FROM "projects"
WHERE "isArchived" <> ("status" = 'archived')
   OR ("archivedAt" IS NOT NULL) <> "isArchived"
