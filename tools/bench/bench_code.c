/* Measures tj_code_parse: µs per script on one thread, for a one-liner, a typical script and a long one. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "code/code.h"

static const char one_liner[] = "import os; os.system('ls -la ' + os.path.expanduser('~/x'))\n";
static const char typical[] = "import json\n"
                              "import os\n"
                              "import subprocess\n"
                              "from pathlib import Path\n"
                              "\n"
                              "root = Path('/work/project')\n"
                              "data = json.load(open(root / 'config.json'))\n"
                              "print(data['name'])\n"
                              "\n"
                              "def run(cmd):\n"
                              "    result = subprocess.run(cmd, capture_output=True, text=True)\n"
                              "    return result.stdout\n"
                              "\n"
                              "for name in os.listdir(root / 'tests'):\n"
                              "    if name.endswith('.py'):\n"
                              "        print(run(['python', '-m', 'pytest', f'{root}/tests/{name}']))\n"
                              "\n"
                              "with open(root / 'report.txt', 'w') as f:\n"
                              "    f.write('\\n'.join(sorted(data)))\n"
                              "print('done: %d' % len(data))\n";

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void measure(struct tj_coder *coder, const char *name, struct tj_str source, int rounds) {
    struct tj_arena arena;
    struct tj_code code;
    double *seconds = calloc((size_t)rounds, sizeof *seconds);
    if (!seconds) return;
    tj_arena_init(&arena, 0);
    for (int i = 0; i < rounds; i++) {
        double begin = now();
        tj_arena_reset(&arena);
        if (tj_code_parse(coder, &arena, TJ_LANG_PYTHON, source, &code) != TRAJSAFE_OK) abort();
        seconds[i] = now() - begin;
    }
    qsort(seconds, (size_t)rounds, sizeof *seconds, by_size);
    printf("%-10s %7u bytes %5u calls  p50 %8.1f us  p99 %8.1f us  %6.1f MB/s\n", name, source.n, code.call.n,
           seconds[rounds / 2] * 1e6, seconds[rounds * 99 / 100] * 1e6, source.n / seconds[rounds / 2] / 1e6);
    tj_arena_free(&arena);
    free(seconds);
}

int main(void) {
    struct tj_coder *coder;
    struct tj_arena arena;
    struct tj_buf buf;
    if (tj_coder_new(&coder) != TRAJSAFE_OK) return 1;
    tj_arena_init(&arena, 0);
    tj_buf_init(&buf, &arena);
    for (int i = 0; i < 100; i++) tj_buf_puts(&buf, typical);
    measure(coder, "one-liner", TJ_STR(one_liner), 5000);
    measure(coder, "20 lines", TJ_STR(typical), 5000);
    measure(coder, "2000 lines", tj_buf_str(&buf), 100);
    tj_arena_free(&arena);
    tj_coder_free(coder);
    return 0;
}
