/* secret_check_key.c - private keys: whether the text between BEGIN and END really is one, and whether a passphrase locks it. */

#include "policy/pattern/secret_check.h"

#include "base/reader.h"

/* What stands between the BEGIN line and the END line, and how the block calls itself. */
struct armor {
        struct str label, body;
};

static bool read_armor(struct str text, struct armor *out)
{
        struct str begin = STR("-----BEGIN "), dashes = STR("-----");
        size_t at = str_find(text, begin, 0), label_end, body_end;

        TRY(at != SIZE_MAX);
        label_end = str_find(text, dashes, at + begin.len);
        TRY(label_end != SIZE_MAX);
        out->label = str_sub(text, at + begin.len, label_end);
        body_end = str_find(text, STR("-----END "), label_end + dashes.len);
        TRY(body_end != SIZE_MAX);
        out->body = str_sub(text, label_end + dashes.len, body_end);
        return true;
}

/* Headers (RFC 1421) stand before an empty line, whether ends of lines are written out or as escapes. */
static struct str without_headers(struct str body, bool *locked)
{
        static const struct str empty_lines[] = {STR_INIT("\n\n"), STR_INIT("\r\n\r\n"), STR_INIT("\\n\\n")};

        *locked = false;
        if (str_find(body, STR(":"), 0) == SIZE_MAX)
                return body;
        *locked = str_find(body, STR("ENCRYPTED"), 0) != SIZE_MAX;
        for (size_t i = 0; i < COUNT_OF(empty_lines); i++) {
                size_t at = str_find(body, empty_lines[i], 0);

                if (at != SIZE_MAX)
                        return str_from(body, at + empty_lines[i].len);
        }
        return body;
}

/* DER: a SEQUENCE whose length is what is there. */
static bool is_sequence(struct str der)
{
        size_t len = 0, count, at = 2;

        TRY(der.len > 32 && der.data[0] == 0x30);
        count = (unsigned char)der.data[1];
        if (count < 0x80)
                return der.len >= count + 2;
        count &= 0x7f;
        TRY(count >= 1 && count <= 3);
        while (count-- > 0)
                len = len << 8 | (unsigned char)der.data[at++];
        return der.len >= at && der.len - at >= len && der.len - at < len + 16;
}

static bool is_openssh(struct str bytes)
{
        struct str magic = {"openssh-key-v1", sizeof("openssh-key-v1")};

        return str_starts(bytes, magic);
}

/* openssh-key-v1: behind the magic stands the name of the cipher. */
static bool openssh_is_locked(struct str bytes)
{
        struct str open = {"\0\0\0\4none", 8};

        return !str_starts(str_from(bytes, sizeof("openssh-key-v1")), open);
}

/* Whether it is a private key in PEM, and whether a passphrase locks it. */
static bool read_key(struct arena *scratch, struct str secret, bool *locked)
{
        struct armor armor;
        struct str bytes;

        TRY(read_armor(secret, &armor) && str_ends(armor.label, STR("PRIVATE KEY")));
        TRY(secret_decode(scratch, without_headers(armor.body, locked), &bytes));
        if (is_openssh(bytes)) {
                *locked = openssh_is_locked(bytes);
                return true;
        }
        if (*locked)
                return bytes.len > 32;
        *locked = str_starts(armor.label, STR("ENCRYPTED"));
        return is_sequence(bytes);
}

bool secret_check_key_open(struct arena *scratch, struct str secret, struct str around)
{
        bool locked;

        (void)around;
        return read_key(scratch, secret, &locked) && !locked;
}

bool secret_check_key_locked(struct arena *scratch, struct str secret, struct str around)
{
        bool locked;

        (void)around;
        return read_key(scratch, secret, &locked) && locked;
}

/* A PEM in base64, as kubeconfig files have it. */
bool secret_check_encoded_key(struct arena *scratch, struct str secret, struct str around)
{
        return secret_decode(scratch, secret, &secret) && secret_check_key_open(scratch, secret, around);
}

/* CRC-24 of RFC 4880, section 6.1. */
static uint32_t crc24(struct str bytes)
{
        uint32_t crc = 0xb704ce;

        for (size_t i = 0; i < bytes.len; i++) {
                crc ^= (uint32_t)(unsigned char)bytes.data[i] << 16;
                for (int bit = 0; bit < 8; bit++)
                        crc = crc << 1 ^ (crc & 0x800000 ? 0x1864cfb : 0);
        }
        return crc & 0xffffff;
}

/* An armored key: the check sum, which newer programs leave out, is right if it is there, and the first packet is a secret key. */
bool secret_check_pgp(struct arena *scratch, struct str secret, struct str around)
{
        struct armor armor;
        struct str body, sum, bytes;
        unsigned tag;
        size_t at;
        bool locked;

        (void)around;
        TRY(read_armor(secret, &armor));
        body = str_trim(without_headers(armor.body, &locked));
        at = str_find(body, STR("\n="), 0);
        TRY(secret_decode(scratch, str_sub(body, 0, at), &bytes) && bytes.len > 32);
        if (at != SIZE_MAX && body.len - at >= 6) {
                TRY(secret_decode(scratch, str_sub(body, at + 2, at + 6), &sum) && sum.len == 3);
                TRY(crc24(bytes)
                    == ((uint32_t)(unsigned char)sum.data[0] << 16 | (uint32_t)(unsigned char)sum.data[1] << 8
                        | (unsigned char)sum.data[2]));
        }
        tag = (unsigned char)bytes.data[0];
        return tag & 0x80 && (tag & 0x40 ? (tag & 0x3f) == 5 : (tag >> 2 & 15) == 5);
}

/* PuTTY's own form, without a passphrase. */
bool secret_check_putty_open(struct arena *scratch, struct str secret, struct str around)
{
        (void)scratch, (void)around;
        return str_find(secret, STR("Encryption: none"), 0) != SIZE_MAX;
}

/* The file of a service account of Google: the key is one, and its neighbours say whose. */
bool secret_check_service_account(struct arena *scratch, struct str secret, struct str around)
{
        return str_find(around, STR("service_account"), 0) != SIZE_MAX
                        && str_find(around, STR(".iam.gserviceaccount.com"), 0) != SIZE_MAX
                                    && secret_check_key_open(scratch, secret, around);
}
