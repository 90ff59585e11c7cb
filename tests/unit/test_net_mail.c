/* SPDX-License-Identifier: MIT */

/* Mails through the module awm-net.so. */
#include <sys/time.h>

#include "tests/unit/net_peer.h"

static const char message[] = "Subject: hello\r\n\r\nfirst\r\n.dot\r\nlast\r\n";

static const char *mail_url(const char *name)
{
	static char url[64];

	snprintf(url, sizeof(url), "%s://127.0.0.1:%d",
		 strcmp(name, "smtps") == 0 ? "smtps" : "smtp",
		 peer_port(name));
	return url;
}

static struct net_mail mail_to(const char *name)
{
	static const char *const to[] = {"bob@example.com", "eve@example.com"};

	return (struct net_mail){.url = mail_url(name),
				 .from = "ada@example.com",
				 .to = to,
				 .nto = 2,
				 .message = message,
				 .message_len = sizeof(message) - 1,
				 .private_ok = true};
}

static void post(struct got *g, struct net_mail m)
{
	struct net_error err = {0};
	char path[64];

	got_release(g);
	snprintf(path, sizeof(path), "%s/mail", peer_folder);
	unlink(path);
	m.done = got_done;
	m.ctx = g;
	if (ops->mail(net, &m, NULL, &err) != 0)
		fail_msg("%s", err.message);
	run_until(g, 1);
}

/* What arrived, with its envelope. */
static void check_mail(const struct got *g, const char *first)
{
	static char text[4096];
	char path[64], expected[4096];
	FILE *f;

	if (g->result.err != 0)
		fail_msg("%s", g->message);
	snprintf(path, sizeof(path), "%s/mail", peer_folder);
	f = fopen(path, "re");
	assert_non_null(f);
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	snprintf(expected, sizeof(expected),
		 "%s\r\nMAIL FROM:<ada@example.com>\r\n"
		 "RCPT TO:<bob@example.com>\r\nRCPT TO:<eve@example.com>\r\n"
		 "\r\nSubject: hello\r\n\r\nfirst\r\n..dot\r\nlast",
		 first);
	assert_string_equal(text, expected);
}

static void arrives(void **state)
{
	struct net_mail m = mail_to("smtp");
	struct got g = {0};

	post(&g, m);
	check_mail(&g, "plain");
	post(&g, mail_to("smtps"));
	check_mail(&g, "secure");
	m = mail_to("starttls");
	m.starttls = true;
	m.user = "ada";
	m.password = "secret";
	post(&g, m);
	check_mail(&g, "secure");
	assert_int_equal(g.result.status, 250);
	got_release(&g);
}

static void encrypts(void **state)
{
	struct net_mail m = mail_to("smtp");
	struct net_error err = {0};
	struct got g = {0};

	/* It offers none: nothing is sent in clear. */
	m.starttls = true;
	post(&g, m);
	check_fault(&g, NET_TLS, "127.0.0.1:");
	assert_non_null(strstr(g.hint, "smtps://"));
	m = mail_to("smtpexpired");
	m.starttls = true;
	post(&g, m);
	check_fault(&g, NET_TLS, "has expired");
	/* A password needs it, but where all is allowed. */
	m.starttls = false;
	m.private_ok = false;
	m.user = "ada";
	m.password = "secret";
	assert_int_equal(ops->mail(net, &m, NULL, &err), -AWM_USAGE);
	assert_non_null(strstr(err.message, "unencrypted"));
	got_release(&g);
}

static void refusals(void **state)
{
	static const char *const bad[] = {"bad@example.com"};
	struct net_mail m = mail_to("smtp");
	struct got g = {0};

	m.to = bad;
	m.nto = 1;
	post(&g, m);
	check_fault(&g, NET_OTHER,
		    "127.0.0.1:|refused the mail: 550 5.1.1 no ?[31msuch user");
	assert_int_equal(g.result.status, 550);
	assert_int_equal(g.result.err, -AWM_REMOTE);
	m = mail_to("smtps");
	m.user = "ada";
	m.password = "secret2";
	post(&g, m);
	check_fault(&g, NET_OTHER, "refused the login: 535");
	m = mail_to("smtp");
	m.private_ok = false;
	post(&g, m);
	check_fault(&g, NET_ADDRESS, "not a public address");
	post(&g, mail_to("closed"));
	check_fault(&g, NET_CONNECT, "refused");
	got_release(&g);
}

