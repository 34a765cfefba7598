# Puts the command and the module of another build into a wheel (pyproject.toml). IONLOOM_PREBUILT is
# that build's folder.
get_filename_component(prebuilt ${IONLOOM_PREBUILT} ABSOLUTE BASE_DIR ${CMAKE_SOURCE_DIR})
set(engine ${prebuilt}/python/ionloom/_engine.${SKBUILD_SOABI}.so)
foreach(made ${prebuilt}/bin/ionloom ${engine})
  if(NOT EXISTS ${made})
    message(FATAL_ERROR "${made} is not there: ${prebuilt} is no finished build for this Python "
                        "(${SKBUILD_SOABI}). Leave IONLOOM_PREBUILT out to build everything.")
  endif()
endforeach()
install(PROGRAMS ${prebuilt}/bin/ionloom DESTINATION ionloom/bin COMPONENT python)
install(FILES ${engine} DESTINATION ionloom COMPONENT python)
file(GLOB modules ${prebuilt}/bin/stages*.wasm)
install(FILES ${modules} DESTINATION ionloom/bin COMPONENT python)
# For whoever asks to build them by name.
add_custom_target(ionloom)
add_custom_target(_engine)
