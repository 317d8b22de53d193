/* cvss.c - any text as a CVSS vector: what is one has a score in its range, and reads back from how it is written. */

#include "image/cvss/cvss.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition)
{
        if (!condition)
                __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        CLEANUP(buf_free) struct buf written = {0};
        struct cvss vector, again;
        struct err err = {0};
        int score;

        if (!cvss_read((struct str){(const char *)data, size}, &vector, &err)) {
                check(err.length > 0);
                return 0;
        }
        score = cvss_score(&vector);
        check(score >= 0 && score <= 100);
        cvss_print(&written, &vector);
        check(cvss_read(buf_text(&written), &again, &err));
        check(memcmp(vector.values, again.values, sizeof(vector.values)) == 0);
        check(cvss_score(&again) == score);
        return 0;
}
