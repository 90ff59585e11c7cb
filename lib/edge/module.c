/* SPDX-License-Identifier: MIT */
#include "edge/module.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

#ifndef AWM_LIBDIR_FROM_BINDIR
#define AWM_LIBDIR_FROM_BINDIR "../lib/awm"
#endif

/* A search under way. */
struct search {
	const char *name; /* with or without "awm-" */
	const char *symbol;
	unsigned abi;
	const void *ops;   /* what was found */
	struct buf tried;  /* the paths, ", " between */
	struct buf reason; /* why the first that exists is of no use */
};

/* Loads one file. A handle is never closed: the module stays. */
static bool load(struct search *s, const char *path)
{
	void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	const void *ops = handle ? dlsym(handle, s->symbol) : NULL;
	const char *why;

	if (ops && *(const unsigned *)ops == s->abi) {
		s->ops = ops;
		return true;
	}
	if (s->reason.len)
		return false;
	if (ops) {
		buf_addf(&s->reason, "%s has ABI %u, not %u", path,
			 *(const unsigned *)ops, s->abi);
		return false;
	}
	why = dlerror();
	buf_adds(&s->reason, why ? why : path);
	return false;
}

static bool try_folder(struct search *s, const char *folder, const char *below)
{
	_cleanup_buf_ struct buf path = {0};
	const char *prefix = strncmp(s->name, "awm-", 4) == 0 ? "" : "awm-";

	buf_addf(&path, "%s%s%s/%s%s.so", folder, *below ? "/" : "", below,
		 prefix, s->name);
	if (path.failed)
		return false;
	if (s->tried.len)
		buf_adds(&s->tried, ", ");
	buf_adds(&s->tried, path.s);
	return access(path.s, F_OK) == 0 && load(s, path.s);
}

/* The places around a program: build tree, then installed tree. */
static bool try_program(struct search *s)
{
	char exe[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	char *slash;

	if (n <= 0 || exe[0] != '/')
		return false;
	exe[n] = '\0';
	slash = strrchr(exe, '/');
	*slash = '\0';
	return try_folder(s, exe, "") || try_folder(s, exe, "lib") ||
	       try_folder(s, exe, AWM_LIBDIR_FROM_BINDIR);
}

/* The places around libawm.so, for programs of others that use it. Linked
 * into the program, this is the program's folder again. */
static bool try_library(struct search *s)
{
	static const char here = 0;
	_cleanup_free_ char *path = NULL;
	Dl_info info;
	char *slash;

	if (!dladdr(&here, &info) || !info.dli_fname)
		return false;
	path = realpath(info.dli_fname, NULL);
	slash = path ? strrchr(path, '/') : NULL;
	if (!slash || !strstr(slash, ".so"))
		return false;
	*slash = '\0';
	return try_folder(s, path, "") || try_folder(s, path, "awm");
}

static int find(struct search *s)
{
	const char *folder = secure_getenv("AWM_MODULE_PATH");
	bool found;

	if (folder && *folder && folder[0] != '/')
		return err_set(AWM_USAGE,
			       "AWM_MODULE_PATH '%s' is not an absolute path",
			       folder);
	if (folder && *folder)
		found = try_folder(s, folder, "");
	else
		found = try_program(s) || try_library(s);
	if (found)
		return 0;
	if (s->tried.failed || s->reason.failed)
		return err_nomem();
	if (s->reason.len)
		err_set(AWM_ERROR, "cannot load module '%s': %s", s->name,
			s->reason.s);
	else
		err_set(AWM_ERROR, "module '%s' is not installed", s->name);
	return err_hint("looked for %s", buf_str(&s->tried));
}

int module_open(const char *name, const char *symbol, unsigned abi,
		const void **ret_ops)
{
	struct search s = {.name = name, .symbol = symbol, .abi = abi};
	int r = find(&s);

	if (r == 0)
		*ret_ops = s.ops;
	buf_release(&s.tried);
	buf_release(&s.reason);
	return r;
}
