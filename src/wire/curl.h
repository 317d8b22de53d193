/* curl.h - libcurl, loaded when it is first needed: what reads files only does not pay for it. */
#pragma once

#define CURL_DISABLE_TYPECHECK 1
#include <curl/curl.h>

#include "base/err.h"

/* Every function of it that Strake uses. */
#define CURL_FUNCTIONS(FUNCTION)                                                                                       \
        FUNCTION(curl_global_init)                                                                                     \
        FUNCTION(curl_version_info)                                                                                    \
        FUNCTION(curl_easy_init)                                                                                       \
        FUNCTION(curl_easy_setopt)                                                                                     \
        FUNCTION(curl_easy_perform)                                                                                    \
        FUNCTION(curl_easy_getinfo)                                                                                    \
        FUNCTION(curl_easy_strerror)                                                                                   \
        FUNCTION(curl_easy_reset)                                                                                      \
        FUNCTION(curl_easy_cleanup)                                                                                    \
        FUNCTION(curl_getdate)                                                                                         \
        FUNCTION(curl_multi_add_handle)                                                                                \
        FUNCTION(curl_multi_cleanup)                                                                                   \
        FUNCTION(curl_multi_info_read)                                                                                 \
        FUNCTION(curl_multi_init)                                                                                      \
        FUNCTION(curl_multi_perform)                                                                                   \
        FUNCTION(curl_multi_poll)                                                                                      \
        FUNCTION(curl_multi_remove_handle)                                                                             \
        FUNCTION(curl_multi_setopt)                                                                                    \
        FUNCTION(curl_multi_strerror)                                                                                  \
        FUNCTION(curl_multi_wakeup)                                                                                    \
        FUNCTION(curl_slist_append)                                                                                    \
        FUNCTION(curl_slist_free_all)

struct curl_table {
#define CURL_MEMBER(name) __typeof__(&(name)) name;
        CURL_FUNCTIONS(CURL_MEMBER)
#undef CURL_MEMBER
};

/* The functions, loaded by the first call; any thread may ask. NULL with `err`, which names the package, if it is not there or
 * too old. */
const struct curl_table *curl_load(struct err *err);
