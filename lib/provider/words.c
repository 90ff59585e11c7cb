/* SPDX-License-Identifier: MIT */
#include "provider/provider.h"

const char *provider_finish_word(enum provider_finish finish)
{
	static const char *const words[] = {
		[FINISH_STOP] = "stop",
		[FINISH_LENGTH] = "length",
		[FINISH_TOOL_CALLS] = "tool_calls",
		[FINISH_CONTENT_FILTER] = "content_filter",
		[FINISH_PAUSED] = "paused",
		[FINISH_ERROR] = "error",
		[FINISH_OTHER] = "other",
	};

	return words[finish];
}

const char *provider_class_word(enum provider_class class)
{
	static const char *const words[] = {
		[CLASS_AUTH] = "auth",
		[CLASS_PERMISSION] = "permission",
		[CLASS_BILLING] = "billing",
		[CLASS_INVALID_REQUEST] = "invalid_request",
		[CLASS_NOT_FOUND] = "not_found",
		[CLASS_TOO_LARGE] = "too_large",
		[CLASS_CONFLICT] = "conflict",
		[CLASS_RATE_LIMITED] = "rate_limited",
		[CLASS_OVERLOADED] = "overloaded",
		[CLASS_SERVER] = "server",
		[CLASS_TIMEOUT] = "timeout",
		[CLASS_NETWORK] = "network",
		[CLASS_BLOCKED] = "blocked",
	};

	return words[class];
}
