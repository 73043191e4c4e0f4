# The tree-sitter core and the grammars, from the sources that scripts/setup fetched.
#
# Targets: tj_ts_core, tj_ts_bash, tj_ts_python (object libraries, hidden symbols), and
# tj_ts_bash_small, tj_ts_python_small (the grammars as generated; for the expander and its test).
include(Embed)

set(TRAJSAFE_GRAMMAR_DIR "${PROJECT_SOURCE_DIR}/third_party/node_modules" CACHE PATH
    "Folder with tree-sitter, tree-sitter-bash and tree-sitter-python as npm unpacks them")
mark_as_advanced(TRAJSAFE_GRAMMAR_DIR)
set(ts_core "${TRAJSAFE_GRAMMAR_DIR}/tree-sitter/vendor/tree-sitter/lib")
foreach(file "${ts_core}/src/lib.c" "${TRAJSAFE_GRAMMAR_DIR}/tree-sitter-bash/src/parser.c"
        "${TRAJSAFE_GRAMMAR_DIR}/tree-sitter-python/src/parser.c")
    if(NOT EXISTS "${file}")
        message(FATAL_ERROR "${file} is missing: run scripts/setup first")
    endif()
endforeach()
set(TRAJSAFE_TREE_SITTER_INCLUDE "${ts_core}/include")

# Strict aliasing is off because the core before 0.26.4 breaks its rules; -w because the text is
# not ours; asserts are off because no input may abort the process.
set(TRAJSAFE_GRAMMAR_FLAGS -w -fno-strict-aliasing -fvisibility=hidden -fPIC)
if(TRAJSAFE_SANITIZE STREQUAL "address" OR TRAJSAFE_FUZZ)
    list(APPEND TRAJSAFE_GRAMMAR_FLAGS -fno-sanitize=undefined)
endif()
set(TRAJSAFE_GRAMMAR_DEFINES TREE_SITTER_HIDE_SYMBOLS TREE_SITTER_HIDDEN_SYMBOLS NDEBUG)

add_library(tj_ts_core OBJECT "${ts_core}/src/lib.c")
target_include_directories(tj_ts_core PRIVATE "${ts_core}/include" "${ts_core}/src")
target_compile_definitions(tj_ts_core PRIVATE ${TRAJSAFE_GRAMMAR_DEFINES} _DEFAULT_SOURCE _POSIX_C_SOURCE=200809L)
target_compile_options(tj_ts_core PRIVATE ${TRAJSAFE_GRAMMAR_FLAGS})

# One grammar: the parser as generated (small), its dense copy, and the scanner.
function(trajsafe_add_grammar language)
    set(src "${TRAJSAFE_GRAMMAR_DIR}/tree-sitter-${language}/src")
    set(dir "${CMAKE_CURRENT_BINARY_DIR}/grammar/${language}")
    set(table "tj_${language}_parse_table")
    file(MAKE_DIRECTORY "${dir}")

    # The small copy only feeds the expander and a test: compiled quickly, and under other names so
    # that a program can hold both.
    add_library(tj_ts_${language}_small OBJECT "${src}/parser.c" "${src}/scanner.c")
    target_compile_options(tj_ts_${language}_small PRIVATE -O0)
    foreach(suffix "" _external_scanner_create _external_scanner_destroy _external_scanner_scan
            _external_scanner_serialize _external_scanner_deserialize)
        target_compile_definitions(tj_ts_${language}_small PRIVATE
            tree_sitter_${language}${suffix}=small_${language}${suffix})
    endforeach()

    add_executable(tj_expand_${language} "${PROJECT_SOURCE_DIR}/cmake/grammar/expand.c"
        $<TARGET_OBJECTS:tj_ts_${language}_small>)
    target_include_directories(tj_expand_${language} PRIVATE "${src}")
    target_compile_definitions(tj_expand_${language} PRIVATE TRAJSAFE_GRAMMAR=small_${language})
    add_custom_command(OUTPUT "${dir}/table.bin"
        COMMAND tj_expand_${language} "${dir}/table.bin"
        DEPENDS tj_expand_${language}
        COMMENT "Expanding the ${language} parse table" VERBATIM)

    set(densify "${PROJECT_SOURCE_DIR}/cmake/grammar/Densify.cmake")
    add_custom_command(OUTPUT "${dir}/parser.c"
        COMMAND "${CMAKE_COMMAND}" "-DPARSER=${src}/parser.c" "-DOUT=${dir}/parser.c" -DSYMBOL=${table}
            -P "${densify}"
        DEPENDS "${src}/parser.c" "${densify}" VERBATIM)

    trajsafe_embed(asm ${table} "${dir}/table.bin" 64)
    add_library(tj_ts_${language} OBJECT "${dir}/parser.c" "${src}/scanner.c" "${asm}")

    foreach(target tj_ts_${language} tj_ts_${language}_small)
        target_include_directories(${target} BEFORE PRIVATE "${PROJECT_SOURCE_DIR}/cmake/grammar" "${src}")
        target_compile_definitions(${target} PRIVATE ${TRAJSAFE_GRAMMAR_DEFINES})
        target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:C>:${TRAJSAFE_GRAMMAR_FLAGS}>)
    endforeach()
endfunction()

trajsafe_add_grammar(bash)
trajsafe_add_grammar(python)
set(TRAJSAFE_GRAMMAR_OBJECTS $<TARGET_OBJECTS:tj_ts_core> $<TARGET_OBJECTS:tj_ts_bash>
    $<TARGET_OBJECTS:tj_ts_python>)
