// Runs a fuzz program's function over the files of folders, so that ctest replays every input that once failed.
#include <dirent.h>

#include "fuzz.h"

enum { INPUT_MAX = 1 << 20 };

static int replay_file(const char *path) {
    FILE *file = fopen(path, "rb");
    uint8_t *room = malloc(INPUT_MAX);
    FUZZ_CHECK(file != NULL && room != NULL);
    size_t n = fread(room, 1, INPUT_MAX, file);
    fclose(file);
    // A block of just the input's size, so that AddressSanitizer sees a read behind it.
    uint8_t *data = malloc(n ? n : 1);
    FUZZ_CHECK(data != NULL);
    memcpy(data, room, n);
    free(room);
    printf("%s: %zu bytes\n", path, n);
    fflush(stdout);
    int result = LLVMFuzzerTestOneInput(data, n);
    free(data);
    return result;
}

static int replay_folder(const char *folder) {
    DIR *dir = opendir(folder);
    struct dirent *entry;
    int files = 0;
    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        char path[4096];
        if (entry->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        FUZZ_CHECK(replay_file(path) == 0);
        files++;
    }
    if (dir != NULL) closedir(dir);
    return files;
}

int main(int argc, char **argv) {
    int files = 0;
    FUZZ_CHECK(LLVMFuzzerInitialize(&argc, &argv) == 0);
    for (int i = 1; i < argc; i++) {
        files += replay_folder(argv[i]);
    }
    printf("%d inputs\n", files);
    return files > 0 ? 0 : 1;
}
