# gRPC and protobuf as Debian 12 packages them. grpc++_reflection has no pkg-config file of its own.
find_package(Protobuf REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(GRPC REQUIRED IMPORTED_TARGET grpc++)
find_library(IONLOOM_LIB_GRPC_REFLECTION grpc++_reflection REQUIRED)
find_program(IONLOOM_GRPC_CPP_PLUGIN grpc_cpp_plugin REQUIRED)
add_library(Grpc::reflection SHARED IMPORTED)
set_target_properties(Grpc::reflection PROPERTIES IMPORTED_LOCATION ${IONLOOM_LIB_GRPC_REFLECTION})
