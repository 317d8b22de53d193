/* unpack.c - a layer's bytes on their way.
 *
 * Two rings of buffers, one for the bytes as stored and one for the plain ones. Each filled buffer is handed to a thread that
 * hashes; a buffer is filled again when its turn comes and the hashing is through with it. */

#include "image/archive/unpack.h"

#include <pthread.h>
#include <stdlib.h>

#include "image/archive/packing.h"

enum {
        BUFFERS = 4,
        STORED_BYTES = 64 << 10,
        PLAIN_BYTES = 128 << 10,
        JOBS = 16,
        ALONE = 1 << 20,  /* below so many stored bytes no thread is started */
        RATIO_MOST = 1100 /* plain bytes for a stored one: deflate's most is 1032 */
};

static const uint64_t plain_free = (uint64_t)16 << 30; /* so many are fine whatever the ratio */
static const uint64_t plain_most = (uint64_t)1 << 40;

struct buffer {
        char *bytes;
        unsigned busy; /* jobs that still read it */
};

struct job {
        struct digest_run *run;
        struct buffer *buffer;
        struct str bytes;
};

struct hasher {
        pthread_t thread;
        pthread_mutex_t lock;
        pthread_cond_t changed;
        struct job jobs[JOBS];
        unsigned first, count;
        bool running, ending;
};

struct unpack {
        struct byte_source *source;
        struct unpack_settings settings;
        struct unpacker *unpacker;
        struct buffer stored[BUFFERS], plain[BUFFERS];
        unsigned next_stored, next_plain;
        struct str in; /* read and not unpacked yet */
        uint64_t stored_bytes, plain_bytes;
        bool begun, at_end;
        struct digest_run stored_run, plain_run;
        bool hash_stored, hash_plain, one_hash; /* one_hash: nothing is packed, and both digests are of the same kind */
        struct hasher hasher;
};

static void *hash(void *argument)
{
        struct hasher *hasher = argument;

        pthread_mutex_lock(&hasher->lock);
        for (;;) {
                struct job job;

                while (!hasher->count && !hasher->ending)
                        pthread_cond_wait(&hasher->changed, &hasher->lock);
                if (!hasher->count)
                        break;
                job = hasher->jobs[hasher->first];
                pthread_mutex_unlock(&hasher->lock);
                digest_add(job.run, job.bytes.data, job.bytes.len);
                pthread_mutex_lock(&hasher->lock);
                hasher->first = (hasher->first + 1) % JOBS;
                hasher->count--;
                job.buffer->busy--;
                pthread_cond_broadcast(&hasher->changed);
        }
        pthread_mutex_unlock(&hasher->lock);
        return NULL;
}

static void start_hasher(struct hasher *hasher)
{
        pthread_mutex_init(&hasher->lock, NULL);
        pthread_cond_init(&hasher->changed, NULL);
        hasher->running = pthread_create(&hasher->thread, NULL, hash, hasher) == 0;
}

/* Waits until everything is hashed, and ends the thread. */
static void stop_hasher(struct hasher *hasher)
{
        if (!hasher->running)
                return;
        pthread_mutex_lock(&hasher->lock);
        hasher->ending = true;
        pthread_cond_broadcast(&hasher->changed);
        pthread_mutex_unlock(&hasher->lock);
        pthread_join(hasher->thread, NULL);
        pthread_mutex_destroy(&hasher->lock);
        pthread_cond_destroy(&hasher->changed);
        hasher->running = false;
}

static void hand_over(struct unpack *unpack, struct digest_run *run, struct buffer *buffer, struct str bytes)
{
        struct hasher *hasher = &unpack->hasher;

        if (!hasher->running) {
                digest_add(run, bytes.data, bytes.len);
                return;
        }
        pthread_mutex_lock(&hasher->lock);
        while (hasher->count == JOBS)
                pthread_cond_wait(&hasher->changed, &hasher->lock);
        hasher->jobs[(hasher->first + hasher->count++) % JOBS] = (struct job){run, buffer, bytes};
        buffer->busy++;
        pthread_cond_broadcast(&hasher->changed);
        pthread_mutex_unlock(&hasher->lock);
}

/* The next buffer of a ring, when the hashing is through with it. */
static struct buffer *take_buffer(struct unpack *unpack, struct buffer *ring, unsigned *next, size_t size)
{
        struct hasher *hasher = &unpack->hasher;
        struct buffer *buffer = &ring[(*next)++ % BUFFERS];

        if (hasher->running) {
                pthread_mutex_lock(&hasher->lock);
                while (buffer->busy)
                        pthread_cond_wait(&hasher->changed, &hasher->lock);
                pthread_mutex_unlock(&hasher->lock);
        }
        if (!buffer->bytes)
                buffer->bytes = malloc(size);
        if (!buffer->bytes)
                abort();
        return buffer;
}

struct unpack *unpack_new(struct byte_source *source, const struct unpack_settings *settings, struct err *err)
{
        struct unpack *unpack = calloc(1, sizeof(*unpack));

        (void)err;
        if (!unpack)
                abort();
        unpack->source = source;
        unpack->settings = *settings;
        return unpack;
}

