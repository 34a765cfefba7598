# A room is a folder under src/ with one job, built as one static library.
#
# ionloom_room(chem SOURCES a.cpp b.cpp DEPENDS ionloom_base)
#   makes the target ionloom_chem; includes are written from src/: "chem/formula.h".
function(ionloom_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;DEPENDS;PRIVATE" ${ARGN})
  if(ROOM_SOURCES)
    add_library(ionloom_${name} STATIC ${ROOM_SOURCES})
    target_include_directories(ionloom_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(ionloom_${name} PUBLIC ${ROOM_DEPENDS} PRIVATE ${ROOM_PRIVATE})
  else()
    add_library(ionloom_${name} INTERFACE)
    target_include_directories(ionloom_${name} INTERFACE ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(ionloom_${name} INTERFACE ${ROOM_DEPENDS})
  endif()
endfunction()

# ionloom_paths(NAME="..." FILES a_test.cpp b_test.cpp)
#   defines macros with paths of this clone for the files that use them, and for no others, so that a
#   compiler cache knows these from other clones.
function(ionloom_paths)
  cmake_parse_arguments(PATHS "" "" "FILES" ${ARGN})
  set_property(SOURCE ${PATHS_FILES} APPEND PROPERTY COMPILE_DEFINITIONS ${PATHS_UNPARSED_ARGUMENTS})
endfunction()

# ionloom_tests(chem SOURCES formula_test.cpp DEPENDS ionloom_chem)
#   makes the executable test_chem; every TEST in it is one ctest case.
function(ionloom_tests name)
  cmake_parse_arguments(TESTS "" "" "SOURCES;DEPENDS" ${ARGN})
  add_executable(test_${name} ${TESTS_SOURCES})
  target_include_directories(test_${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  # The rooms are tested as they are used; the tests themselves compile a quarter faster like this.
  target_compile_options(test_${name} PRIVATE $<$<CONFIG:Release>:-O1>)
  target_link_libraries(test_${name} PRIVATE ${TESTS_DEPENDS} GTest::gtest GTest::gtest_main)
  gtest_discover_tests(test_${name} TEST_PREFIX "${name}." DISCOVERY_TIMEOUT 60
                       PROPERTIES TIMEOUT 600)
endfunction()
