# What `cmake --install` puts where: headers, libraries, program, CMake package and pkg-config files.
include(CMakePackageConfigHelpers)

install(DIRECTORY include/trajsafe DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" FILES_MATCHING PATTERN "*.h")
if(TARGET trajsafe-cli)
    # What a user's own rules are compiled on top of.
    install(DIRECTORY rules DESTINATION "${CMAKE_INSTALL_DATADIR}/trajsafe" FILES_MATCHING PATTERN "*.yaml")
endif()
install(TARGETS trajsafe compile EXPORT trajsafe-targets)
if(NOT BUILD_SHARED_LIBS AND TRAJSAFE_TOOLS)
    # The program needs the compiler as a shared library; nobody links to this one.
    install(TARGETS compile_plugin LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" NAMELINK_SKIP)
endif()
if(TARGET trajsafe-cli)
    install(TARGETS trajsafe-cli)
endif()
install(FILES LICENSE README.md DESTINATION "${CMAKE_INSTALL_DOCDIR}" OPTIONAL)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/trajsafe")
install(EXPORT trajsafe-targets NAMESPACE trajsafe:: DESTINATION "${package_dir}")
configure_package_config_file(cmake/trajsafe-config.cmake.in "${PROJECT_BINARY_DIR}/trajsafe-config.cmake"
    INSTALL_DESTINATION "${package_dir}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/trajsafe-config-version.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/trajsafe-config.cmake" "${PROJECT_BINARY_DIR}/trajsafe-config-version.cmake"
    DESTINATION "${package_dir}")
if(NOT BUILD_SHARED_LIBS)
    install(FILES cmake/Foreign.cmake DESTINATION "${package_dir}" RENAME trajsafe-foreign.cmake)
endif()

# Paths in a .pc file start at the file's own place, so the tree can be moved.
set(pc_dir "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
file(RELATIVE_PATH pc_to_prefix "/${pc_dir}" "/")
string(REGEX REPLACE "/$" "" pc_to_prefix "${pc_to_prefix}")
if(NOT BUILD_SHARED_LIBS)
    set(pc_requires "simdjson libzstd zlib")
    set(pc_libs "-Wl,--exclude-libs,libhs_runtime.a -l:libhs_runtime.a -l:libcrypto.a -lstdc++ -lm -ldl -lpthread")
    set(pc_compile_requires "libhs libfyaml")
    set(pc_compile_libs "-l:libcrypto.a -ldl -lpthread")
endif()
configure_file(cmake/trajsafe.pc.in "${PROJECT_BINARY_DIR}/trajsafe.pc" @ONLY)
configure_file(cmake/trajsafe-compile.pc.in "${PROJECT_BINARY_DIR}/trajsafe-compile.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/trajsafe.pc" "${PROJECT_BINARY_DIR}/trajsafe-compile.pc" DESTINATION "${pc_dir}")
