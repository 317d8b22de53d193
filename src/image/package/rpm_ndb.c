/* rpm_ndb.c - rpm's own database: slots that name blobs. Numbers are little-endian. */

#include "image/package/rpm.h"

enum { PAGE = 4096, SLOT = 16, BLOCK = 16, BLOB_HEAD = 16, SLOTS_BEFORE = 2 };

bool rpm_read_ndb(struct str database, rpm_each *each, void *context, struct err *err)
{
        uint64_t slots;

        if (database.len < 2 * SLOT || memcmp(database.data, "RpmP", 4) != 0)
                return err_set(err, "it is no ndb database");
        if (rpm_le32(database.data + 4) != 0)
                return err_set(err, "its version of ndb is not known");
        slots = (uint64_t)rpm_le32(database.data + 12) * (PAGE / SLOT);
        if (slots > database.len / SLOT)
                return err_set(err, "the ndb database is damaged: it has fewer slots than it says");
        for (uint64_t i = SLOTS_BEFORE; i < slots; i++) {
                const char *slot = database.data + i * SLOT;
                uint32_t package = rpm_le32(slot + 4), length;
                uint64_t offset = (uint64_t)rpm_le32(slot + 8) * BLOCK;

                if (memcmp(slot, "Slot", 4) != 0)
                        return err_set(err, "the ndb database is damaged: offset %" PRIu64 ": no slot", i * SLOT);
                if (!package)
                        continue;
                if (offset > database.len - BLOB_HEAD || memcmp(database.data + offset, "BlbS", 4) != 0
                    || rpm_le32(database.data + offset + 4) != package)
                        return err_set(err, "the ndb database is damaged: offset %" PRIu64 ": no blob", offset);
                length = rpm_le32(database.data + offset + 12);
                if (length > database.len - BLOB_HEAD - offset)
                        return err_set(err, "the ndb database is damaged: offset %" PRIu64 ": the blob is cut", offset);
                TRY(each(context, str_sub(database, (size_t)offset + BLOB_HEAD, (size_t)offset + BLOB_HEAD + length),
                         err));
        }
        return true;
}
