# Wasmtime's C library, built from its crate (docs/decisions/005). IONLOOM_WASMTIME_ROOT is the folder
# that scripts/wasmtime-root prints; `make wasm` sets both.
option(IONLOOM_WASM "Run stages in WebAssembly" OFF)
if(IONLOOM_WASM)
  if(NOT IONLOOM_WASMTIME_ROOT)
    message(FATAL_ERROR "IONLOOM_WASMTIME_ROOT is not set; build with `make wasm`, which sets it.")
  endif()
  add_library(Wasmtime::wasmtime STATIC IMPORTED)
  set_target_properties(Wasmtime::wasmtime PROPERTIES
    IMPORTED_LOCATION ${IONLOOM_WASMTIME_ROOT}/libwasmtime.a
    INTERFACE_INCLUDE_DIRECTORIES ${IONLOOM_WASMTIME_ROOT}/include
    INTERFACE_LINK_OPTIONS "LINKER:--gc-sections"
    INTERFACE_LINK_LIBRARIES "Threads::Threads;${CMAKE_DL_LIBS};m")
endif()