static bool start_hashing(struct unpack *unpack, enum packing packing, struct err *err)
{
        const struct digest *stored = unpack->settings.stored, *plain = unpack->settings.plain;
        enum digest_kind stored_kind = stored ? stored->kind : DIGEST_NONE;
        enum digest_kind plain_kind = plain && plain->kind             ? plain->kind
                                      : unpack->settings.compute_plain ? DIGEST_SHA256
                                                                       : DIGEST_NONE;

        unpack->one_hash = packing == PACKING_NONE && stored_kind && stored_kind == plain_kind;
        unpack->hash_stored = stored_kind != DIGEST_NONE;
        unpack->hash_plain = plain_kind != DIGEST_NONE && !unpack->one_hash;
        if (unpack->hash_stored)
                TRY(digest_begin(&unpack->stored_run, stored_kind, err));
        if (unpack->hash_plain)
                TRY(digest_begin(&unpack->plain_run, plain_kind, err));
        if (unpack->settings.threads && (unpack->hash_stored || unpack->hash_plain)
            && !(unpack->settings.has_size && unpack->settings.size < ALONE))
                start_hasher(&unpack->hasher);
        return true;
}

static bool read_more(struct unpack *unpack, struct err *err)
{
        struct buffer *buffer = take_buffer(unpack, unpack->stored, &unpack->next_stored, STORED_BYTES);
        size_t have = 0;

        while (have < STORED_BYTES) {
                int64_t more = unpack->source->read(unpack->source, buffer->bytes + have, STORED_BYTES - have, err);

                if (more < 0)
                        return err_within(err, "offset %" PRIu64, unpack->stored_bytes + have);
                if (!more)
                        break;
                have += (size_t)more;
        }
        unpack->in = (struct str){buffer->bytes, have};
        unpack->stored_bytes += have;
        unpack->at_end = have < STORED_BYTES;
        if (unpack->settings.has_size && unpack->stored_bytes > unpack->settings.size)
                return err_set(err, "it is larger than the %" PRIu64 " bytes that it should have",
                               unpack->settings.size);
        if (!unpack->begun) {
                enum packing packing = packing_of(str_sub(unpack->in, 0, PACKING_MAGIC));

                unpack->begun = true;
                unpack->unpacker = unpacker_new(packing, err);
                TRY(unpack->unpacker && start_hashing(unpack, packing, err));
        }
        if (unpack->hash_stored && have)
                hand_over(unpack, &unpack->stored_run, buffer, unpack->in);
        return true;
}

static bool check_ratio(const struct unpack *unpack, struct err *err)
{
        if (unpack->plain_bytes > plain_most)
                return err_set(err, "more than %" PRIu64 " bytes unpacked", plain_most);
        if (unpack->plain_bytes > plain_free && unpack->plain_bytes / RATIO_MOST > unpack->stored_bytes)
                return err_set(err, "%" PRIu64 " bytes unpack to more than %u times as many", unpack->stored_bytes,
                               RATIO_MOST);
        return true;
}

bool unpack_next(struct unpack *unpack, struct str *piece, struct err *err)
{
        struct buffer *buffer = take_buffer(unpack, unpack->plain, &unpack->next_plain, PLAIN_BYTES);
        size_t have = 0;

        *piece = (struct str){"", 0};
        while (have < PLAIN_BYTES) {
                size_t given;

                if (!unpack->in.len && !unpack->at_end)
                        TRY(read_more(unpack, err));
                if (!unpacker_run(unpack->unpacker, &unpack->in, buffer->bytes + have, PLAIN_BYTES - have, &given, err))
                        return err_within(err, "offset %" PRIu64, unpack->stored_bytes - unpack->in.len);
                have += given;
                if (!given && !unpack->in.len && unpack->at_end)
                        break;
        }
        unpack->plain_bytes += have;
        if (!have && !unpacker_end(unpack->unpacker, err))
                return err_within(err, "offset %" PRIu64, unpack->stored_bytes);
        *piece = (struct str){buffer->bytes, have};
        if (unpack->hash_plain && have)
                hand_over(unpack, &unpack->plain_run, buffer, *piece);
        return check_ratio(unpack, err);
}

static bool check_digest(const char *what, const struct digest *wanted, const struct digest *found, struct err *err)
{
        char wanted_text[DIGEST_TEXT], found_text[DIGEST_TEXT];

        if (!wanted || !wanted->kind || digest_equal(wanted, found))
                return true;
        return err_set(err, "its %s is %s, not %s as promised", what, digest_print(found, found_text).data,
                       digest_print(wanted, wanted_text).data);
}

bool unpack_finish(struct unpack *unpack, struct digest *plain, struct err *err)
{
        struct digest stored_is = {0}, plain_is = {0};

        stop_hasher(&unpack->hasher);
        if (unpack->settings.has_size && unpack->stored_bytes != unpack->settings.size)
                return err_set(err, "it has %" PRIu64 " bytes, not %" PRIu64 " as promised", unpack->stored_bytes,
                               unpack->settings.size);
        if (unpack->hash_stored)
                stored_is = digest_end(&unpack->stored_run);
        if (unpack->hash_plain)
                plain_is = digest_end(&unpack->plain_run);
        if (unpack->one_hash)
                plain_is = stored_is;
        TRY(check_digest("digest", unpack->settings.stored, &stored_is, err));
        TRY(check_digest("diff id", unpack->settings.plain, &plain_is, err));
        if (plain)
                *plain = plain_is;
        return true;
}

void unpack_free(struct unpack *unpack)
{
        if (!unpack)
                return;
        stop_hasher(&unpack->hasher);
        digest_drop(&unpack->stored_run);
        digest_drop(&unpack->plain_run);
        unpacker_free(unpack->unpacker);
        for (unsigned i = 0; i < BUFFERS; i++) {
                free(unpack->stored[i].bytes);
                free(unpack->plain[i].bytes);
        }
        source_close(unpack->source);
        free(unpack);
}

uint64_t unpack_stored(const struct unpack *unpack)
{
        return unpack->stored_bytes;
}

uint64_t unpack_plain(const struct unpack *unpack)
{
        return unpack->plain_bytes;
}
