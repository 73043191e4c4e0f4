# Copies a generated parser.c so that its language points at the dense table (run by `cmake -P`).
#
# in: PARSER (source), OUT (copy), SYMBOL (name of the dense table)
# Lines are replaced, not the file re-generated; a grammar whose text looks different is refused.
file(READ "${PARSER}" text)

function(swap old new)
    string(FIND "${text}" "${old}" at)
    string(FIND "${text}" "${old}" last REVERSE)
    if(at EQUAL -1 OR NOT at EQUAL last)
        message(FATAL_ERROR "${PARSER}: expected exactly one `${old}`; was the grammar changed?")
    endif()
    string(REPLACE "${old}" "${new}" text "${text}")
    set(text "${text}" PARENT_SCOPE)
endfunction()

swap(".large_state_count = LARGE_STATE_COUNT," ".large_state_count = STATE_COUNT,")
swap(".parse_table = &ts_parse_table[0][0]," ".parse_table = ${SYMBOL},")
swap(".small_parse_table = ts_small_parse_table," ".small_parse_table = 0,")
swap(".small_parse_table_map = ts_small_parse_table_map," ".small_parse_table_map = 0,")
swap("#include \"tree_sitter/parser.h\""
     "#include \"tree_sitter/parser.h\"\nextern const uint16_t ${SYMBOL}[] __attribute__((visibility(\"hidden\")));")
file(WRITE "${OUT}" "${text}")
