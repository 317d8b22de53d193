/* image_floor.c - the least that reading a layer can take: ISA-L's inflate and SHA-256 of what goes in and what comes out, on one
 * thread, or, with a second argument, the hashing on two others. Prints the bytes that came out. */

#include <isa-l/igzip_lib.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { IN = 64 << 10, OUT = 128 << 10, RING = 8 };

/* Buffers on their way to a thread that hashes them. */
struct hasher {
        EVP_MD_CTX *context;
        pthread_t thread;
        pthread_mutex_t lock;
        pthread_cond_t changed;
        char *buffers[RING];
        size_t lengths[RING];
        unsigned first, count;
        int apart, ended;
};

static void *hash(void *argument)
{
        struct hasher *hasher = argument;

        pthread_mutex_lock(&hasher->lock);
        for (;;) {
                while (!hasher->count && !hasher->ended)
                        pthread_cond_wait(&hasher->changed, &hasher->lock);
                if (!hasher->count)
                        break;
                pthread_mutex_unlock(&hasher->lock);
                EVP_DigestUpdate(hasher->context, hasher->buffers[hasher->first], hasher->lengths[hasher->first]);
                pthread_mutex_lock(&hasher->lock);
                hasher->first = (hasher->first + 1) % RING;
                hasher->count--;
                pthread_cond_broadcast(&hasher->changed);
        }
        pthread_mutex_unlock(&hasher->lock);
        return NULL;
}

static void start(struct hasher *hasher, int apart, size_t size)
{
        hasher->context = EVP_MD_CTX_new();
        EVP_DigestInit_ex(hasher->context, EVP_sha256(), NULL);
        hasher->apart = apart;
        for (unsigned i = 0; i < RING; i++)
                hasher->buffers[i] = malloc(size);
        pthread_mutex_init(&hasher->lock, NULL);
        pthread_cond_init(&hasher->changed, NULL);
        if (apart)
                pthread_create(&hasher->thread, NULL, hash, hasher);
}

/* A buffer that nobody reads. */
static char *take(struct hasher *hasher)
{
        char *buffer;

        pthread_mutex_lock(&hasher->lock);
        while (hasher->count >= RING - 1)
                pthread_cond_wait(&hasher->changed, &hasher->lock);
        buffer = hasher->buffers[(hasher->first + hasher->count) % RING];
        pthread_mutex_unlock(&hasher->lock);
        return buffer;
}

static void give(struct hasher *hasher, char *buffer, size_t length)
{
        if (!hasher->apart) {
                EVP_DigestUpdate(hasher->context, buffer, length);
                return;
        }
        pthread_mutex_lock(&hasher->lock);
        hasher->lengths[(hasher->first + hasher->count++) % RING] = length;
        pthread_cond_broadcast(&hasher->changed);
        pthread_mutex_unlock(&hasher->lock);
}

static void finish(struct hasher *hasher)
{
        unsigned char digest[EVP_MAX_MD_SIZE];

        if (hasher->apart) {
                pthread_mutex_lock(&hasher->lock);
                hasher->ended = 1;
                pthread_cond_broadcast(&hasher->changed);
                pthread_mutex_unlock(&hasher->lock);
                pthread_join(hasher->thread, NULL);
        }
        EVP_DigestFinal_ex(hasher->context, digest, NULL);
}

int main(int argc, char **argv)
{
        static struct inflate_state state;
        static struct hasher stored, plain;
        FILE *file = argc > 1 ? fopen(argv[1], "rb") : NULL;
        size_t total = 0, count;
        char *in;

        if (!file)
                return 2;
        start(&stored, argc > 2, IN);
        start(&plain, argc > 2, OUT);
        isal_inflate_init(&state);
        state.crc_flag = ISAL_GZIP;
        while ((in = take(&stored), count = fread(in, 1, IN, file)) > 0) {
                state.next_in = (uint8_t *)in;
                state.avail_in = (uint32_t)count;
                do {
                        char *out = take(&plain);

                        state.next_out = (uint8_t *)out;
                        state.avail_out = OUT;
                        if (isal_inflate(&state) < 0)
                                return 2;
                        give(&plain, out, OUT - state.avail_out);
                        total += OUT - state.avail_out;
                } while (state.avail_in || !state.avail_out);
                give(&stored, in, count);
        }
        finish(&stored);
        finish(&plain);
        printf("%zu\n", total);
        return 0;
}
