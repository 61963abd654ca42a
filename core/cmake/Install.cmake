# `cmake --install`: the static library, its headers and what `find_package(strikeproof)` reads.
# Versions below 1.0 promise nothing across minor releases, hence SameMinorVersion.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/strikeproof)
install(TARGETS strikeproof EXPORT strikeproofTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/core/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT strikeproofTargets NAMESPACE strikeproof:: DESTINATION ${package_folder})
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/strikeproofConfig.cmake.in
  ${PROJECT_BINARY_DIR}/strikeproofConfig.cmake INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/strikeproofConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/strikeproofConfig.cmake
  ${PROJECT_BINARY_DIR}/strikeproofConfigVersion.cmake DESTINATION ${package_folder})
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/licenses/strikeproof)
