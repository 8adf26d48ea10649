#include "web.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

struct upload {
	const char *at;
	size_t left;
	bool begun;    /* the server has been given some of the message */
};

static size_t give(char *out, size_t size, size_t count, void *context)
{
	struct upload *upload = context;
	size_t take = size * count < upload->left ? size * count : upload->left;

	memcpy(out, upload->at, take);
	upload->at += take;
	upload->left -= take;
	upload->begun = true;
	return take;
}

static void start_curl(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
}

static void set_options(CURL *curl, const struct web_mail *mail, struct curl_slist *to, struct upload *upload,
	char *reason)
{
	curl_easy_setopt(curl, CURLOPT_URL, mail->url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, mail->timeout_ms);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, mail->timeout_ms);
	curl_easy_setopt(curl, CURLOPT_USE_SSL, (long)(mail->user == NULL ? CURLUSESSL_TRY : CURLUSESSL_ALL));
	curl_easy_setopt(curl, CURLOPT_MAIL_FROM, mail->from);
	curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to);
	curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
	curl_easy_setopt(curl, CURLOPT_READDATA, upload);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, reason);
	if (mail->user != NULL) {
		curl_easy_setopt(curl, CURLOPT_USERNAME, mail->user);
		curl_easy_setopt(curl, CURLOPT_PASSWORD, mail->password);
	}
}

/* libcurl says QUIT when it closes, and would wait two minutes for the answer, however short the timeout was. Nobody
 * reads that answer: QUIT goes out, and the wait ends at once. */
static void stop_reading(CURL *curl)
{
	curl_socket_t socket = CURL_SOCKET_BAD;

	if (curl_easy_getinfo(curl, CURLINFO_ACTIVESOCKET, &socket) == CURLE_OK && socket != CURL_SOCKET_BAD)
		shutdown(socket, SHUT_RD);
}

enum web_outcome web_send_mail(const struct web_mail *mail, char *detail, size_t room)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct upload upload = { mail->message, strlen(mail->message), false };
	char reason[CURL_ERROR_SIZE] = "";
	long status = 0;

	pthread_once(&once, start_curl);
	CURL *curl = curl_easy_init();
	struct curl_slist *to = curl_slist_append(NULL, mail->to);

	if (curl == NULL || to == NULL) {
		snprintf(detail, room, "out of memory before sending");
		curl_slist_free_all(to);
		curl_easy_cleanup(curl);
		return WEB_FAILED;
	}
	set_options(curl, mail, to, &upload, reason);
	CURLcode code = curl_easy_perform(curl);

	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	curl_slist_free_all(to);
	stop_reading(curl);
	curl_easy_cleanup(curl);
	if (code == CURLE_OK) {
		snprintf(detail, room, "accepted by the mail server (%ld)", status);
		return WEB_SENT;
	}
	snprintf(detail, room, "%s (%ld)", reason[0] != '\0' ? reason : curl_easy_strerror(code), status);
	/* A clear no after the message is still a no; silence after it is not known. */
	return !upload.begun || (upload.left == 0 && status >= 400) ? WEB_FAILED : WEB_UNKNOWN;
}
