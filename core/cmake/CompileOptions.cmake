# How all our own C++ is compiled: C++20, warnings as errors, no fast-math, nothing of the build
# machine's processor, no contraction of a*b+c that the source does not ask for, and no path of the
# build folder in the output, so that two builds anywhere give the same bytes.

add_library(strikeproof_options INTERFACE)
target_compile_features(strikeproof_options INTERFACE cxx_std_20)

if(MSVC)
  set(flags /W4 /WX /permissive- /fp:precise)
else()
  set(flags -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wcast-qual
            -Wold-style-cast -Wnon-virtual-dtor -Werror -ffp-contract=off -fvisibility=hidden)
  set(maps -ffile-prefix-map=${PROJECT_SOURCE_DIR}=. -ffile-prefix-map=${PROJECT_BINARY_DIR}=build)
endif()
set(STRIKEPROOF_SANITIZERS none)
if(STRIKEPROOF_SANITIZE)
  set(STRIKEPROOF_SANITIZERS ${STRIKEPROOF_SANITIZE})
  list(APPEND flags -fsanitize=${STRIKEPROOF_SANITIZE} -fno-sanitize-recover=all
       -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${STRIKEPROOF_SANITIZE})
endif()
if(STRIKEPROOF_FUZZ)
  list(APPEND flags -fsanitize=fuzzer-no-link)
endif()
target_compile_options(strikeproof_options INTERFACE ${flags} ${maps})

# The flags as the compiler gets them, without folders, for build_info.
string(TOUPPER "${CMAKE_BUILD_TYPE}" build_type_upper)
string(JOIN " " STRIKEPROOF_FLAGS ${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${build_type_upper}} ${flags})
