/* Workers over a bounded reorder buffer: results come out in the order in which jobs went in, in bounded memory. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

#define SLOTS_PER_THREAD 4
#define MOST_BYTES ((size_t)256 << 20) /* of records in flight; one record may always pass */

enum slot_state { SLOT_EMPTY, SLOT_WAITING, SLOT_RUNNING, SLOT_DONE };
struct slot {
    struct job job;
    enum slot_state state;
};

struct pool {
    const struct tools *tools;
    void (*done)(void *user, struct job *job);
    void *user;
    trajsafe_evidence evidence;
    int threads;
    pthread_t *thread;
    pthread_mutex_t lock;
    pthread_cond_t work, ready;
    struct slot *slot;
    unsigned long long slots, in, next, out; /* jobs put, started, taken out again */
    size_t bytes;
    bool closing, failed;
    trajsafe_scanner *scanner; /* one thread: no workers */
};

static void scan_job(const struct pool *pool, trajsafe_scanner *scanner, struct job *job) {
    const struct tools *tools = pool->tools;
    trajsafe_status status = trajsafe_scanner_set_origin(scanner, NULL, job->source, job->record);
    if (status == TRAJSAFE_OK && job->error.status == TRAJSAFE_OK) {
        const char *format = job->format && job->format[0] ? job->format : NULL;
        status = trajsafe_scan_record(scanner, tools->context, tools->policy, format, job->bytes, job->n, &job->report,
                                      &job->error);
        if (status != TRAJSAFE_OK) {
            job->error.status = status;
            if (!job->error.message[0])
                strncpy(job->error.message, trajsafe_status_name(status), sizeof job->error.message - 1);
        }
    }
    if (job->error.status != TRAJSAFE_OK) trajsafe_report_of_error(scanner, &job->error, 1, &job->report);
}

static trajsafe_scanner *scanner_new(const struct pool *pool) {
    trajsafe_scanner *scanner = NULL;
    if (trajsafe_scanner_new(pool->tools->engine, &scanner) != TRAJSAFE_OK) return NULL;
    trajsafe_scanner_set_evidence(scanner, pool->evidence);
    return scanner;
}

static void *worker(void *user) {
    struct pool *pool = user;
    trajsafe_scanner *scanner = scanner_new(pool);
    pthread_mutex_lock(&pool->lock);
    if (!scanner) pool->failed = true;
    for (;;) {
        while (pool->next == pool->in && !pool->closing) pthread_cond_wait(&pool->work, &pool->lock);
        if (pool->next == pool->in) break;
        struct slot *slot = &pool->slot[pool->next++ % pool->slots];
        slot->state = SLOT_RUNNING;
        pthread_mutex_unlock(&pool->lock);
        if (scanner) scan_job(pool, scanner, &slot->job);
        pthread_mutex_lock(&pool->lock);
        slot->state = SLOT_DONE;
        pthread_cond_signal(&pool->ready);
    }
    pthread_mutex_unlock(&pool->lock);
    trajsafe_scanner_free(scanner);
    return NULL;
}

static void job_free(struct job *job) {
    trajsafe_report_free(job->report);
    free(job->bytes);
    free(job->source);
    memset(job, 0, sizeof *job);
}

/* Hands the oldest job out; waits for it. The lock is held. */
static void take_out(struct pool *pool) {
    struct slot *slot = &pool->slot[pool->out % pool->slots];
    while (slot->state != SLOT_DONE) pthread_cond_wait(&pool->ready, &pool->lock);
    struct job job = slot->job;
    slot->state = SLOT_EMPTY;
    pool->out++;
    pool->bytes -= job.n;
    pthread_mutex_unlock(&pool->lock);
    if (job.report)
        pool->done(pool->user, &job);
    else
        pool->failed = true;
    job_free(&job);
    pthread_mutex_lock(&pool->lock);
}

static bool start_threads(struct pool *pool) {
    pool->slots = (unsigned long long)pool->threads * SLOTS_PER_THREAD;
    pool->slot = calloc(pool->slots, sizeof *pool->slot);
    pool->thread = calloc((size_t)pool->threads, sizeof *pool->thread);
    if (!pool->slot || !pool->thread) return false;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->work, NULL);
    pthread_cond_init(&pool->ready, NULL);
    int started = 0;
    while (started < pool->threads && pthread_create(&pool->thread[started], NULL, worker, pool) == 0) started++;
    pool->threads = started;
    return started > 0;
}

struct pool *pool_new(const struct tools *tools, const struct options *options, int threads,
                      void (*done)(void *user, struct job *job), void *user) {
    struct pool *pool = calloc(1, sizeof *pool);
    if (!pool) return NULL;
    *pool = (struct pool){.tools = tools, .done = done, .user = user, .evidence = options->evidence, .threads = threads};
    bool fine = threads > 1 ? start_threads(pool) : (pool->scanner = scanner_new(pool)) != NULL;
    if (fine) return pool;
    free(pool->slot);
    free(pool->thread);
    free(pool);
    return NULL;
}

bool pool_put(struct pool *pool, const struct job *job) {
    struct job mine = *job;
    if (pool->scanner) {
        scan_job(pool, pool->scanner, &mine);
        if (mine.report)
            pool->done(pool->user, &mine);
        else
            pool->failed = true;
        job_free(&mine);
        return !pool->failed;
    }
    pthread_mutex_lock(&pool->lock);
    while (pool->in - pool->out == pool->slots || (pool->in > pool->out && pool->bytes + job->n > MOST_BYTES))
        take_out(pool);
    while (pool->out < pool->in && pool->slot[pool->out % pool->slots].state == SLOT_DONE) take_out(pool);
    struct slot *slot = &pool->slot[pool->in % pool->slots];
    slot->job = mine;
    slot->state = SLOT_WAITING;
    pool->bytes += mine.n;
    pool->in++;
    pthread_cond_signal(&pool->work);
    bool fine = !pool->failed;
    pthread_mutex_unlock(&pool->lock);
    return fine;
}

bool pool_finish(struct pool *pool) {
    if (pool->scanner) {
        trajsafe_scanner_free(pool->scanner);
    } else {
        pthread_mutex_lock(&pool->lock);
        while (pool->out < pool->in) take_out(pool);
        pool->closing = true;
        pthread_cond_broadcast(&pool->work);
        pthread_mutex_unlock(&pool->lock);
        for (int i = 0; i < pool->threads; i++) pthread_join(pool->thread[i], NULL);
        pthread_cond_destroy(&pool->work);
        pthread_cond_destroy(&pool->ready);
        pthread_mutex_destroy(&pool->lock);
    }
    bool fine = !pool->failed;
    free(pool->slot);
    free(pool->thread);
    free(pool);
    return fine;
}
