/* scan: files of trajectories, judged on all cores, told in input order. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

struct scan {
    const struct options *options;
    struct summary *summary;
    struct progress *progress;
    trajsafe_reader *reader;         /* of the file that is being read, for progress */
    unsigned long long bytes_before; /* of the files that are done */
    trajsafe_decision worst;
    unsigned long broken;
    bool out_of_memory;
};

/* A source of bytes for the reader. */
struct input {
    int fd;
    int error; /* errno of a failed read */
};

static int64_t pull(void *user, void *p, size_t n) {
    struct input *input = user;
    ssize_t got;
    do got = read(input->fd, p, n);
    while (got < 0 && errno == EINTR);
    if (got < 0) input->error = errno;
    return got;
}

static void show_progress(struct scan *scan) {
    unsigned long long now = scan->bytes_before + (scan->reader ? trajsafe_reader_consumed(scan->reader) : 0);
    progress_update(scan->progress, now, summary_count(scan->summary), summary_flagged(scan->summary));
}

/* On the printing thread, in input order. */
static void job_done(void *user, struct job *job) {
    struct scan *scan = user;
    size_t n;
    const char *json = trajsafe_report_json(job->report, &n);
    if (scan->options->jsonl) {
        fwrite(json, 1, n, stdout);
        fputc('\n', stdout);
    }
    if (job->error.status != TRAJSAFE_OK) {
        scan->broken++;
        summary_broken(scan->summary, job->source, &job->error);
        if (scan->options->jsonl) {
            progress_clear(scan->progress);
            print_error(&job->error, job->source);
        }
    } else {
        trajsafe_decision decision = trajsafe_report_decision(job->report);
        if (decision > scan->worst) scan->worst = decision;
        summary_add(scan->summary, job->report, job->source);
    }
    show_progress(scan);
}

static char *source_name(const char *path, const trajsafe_record *record) {
    size_t room = strlen(path) + 32;
    char *text = malloc(room);
    if (!text) return NULL;
    if (record->whole_file)
        snprintf(text, room, "%s", path);
    else if (record->line)
        snprintf(text, room, "%s:%llu", path, (unsigned long long)record->line);
    else
        snprintf(text, room, "%s#%llu", path, (unsigned long long)record->index);
    return text;
}

static bool put_record(struct pool *pool, const char *path, const trajsafe_record *record, trajsafe_status status,
                       const trajsafe_error *error) {
    struct job job = {.n = record->n, .format = record->format, .record = record->index};
    job.source = source_name(path, record);
    if (status == TRAJSAFE_OK) {
        job.bytes = malloc(record->n + 64);
        if (job.bytes) memcpy(job.bytes, record->bytes, record->n);
    } else {
        job.error = *error;
        job.error.status = status;
        job.n = 0;
    }
    if (job.source && (job.bytes || status != TRAJSAFE_OK)) return pool_put(pool, &job);
    free(job.source);
    free(job.bytes);
    return false;
}

/* Something is wrong with a file as a whole: it takes the place of its records. */
static void file_error(struct scan *scan, const char *path, trajsafe_status status, const char *message,
                       const char *mend) {
    trajsafe_error error = {.status = status};
    snprintf(error.message, sizeof error.message, "%s", message);
    snprintf(error.mend, sizeof error.mend, "%s", mend);
    progress_clear(scan->progress);
    print_error(&error, path);
    scan->broken++;
    summary_broken(scan->summary, path, &error);
}

/* False: out of memory. */
static bool read_records(struct scan *scan, struct pool *pool, trajsafe_reader *reader, const struct input *input,
                         const char *path) {
    for (unsigned long long records = 0;; records++) {
        trajsafe_record record = {.size = sizeof record};
        trajsafe_error error = {0};
        trajsafe_status status = trajsafe_reader_next(reader, &record, &error);
        if (status == TRAJSAFE_END) {
            if (records == 0) file_error(scan, path, TRAJSAFE_BAD_INPUT, "is empty: there is no record in it", "");
            return true;
        }
        if (status == TRAJSAFE_NO_MEMORY) return false;
        if (status == TRAJSAFE_IO) {
            file_error(scan, path, status, input->error ? strerror(input->error) : error.message, error.mend);
            return true;
        }
        if (!put_record(pool, path, &record, status, &error)) return false;
        show_progress(scan);
    }
}