static void slow_servers(void **state)
{
	struct net_mail m = mail_to("silent");
	int64_t began = clock_ms();
	struct got g = {0};

	m.total_ms = 300;
	post(&g, m);
	check_fault(&g, NET_TIMEOUT, "127.0.0.1:");
	m = mail_to("noword");
	m.total_ms = 700;
	post(&g, m);
	check_fault(&g, NET_TIMEOUT, "127.0.0.1:");
	/* One that never says goodbye has taken the mail all the same. */
	post(&g, mail_to("noquit"));
	check_mail(&g, "plain");
	reopen((struct net_opts){.ca_file = ca_file()});
	assert_in_range(clock_ms() - began, 300, 4000);
	got_release(&g);
}

static void check_address(const char *address)
{
	struct net_mail m = mail_to("smtp");
	struct net_error err = {0};

	m.to = &address;
	m.nto = 1;
	assert_int_equal(ops->mail(net, &m, NULL, &err), -AWM_USAGE);
	assert_non_null(strstr(err.message, "address"));
	assert_null(strchr(err.message, '\n'));
}

static void addresses(void **state)
{
	struct net_mail m = mail_to("smtp");
	struct net_error err = {0};

	check_address("");
	check_address(NULL);
	check_address("Bob <bob@example.com>");
	check_address("bob@example.com>\r\nDATA\r\n");
	check_address("bob@example.com\nRCPT TO:<eve@example.com");
	m.nto = 0;
	assert_int_equal(ops->mail(net, &m, NULL, &err), -AWM_USAGE);
	m = mail_to("smtp");
	m.from = "a b";
	assert_int_equal(ops->mail(net, &m, NULL, &err), -AWM_USAGE);
	m = mail_to("smtp");
	m.url = "http://127.0.0.1/";
	assert_int_equal(ops->mail(net, &m, NULL, &err), -AWM_USAGE);
	m.url = "smtp://ada:secret@127.0.0.1/";
	assert_int_equal(ops->mail(net, &m, NULL, &err), -AWM_USAGE);
	assert_null(strstr(err.message, "secret"));
}

static void cancels(void **state)
{
	struct net_mail m = mail_to("silent");
	struct net_call *call = NULL;
	struct got g = {0};

	m.done = got_done;
	m.ctx = &g;
	assert_int_equal(ops->mail(net, &m, &call, NULL), 0);
	assert_int_equal(ops->run(net, 50, -1, NULL, NULL), 0);
	ops->cancel(call);
	run_until(&g, 1);
	check_fault(&g, NET_CANCELLED, "");
}

static void on_alarm(int number)
{
	(void)number;
	ops->wake(net);
}

/* What an interrupt does while libcurl waits by itself. */
static void wakes(void **state)
{
	struct itimerval soon = {.it_value.tv_usec = 300000};
	int64_t began = clock_ms();
	struct got g = {0};

	signal(SIGALRM, on_alarm);
	setitimer(ITIMER_REAL, &soon, NULL);
	post(&g, mail_to("noword"));
	check_fault(&g, NET_CANCELLED, "");
	assert_in_range(clock_ms() - began, 200, 10000);
	signal(SIGALRM, SIG_DFL);
	got_release(&g);
}

/* Half a mail is none. */
static void cancels_message(void **state)
{
	struct net_mail m = mail_to("slowsmtp");
	size_t size = 16 << 20, i;
	char *large = malloc(size);
	struct net_call *call = NULL;
	int64_t began = clock_ms();
	struct got g = {0};
	char path[64];

	assert_non_null(large);
	for (i = 0; i < size; i++)
		large[i] = "0123456789abcde\r\n"[i % 17];
	snprintf(path, sizeof(path), "%s/mail", peer_folder);
	unlink(path);
	m.message = large;
	m.message_len = size;
	m.done = got_done;
	m.ctx = &g;
	assert_int_equal(ops->mail(net, &m, &call, NULL), 0);
	while (clock_ms() - began < 250)
		assert_int_equal(ops->run(net, 10, -1, NULL, NULL), 0);
	assert_false(g.done);
	ops->cancel(call);
	run_until(&g, 1);
	check_fault(&g, NET_CANCELLED, "");
	usleep(900 * 1000);
	assert_int_equal(access(path, F_OK), -1);
	free(large);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arrives),
		cmocka_unit_test(encrypts),
		cmocka_unit_test(refusals),
		cmocka_unit_test(addresses),
		cmocka_unit_test(cancels),
		cmocka_unit_test(slow_servers),
		cmocka_unit_test(cancels_message),
		cmocka_unit_test(wakes),
	};

	return cmocka_run_group_tests(tests, peer_start, peer_stop);
}
