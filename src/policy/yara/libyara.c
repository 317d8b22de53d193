/* libyara.c - finding libyara, of the version that this was built with: its structures differ from one to the next. */

#include "policy/yara/libyara.h"

#include <dlfcn.h>
#include <pthread.h>

#if YR_MAJOR_VERSION == 4 && YR_MINOR_VERSION < 3
#define NUMBER "9"
#else
#define NUMBER "10"
#endif

#define FILE_NAME "libyara.so." NUMBER
#define PACKAGE "install the package libyara" NUMBER " (on Debian: apt-get install libyara" NUMBER ")"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct libyara table;
static struct err failure;

static bool find(void *library, const char *name, void *out)
{
        void *found = dlsym(library, name);

        memcpy(out, &found, sizeof(found));
        return found || err_set(&failure, FILE_NAME " has no %s: " PACKAGE, name);
}

static bool load_all(void)
{
        void *library = dlopen(FILE_NAME, RTLD_NOW | RTLD_LOCAL);

        if (!library)
                return err_set(&failure, FILE_NAME ", which looks for malware, cannot be loaded (%s): " PACKAGE,
                               dlerror());
#define YARA_FIND(name) TRY(find(library, #name, &table.name));
        YARA_FUNCTIONS(YARA_FIND)
#undef YARA_FIND
        return table.yr_initialize() == ERROR_SUCCESS || err_set(&failure, FILE_NAME " cannot begin: " PACKAGE);
}

static void load(void)
{
        load_all();
}

const struct libyara *libyara_load(struct err *err)
{
        pthread_once(&once, load);
        if (!failure.length)
                return &table;
        *err = failure;
        return NULL;
}
