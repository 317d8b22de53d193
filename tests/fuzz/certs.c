/* certs.c - hostile certificates, keys and documents that hold them. */

#include "access/certs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct str text = {(const char *)data, size};
        struct certs certs = {0};
        struct certs_settings settings = {.now = 1900000000, .soon = 86400};
        CLEANUP(buf_free) struct buf out = {0};

        certs_read_text(&certs, STR("a.yaml"), 0644, text);
        certs_judge(&certs, &settings);
        certs_print(&out, &certs, &settings);
        certs_print_json(&out, &certs, &settings);
        certs_free(&certs);
        return 0;
}
