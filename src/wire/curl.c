/* curl.c - finding libcurl. */

#include "wire/curl.h"

#include <dlfcn.h>
#include <pthread.h>

#define PACKAGE "install the package libcurl4 (on Debian: apt-get install libcurl4)"

enum { OLDEST = 0x075500 }; /* 7.85.0, which takes protocols by name */

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct curl_table table;
static struct err failure;

static bool find(void *library, const char *name, void *out)
{
        void *found = dlsym(library, name);

        memcpy(out, &found, sizeof(found));
        return found || err_set(&failure, "libcurl has no %s: " PACKAGE, name);
}

static bool load_all(void)
{
        void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);

        if (!library)
                return err_set(&failure, "libcurl.so.4, which talks to servers, cannot be loaded (%s): " PACKAGE,
                               dlerror());
#define CURL_FIND(name) TRY(find(library, #name, &table.name));
        CURL_FUNCTIONS(CURL_FIND)
#undef CURL_FIND
        if (table.curl_version_info(CURLVERSION_NOW)->version_num < OLDEST)
                return err_set(&failure, "libcurl %s is too old, 7.85 is needed: " PACKAGE,
                               table.curl_version_info(CURLVERSION_NOW)->version);
        if (table.curl_global_init(CURL_GLOBAL_DEFAULT))
                return err_set(&failure, "libcurl cannot begin: " PACKAGE);
        return true;
}

static void load(void)
{
        load_all();
}

const struct curl_table *curl_load(struct err *err)
{
        pthread_once(&once, load);
        if (!failure.length)
                return &table;
        *err = failure;
        return NULL;
}
