# Foreign libraries as targets named tj::*; used by the build and by the installed static package.
#
#   tj::hs          libhs: compiles and scans (the compiler library, tests)
#   tj::hs_runtime  libhs_runtime.a: scans only (libtrajsafe)
#   tj::sha256      libcrypto.a, for SHA-256 and nothing else
#   tj::json, tj::zlib, tj::zstd, tj::yaml
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

# trajsafe_foreign_module(NAME pkg-config-module debian-package)
macro(trajsafe_foreign_module name module package)
    if(NOT TARGET tj::${name})
        pkg_check_modules(TRAJSAFE_DEP_${name} QUIET IMPORTED_TARGET GLOBAL ${module})
        if(NOT TRAJSAFE_DEP_${name}_FOUND)
            message(FATAL_ERROR "trajsafe: ${module} is missing: install ${package} (in its source tree: scripts/setup)")
        endif()
        add_library(tj::${name} INTERFACE IMPORTED GLOBAL)
        set_property(TARGET tj::${name} PROPERTY INTERFACE_LINK_LIBRARIES PkgConfig::TRAJSAFE_DEP_${name})
    endif()
endmacro()

# trajsafe_foreign_archive(NAME file debian-package [what it needs])
macro(trajsafe_foreign_archive name file package)
    if(NOT TARGET tj::${name})
        find_library(TRAJSAFE_${name}_ARCHIVE NAMES ${file})
        mark_as_advanced(TRAJSAFE_${name}_ARCHIVE)
        if(NOT TRAJSAFE_${name}_ARCHIVE)
            message(FATAL_ERROR "trajsafe: ${file} is missing: install ${package} (in its source tree: scripts/setup)")
        endif()
        add_library(tj::${name} INTERFACE IMPORTED GLOBAL)
        set_property(TARGET tj::${name} PROPERTY INTERFACE_LINK_LIBRARIES
            "${TRAJSAFE_${name}_ARCHIVE}" ${ARGN})
    endif()
endmacro()

trajsafe_foreign_module(hs libhs libhyperscan-dev)
trajsafe_foreign_module(json simdjson libsimdjson-dev)
# simdjson is C++: a C program that links a static libtrajsafe needs the C++ library by name.
set_property(TARGET tj::json APPEND PROPERTY INTERFACE_LINK_LIBRARIES stdc++)
trajsafe_foreign_module(yaml libfyaml libfyaml-dev)
trajsafe_foreign_module(zstd libzstd libzstd-dev)
trajsafe_foreign_module(zlib zlib zlib1g-dev)
trajsafe_foreign_archive(hs_runtime libhs_runtime.a libhyperscan-dev m)
# libhs.so would otherwise bind to the copies of its functions in the program, which are IFUNCs, and
# the program would not start.
set_property(TARGET tj::hs_runtime PROPERTY INTERFACE_LINK_OPTIONS LINKER:--exclude-libs,libhs_runtime.a)
trajsafe_foreign_archive(sha256 libcrypto.a libssl-dev Threads::Threads ${CMAKE_DL_LIBS})
set(TRAJSAFE_HS_INCLUDE_DIRS "${TRAJSAFE_DEP_hs_INCLUDE_DIRS}")