static bool scan_file(struct scan *scan, struct pool *pool, const char *path) {
    const struct options *options = scan->options;
    bool standard = strcmp(path, "-") == 0;
    struct stat info;
    struct input input = {.fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)};
    if (input.fd < 0 || fstat(input.fd, &info) != 0) {
        file_error(scan, path, TRAJSAFE_IO, strerror(errno), "");
        return true;
    }
    bool fine = true;
    if (S_ISDIR(info.st_mode)) {
        file_error(scan, path, TRAJSAFE_IO, "is a folder", "name its files, for instance with FOLDER/*.jsonl");
    } else {
        trajsafe_limits limits = {.size = sizeof limits, .max_record = (size_t)options->max_record};
        trajsafe_error error = {0};
        trajsafe_status status = trajsafe_reader_new(pull, &input, options->format, &limits, &scan->reader, &error);
        fine = status == TRAJSAFE_OK && read_records(scan, pool, scan->reader, &input, standard ? "stdin" : path);
        if (scan->reader) scan->bytes_before += trajsafe_reader_consumed(scan->reader);
        trajsafe_reader_free(scan->reader);
        scan->reader = NULL;
    }
    if (!standard) close(input.fd);
    return fine;
}

static bool known_format(const char *name) {
    for (uint32_t i = 0; name && trajsafe_format_name(i); i++)
        if (strcmp(trajsafe_format_name(i), name) == 0) return true;
    return name == NULL;
}

static unsigned long long total_size(const struct options *options) {
    unsigned long long total = 0;
    struct stat info;
    for (int i = 0; i < options->rests; i++) {
        if (strcmp(options->rest[i], "-") == 0 || stat(options->rest[i], &info) != 0 || !S_ISREG(info.st_mode))
            continue;
        total += (unsigned long long)info.st_size;
    }
    return total;
}

static int thread_count(const struct options *options) {
    if (options->threads > 0) return options->threads;
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores > 0 && cores < 1024 ? (int)cores : 1;
}

static int finish(struct scan *scan) {
    const struct options *options = scan->options;
    progress_clear(scan->progress);
    if (scan->out_of_memory) fputs("trajsafe: out of memory; what is above is complete as far as it goes\n", stderr);
    summary_bytes(scan->summary, scan->bytes_before);
    if (!options->jsonl && !options->quiet) summary_print(scan->summary, stdout);
    if (options->jsonl && scan->broken)
        fprintf(stderr, "trajsafe: %lu records or files could not be read; the rest was judged\n", scan->broken);
    if (scan->broken || scan->out_of_memory) return EXIT_INPUT;
    return options->fail_on >= 0 && (int)scan->worst >= options->fail_on ? EXIT_FOUND : EXIT_DONE;
}

int run_scan(struct options *options) {
    struct scan scan = {.options = options};
    struct tools tools;
    if (options->rests == 0) return usage_error("scan", "name at least one file, or - for standard input");
    if (!known_format(options->format))
        return usage_error("scan", "there is no format \"%s\"; `trajsafe formats` lists them", options->format);
    int code = tools_open(options, &tools);
    if (code != EXIT_DONE) return code;
    scan.summary = summary_new(options->top);
    scan.progress = progress_new(!options->no_progress && !options->quiet && isatty(STDERR_FILENO), total_size(options));
    struct pool *pool =
        scan.summary && scan.progress ? pool_new(&tools, options, thread_count(options), job_done, &scan) : NULL;
    for (int i = 0; pool && i < options->rests && !scan.out_of_memory; i++)
        if (!scan_file(&scan, pool, options->rest[i])) scan.out_of_memory = true;
    if (!pool || !pool_finish(pool)) scan.out_of_memory = true;
    code = scan.summary ? finish(&scan) : EXIT_INPUT;
    progress_free(scan.progress);
    summary_free(scan.summary);
    tools_close(&tools);
    return code;
}
