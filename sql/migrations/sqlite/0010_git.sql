-- SPDX-License-Identifier: MIT
--
-- Repositories and what their commits say of tasks, beside the specification.

-- What 'git scan' has read: all that "sha" reaches, of the repository whose git
-- folder this is. "boundary" tells where the history of a shallow clone ended.
CREATE TABLE "git_scans" (
	"repository" TEXT NOT NULL,
	"ref" TEXT NOT NULL,
	"sha" TEXT NOT NULL,
	"boundary" TEXT NOT NULL,
	"scannedAt" INTEGER NOT NULL,
	PRIMARY KEY ("repository", "ref")
) STRICT, WITHOUT ROWID;

-- Linked commits that complete a task once they are on the default branch.
CREATE TABLE "git_closings" (
	"taskId" INTEGER NOT NULL REFERENCES "tasks" ("id") ON DELETE CASCADE,
	"sha" TEXT NOT NULL,
	"createdAt" INTEGER NOT NULL,
	PRIMARY KEY ("taskId", "sha")
) STRICT, WITHOUT ROWID;

-- Tasks that have commits: few of all, looked through for one of them.
CREATE INDEX "idx_tasks_gitCommits" ON "tasks" ("id")
	WHERE "gitCommits" <> '[]';
