/* SPDX-License-Identifier: MIT */
#include "edge/net/inside.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

/* Networks that no public server is in. */
static const struct {
	unsigned char net[4];
	unsigned bits;
} refused4[] = {
	{{0, 0, 0, 0}, 8},	  /* this network */
	{{10, 0, 0, 0}, 8},	  /* private */
	{{100, 64, 0, 0}, 10},	  /* behind a carrier's NAT */
	{{127, 0, 0, 0}, 8},	  /* loopback */
	{{168, 63, 129, 16}, 32}, /* Azure's platform */
	{{169, 254, 0, 0}, 16},	  /* link-local, metadata of clouds */
	{{172, 16, 0, 0}, 12},	  /* private */
	{{192, 0, 0, 0}, 24},	  /* IETF */
	{{192, 0, 2, 0}, 24},	  /* documentation */
	{{192, 88, 99, 0}, 24},	  /* 6to4 relays */
	{{192, 168, 0, 0}, 16},	  /* private */
	{{198, 18, 0, 0}, 15},	  /* benchmarks */
	{{198, 51, 100, 0}, 24},  /* documentation */
	{{203, 0, 113, 0}, 24},	  /* documentation */
	{{224, 0, 0, 0}, 4},	  /* multicast */
	{{240, 0, 0, 0}, 4},	  /* reserved, broadcast */
};

/* Of IPv6 only 2000::/3 is given out to servers. That leaves out, without
 * naming them, ::, ::1, the IPv4-compatible ::a.b.c.d, 64:ff9b::/96 and
 * 64:ff9b:1::/48 (NAT64), 100::/64, 5f00::/16, fc00::/7, fe80::/10, fec0::/10
 * and ff00::/8. These lie inside. */
static const struct {
	unsigned char net[16];
	unsigned bits;
} refused6[] = {
	{{0x20, 0x01, 0x00}, 23},	/* IETF, Teredo, ORCHID */
	{{0x20, 0x01, 0x0d, 0xb8}, 32}, /* documentation */
	{{0x20, 0x02}, 16},		/* 6to4: any IPv4 address */
	{{0x3f, 0xff, 0x00}, 20},	/* documentation */
};

static bool within(const unsigned char *address, const unsigned char *net,
		   unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;
	unsigned mask = 0xFFu << (8 - rest) & 0xFF;

	return memcmp(address, net, whole) == 0 &&
	       (rest == 0 || ((address[whole] ^ net[whole]) & mask) == 0);
}

static bool refused_in4(const unsigned char *address)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(refused4); i++)
		if (within(address, refused4[i].net, refused4[i].bits))
			return true;
	return false;
}

static bool refused_in6(const unsigned char *address)
{
	static const unsigned char mapped[12] = {[10] = 0xFF, [11] = 0xFF};
	static const unsigned char global[1] = {0x20};
	size_t i;

	if (within(address, mapped, 96))
		return refused_in4(address + 12);
	if (!within(address, global, 3))
		return true;
	for (i = 0; i < ARRAY_LEN(refused6); i++)
		if (within(address, refused6[i].net, refused6[i].bits))
			return true;
	return false;
}

bool address_refused(const struct sockaddr *sa, size_t len)
{
	struct sockaddr_in in4;
	struct sockaddr_in6 in6;

	if (sa->sa_family == AF_INET && len >= sizeof(in4)) {
		memcpy(&in4, sa, sizeof(in4));
		return refused_in4((const unsigned char *)&in4.sin_addr);
	}
	if (sa->sa_family == AF_INET6 && len >= sizeof(in6)) {
		memcpy(&in6, sa, sizeof(in6));
		return refused_in6(in6.sin6_addr.s6_addr);
	}
	return true;
}

int net_address_is_private(const char *address)
{
	struct addrinfo hints = {.ai_flags = AI_NUMERICHOST,
				 .ai_socktype = SOCK_STREAM};
	struct addrinfo *list, *one;
	char plain[128];
	size_t len;
	int r = 0;

	if (*address == '[')
		address++;
	/* A zone is no matter here, and its interface may not exist. */
	len = strcspn(address, "%]");
	if (len == 0 || len >= sizeof(plain))
		return -AWM_USAGE;
	memcpy(plain, address, len);
	plain[len] = '\0';
	if (getaddrinfo(plain, NULL, &hints, &list) != 0)
		return -AWM_USAGE;
	for (one = list; one; one = one->ai_next)
		r |= address_refused(one->ai_addr, one->ai_addrlen);
	freeaddrinfo(list);
	return r;
}
