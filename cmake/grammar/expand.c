// Build tool: expands a grammar's compressed parse states into one dense table.
//
// usage: expand LANGUAGE_FUNCTION-linked binary; writes state_count x symbol_count uint16 in host
// order to the file named by its argument. tree-sitter looks a state below `large_state_count` up
// by one index, and searches lists for the others; with every state in the table no search is left.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tree_sitter/parser.h"

const TSLanguage *TRAJSAFE_GRAMMAR(void);

// Copies one compressed state: groups of (value, symbols that have it).
static void expand_state(const TSLanguage *language, uint32_t state, uint16_t *row) {
    const uint16_t *data =
        language->small_parse_table + language->small_parse_table_map[state - language->large_state_count];
    uint16_t groups = *data++;
    while (groups-- > 0) {
        uint16_t value = *data++;
        uint16_t count = *data++;
        // The first group that names a symbol wins, as in the search this replaces.
        for (; count > 0; count--, data++) {
            if (row[*data] == 0) {
                row[*data] = value;
            }
        }
    }
}

int main(int argc, char **argv) {
    const TSLanguage *language = TRAJSAFE_GRAMMAR();
    size_t width = language->symbol_count;
    size_t cells = width * language->state_count;
    uint16_t *table = calloc(cells, sizeof *table);
    FILE *out = argc == 2 ? fopen(argv[1], "wb") : NULL;
    if (table == NULL || out == NULL) {
        fprintf(stderr, "usage: %s OUT\n", argv[0]);
        return 2;
    }
    memcpy(table, language->parse_table, width * language->large_state_count * sizeof *table);
    for (uint32_t state = language->large_state_count; state < language->state_count; state++) {
        expand_state(language, state, table + state * width);
    }
    size_t written = fwrite(table, sizeof *table, cells, out);
    free(table);
    if (fclose(out) != 0 || written != cells) {
        fprintf(stderr, "%s: cannot write %s\n", argv[0], argv[1]);
        return 1;
    }
    return 0;
}
