/* Stands for every program in the jail of the differential tests: writes its argv to file 9 and does nothing else. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* "A", the number of words, the words, each ended by a NUL, in one write: records of a pipeline do not mix. */
int main(int argc, char **argv) {
    char count[16];
    const char *name = strrchr(argv[0], '/');
    argv[0] = name ? argv[0] + (name - argv[0]) + 1 : argv[0];
    int digits = snprintf(count, sizeof count, "%d", argc);
    size_t size = 2 + (size_t)digits + 1, at = 0;
    for (int i = 0; i < argc; i++) size += strlen(argv[i]) + 1;
    char *record = malloc(size);
    if (!record) return 125;
    memcpy(record, "A", 2);
    at = 2;
    memcpy(record + at, count, (size_t)digits + 1);
    at += (size_t)digits + 1;
    for (int i = 0; i < argc; i++) {
        size_t n = strlen(argv[i]) + 1;
        memcpy(record + at, argv[i], n);
        at += n;
    }
    int status = write(9, record, size) == (ssize_t)size ? 0 : 125;
    free(record);
    return status;
}
