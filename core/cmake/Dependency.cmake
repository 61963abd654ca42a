# A test dependency: found on the system, or fetched at a pinned version and hash where the host
# answers; else a message within seconds that says what to install.

function(strikeproof_dependency)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "PACKAGE;TARGET;URL;SHA256;APT;SWITCH" "")
  find_package(${arg_PACKAGE} QUIET)
  if(TARGET ${arg_TARGET})
    message(STATUS "${arg_PACKAGE}: found on the system")
    return()
  endif()

  set(archive ${PROJECT_BINARY_DIR}/downloads/${arg_PACKAGE}.tar.gz)
  set(advice
      "${arg_PACKAGE} is neither on the system nor could it be fetched.\n"
      "  Debian, Ubuntu:  apt-get install ${arg_APT}\n"
      "  elsewhere:       install ${arg_PACKAGE} so that find_package finds it\n"
      "  or leave it out: cmake -D${arg_SWITCH}=OFF")
  string(JOIN "" advice ${advice})
  if(NOT EXISTS ${archive})
    message(STATUS "${arg_PACKAGE}: not on the system, fetching ${arg_URL}")
    file(DOWNLOAD ${arg_URL} ${archive}.part TIMEOUT 20 INACTIVITY_TIMEOUT 5 STATUS status)
    list(GET status 0 code)
    if(NOT code EQUAL 0)
      file(REMOVE ${archive}.part)
      message(FATAL_ERROR "${advice}")
    endif()
    file(SHA256 ${archive}.part digest)
    if(NOT digest STREQUAL "${arg_SHA256}")
      file(REMOVE ${archive}.part)
      message(FATAL_ERROR "${arg_PACKAGE}: fetched archive has SHA-256 ${digest}, "
                          "expected ${arg_SHA256}.\n${advice}")
    endif()
    file(RENAME ${archive}.part ${archive})
  endif()
  include(FetchContent)
  set(INSTALL_GTEST OFF)
  set(BENCHMARK_ENABLE_TESTING OFF)
  set(BENCHMARK_ENABLE_INSTALL OFF)
  FetchContent_Declare(${arg_PACKAGE} URL ${archive} URL_HASH SHA256=${arg_SHA256} SYSTEM)
  FetchContent_MakeAvailable(${arg_PACKAGE})
endfunction()
