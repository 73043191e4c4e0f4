/* One line of progress on a terminal, with rate and time left. */
#include <stdlib.h>
#include <time.h>

#include "cli.h"

struct progress {
    bool on, shown;
    unsigned long long total;
    double started, last;
};

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

struct progress *progress_new(bool on, unsigned long long total_bytes) {
    struct progress *progress = calloc(1, sizeof *progress);
    if (!progress) return NULL;
    progress->on = on;
    progress->total = total_bytes;
    progress->started = seconds();
    progress->last = progress->started;
    return progress;
}

void progress_update(struct progress *progress, unsigned long long bytes, unsigned long records, unsigned long flagged) {
    if (!progress->on) return;
    double now = seconds();
    if (now - progress->last < 0.2) return;
    double rate = (double)bytes / (now - progress->started + 1e-9);
    progress->last = now;
    progress->shown = true;
    fprintf(stderr, "\r\033[K%lu trajectories, %lu not kept", records, flagged);
    if (progress->total) fprintf(stderr, ", %.0f %%", 100.0 * (double)bytes / (double)progress->total);
    fprintf(stderr, ", %.0f MB/s", rate / 1e6);
    if (progress->total > bytes && rate > 0) {
        unsigned left = (unsigned)((double)(progress->total - bytes) / rate + 0.5);
        fprintf(stderr, ", %u:%02u left", left / 60, left % 60);
    }
    fflush(stderr);
}

void progress_clear(struct progress *progress) {
    if (!progress || !progress->shown) return;
    fputs("\r\033[K", stderr);
    fflush(stderr);
    progress->shown = false;
}

void progress_free(struct progress *progress) {
    progress_clear(progress);
    free(progress);
}
