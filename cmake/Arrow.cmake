# Apache Arrow C++, Parquet and S3 from the pyarrow wheel (docs/decisions/001). IONLOOM_ARROW_ROOT is
# the wheel's pyarrow folder; the Makefile finds or installs it.
if(NOT IONLOOM_ARROW_ROOT AND SKBUILD)
  execute_process(COMMAND ${CMAKE_SOURCE_DIR}/scripts/arrow-root OUTPUT_VARIABLE IONLOOM_ARROW_ROOT
                  OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
endif()
if(NOT IONLOOM_ARROW_ROOT)
  message(FATAL_ERROR "IONLOOM_ARROW_ROOT is not set; build with `make build`, which sets it.")
endif()
foreach(lib arrow parquet arrow_s3)
  find_library(arrow_library_${lib} ${lib} PATHS ${IONLOOM_ARROW_ROOT} NO_DEFAULT_PATH NO_CACHE
               REQUIRED)
  add_library(Arrow::${lib} SHARED IMPORTED)
  set_target_properties(Arrow::${lib} PROPERTIES
    IMPORTED_LOCATION ${arrow_library_${lib}}
    INTERFACE_INCLUDE_DIRECTORIES ${IONLOOM_ARROW_ROOT}/include
    INTERFACE_SYSTEM_INCLUDE_DIRECTORIES ${IONLOOM_ARROW_ROOT}/include)
endforeach()
