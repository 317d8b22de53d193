/* hyperscan.c - finding libhs. */

#include "policy/pattern/hyperscan.h"

#include <dlfcn.h>
#include <pthread.h>

#define PACKAGE "install the package libvectorscan5 or libhyperscan5 (on Debian: apt-get install libvectorscan5)"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct hyperscan table;
static struct err failure;

static bool find(void *library, const char *name, void *out)
{
        void *found = dlsym(library, name);

        memcpy(out, &found, sizeof(found));
        return found || err_set(&failure, "libhs.so.5 has no %s: " PACKAGE, name);
}

static bool load_all(void)
{
        void *library = dlopen("libhs.so.5", RTLD_NOW | RTLD_LOCAL);

        if (!library)
                return err_set(&failure, "libhs.so.5, which looks for secrets, cannot be loaded (%s): " PACKAGE,
                               dlerror());
#define HYPERSCAN_FIND(name) TRY(find(library, #name, &table.name));
        HYPERSCAN_FUNCTIONS(HYPERSCAN_FIND)
#undef HYPERSCAN_FIND
        return table.hs_valid_platform() == HS_SUCCESS
               || err_set(&failure, "libhs.so.5, which looks for secrets, cannot run on this processor");
}

static void load(void)
{
        load_all();
}

const struct hyperscan *hyperscan_load(struct err *err)
{
        pthread_once(&once, load);
        if (!failure.length)
                return &table;
        *err = failure;
        return NULL;
}
