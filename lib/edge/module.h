/* SPDX-License-Identifier: MIT */
#ifndef EDGE_MODULE_H
#define EDGE_MODULE_H

/*
 * Heavy libraries live in shared modules of our own (awm-git.so on libgit2),
 * opened when a command first needs one, so that every other command starts
 * without them. A module exports one constant struct named by `symbol`, whose
 * first member is an unsigned ABI number.
 *
 * The module is looked for by absolute path only, from the place of the
 * running program: beside it (build tree), then <prefix>/<libdir>/awm/ as
 * configured at build time, relative to the program so that an installed tree
 * can be moved. AWM_MODULE_PATH in the environment names a folder instead.
 * Never by the search path of the dynamic loader.
 *
 * -AWM_ERROR with the paths tried in the hint when it is missing or of
 * another ABI. A module stays loaded until the process ends.
 */
int module_open(const char *name, const char *symbol, unsigned abi,
		const void **ret_ops);

#endif
