// SPDX-License-Identifier: MIT
/* Notifications on the desktop of who runs this. */
#include "base/err.h"
#include "domain/channel.h"

/* Bodies are markup, titles are not. */
static const char *escape(const char *s, struct arena *a)
{
	_cleanup_buf_ struct buf out = {0};

	for (; *s; s++) {
		if (*s == '&')
			buf_adds(&out, "&amp;");
		else if (*s == '<')
			buf_adds(&out, "&lt;");
		else if (*s == '>')
			buf_adds(&out, "&gt;");
		else
			buf_addc(&out, *s);
	}
	return buf_check(&out) ? NULL : arena_strdup(a, buf_str(&out));
}

static int pack(struct awm_session *s, const struct access *access,
		const struct message *m, struct arena *a, struct parcel *ret)
{
	const char **argv = arena_array(a, 6, sizeof(*argv));
	const char *body = escape(m->content, a);

	(void)s;
	(void)access;
	if (!argv || !body)
		return -AWM_NOMEM;
	argv[0] = "notify-send";
	argv[1] = "--app-name=awm";
	argv[2] = "--";
	argv[3] = m->title;
	argv[4] = body;
	*ret = (struct parcel){.argv = argv};
	return 0;
}

const struct channel channel_desktop = {.type = "desktop", .pack = pack};
