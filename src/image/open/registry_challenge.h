/* registry_challenge.h - how a registry wants to be logged in to: the WWW-Authenticate headers of an answer (RFC 9110, 11.6.1). */
#pragma once

#include "wire/http.h"

enum registry_login { REGISTRY_LOGIN_OTHER, REGISTRY_LOGIN_BASIC, REGISTRY_LOGIN_BEARER };

struct registry_challenge {
        enum registry_login login;
        struct str realm, service; /* of a bearer: where a token is given, and for whom */
};

/* The best that is offered: a token, which may be given to anybody, before a name and a password. Texts are in the arena. */
struct registry_challenge registry_read_challenge(struct arena *arena, const struct http_response *response);
