/* SPDX-License-Identifier: MIT */
#ifndef CMD_EDITOR_H
#define CMD_EDITOR_H

#include "base/buf.h"

/*
 * Lets a person write in `editor` (core.editor; may be NULL), $VISUAL, $EDITOR
 * or vi, as git does, in a file that
 * only they can read, and reads what they saved. AWM_ERROR when the editor
 * failed; AWM_USAGE when there is none that could be shown.
 */
int editor_edit(const char *editor, const char *initial, struct buf *out);

#endif
