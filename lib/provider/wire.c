// SPDX-License-Identifier: MIT
#include "provider/wire.h"

const struct wire *wire_of(enum provider_wire wire)
{
	static const struct wire *const all[] = {
		[WIRE_OPENAI_RESPONSES] = &wire_responses,
		[WIRE_OPENAI_CHAT] = &wire_chat,
		[WIRE_ANTHROPIC] = &wire_anthropic,
		[WIRE_GOOGLE] = &wire_google,
		[WIRE_OLLAMA] = &wire_ollama,
	};

	return all[wire];
}

const char *provider_default_model(enum provider_wire wire)
{
	static const char *const models[] = {
		[WIRE_OPENAI_RESPONSES] = "gpt-6.1-terra",
		[WIRE_ANTHROPIC] = "claude-sonnet-5-5",
		[WIRE_GOOGLE] = "gemini-3.8-flash",
		[WIRE_OLLAMA] = NULL,
	};

	return models[wire];
}

const char *provider_default_url(enum provider_wire wire)
{
	return wire_of(wire)->base_url;
}
