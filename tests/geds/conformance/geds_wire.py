"""GEDS's messages and calls, built from the tables of docs/formats/geds.md alone.

Nothing here comes from src/geds/proto: a wrong field number there must fail against this.
"""

import struct

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

PACKAGE = "geds.rpc"

ENUMS = {
    "StatusCode": "OK CANCELLED UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND "
    "ALREADY_EXISTS PERMISSION_DENIED RESOURCE_EXHAUSTED FAILED_PRECONDITION ABORTED "
    "OUT_OF_RANGE UNIMPLEMENTED INTERNAL UNAVAILABLE DATA_LOSS UNAUTHENTICATED",
    "SubscriptionType": "NO_SUBSCRIPTION BUCKET OBJECT PREFIX",
    "PublicationType": "NO_PUBLICATION CREATE_OBJECT UPDATE_OBJECT DELETE_OBJECT",
    "FileTransferProtocol": "Socket RDMA",
}

# name: fields in the order of their numbers, from 1; "?" optional, "*" repeated
MESSAGES = {
    "EmptyParams": "",
    "StatusResponse": "code:StatusCode message:string?",
    "ConnectionInformation": "remoteAddress:string error:StatusResponse?",
    "ObjectStoreConfig": "bucket:string endpointUrl:string accessKey:string secretKey:string",
    "AvailableObjectStoreConfigs": "mappings:ObjectStoreConfig*",
    "ObjectID": "bucket:string key:string",
    "ObjectInfo": "location:string size:uint64 sealedOffset:uint64 metadata:bytes?",
    "Object": "id:ObjectID info:ObjectInfo",
    "Bucket": "bucket:string",
    "BucketListResponse": "results:string* error:StatusResponse?",
    "ObjectListRequest": "prefix:ObjectID delimiter:int32?",
    "ObjectListResponse": "results:Object* commonPrefixes:string* error:StatusResponse?",
    "ObjectResponse": "result:Object error:StatusResponse?",
    "SubscriptionEvent": "subscriptionType:SubscriptionType subscriberID:string bucketID:string "
    "key:string",
    "SubscriptionStreamEvent": "subscriberID:string",
    "SubscriptionStreamResponse": "publicationType:PublicationType object:Object",
    "TransportEndpoint": "type:FileTransferProtocol address:string port:uint32",
    "AvailTransportEndpoints": "endpoint:TransportEndpoint*",
}

CALLS = {
    "GetConnectionInformation": ("EmptyParams", "ConnectionInformation"),
    "RegisterObjectStore": ("ObjectStoreConfig", "StatusResponse"),
    "ListObjectStores": ("EmptyParams", "AvailableObjectStoreConfigs"),
    "CreateBucket": ("Bucket", "StatusResponse"),
    "DeleteBucket": ("Bucket", "StatusResponse"),
    "ListBuckets": ("EmptyParams", "BucketListResponse"),
    "LookupBucket": ("Bucket", "StatusResponse"),
    "Create": ("Object", "StatusResponse"),
    "Update": ("Object", "StatusResponse"),
    "Delete": ("ObjectID", "StatusResponse"),
    "DeletePrefix": ("ObjectID", "StatusResponse"),
    "Lookup": ("ObjectID", "ObjectResponse"),
    "List": ("ObjectListRequest", "ObjectListResponse"),
    "Subscribe": ("SubscriptionEvent", "StatusResponse"),
    "Unsubscribe": ("SubscriptionEvent", "StatusResponse"),
}

_SCALARS = {
    "string": descriptor_pb2.FieldDescriptorProto.TYPE_STRING,
    "bytes": descriptor_pb2.FieldDescriptorProto.TYPE_BYTES,
    "uint64": descriptor_pb2.FieldDescriptorProto.TYPE_UINT64,
    "uint32": descriptor_pb2.FieldDescriptorProto.TYPE_UINT32,
    "int32": descriptor_pb2.FieldDescriptorProto.TYPE_INT32,
}


def _add_field(message, number, text):
    name, kind = text.split(":")
    field = message.field.add(name=name, number=number)
    field.label = field.LABEL_OPTIONAL
    if kind.endswith("*"):
        field.label = field.LABEL_REPEATED
    if kind.endswith("?"):
        field.proto3_optional = True
        field.oneof_index = len(message.oneof_decl)
        message.oneof_decl.add(name="_" + name)
    kind = kind.rstrip("*?")
    if kind in _SCALARS:
        field.type = _SCALARS[kind]
    else:
        field.type = field.TYPE_ENUM if kind in ENUMS else field.TYPE_MESSAGE
        field.type_name = f".{PACKAGE}.{kind}"


def _classes():
    file = descriptor_pb2.FileDescriptorProto(name="table.proto", package=PACKAGE, syntax="proto3")
    for name, values in ENUMS.items():
        enum = file.enum_type.add(name=name)
        for number, value in enumerate(values.split()):
            enum.value.add(name=value, number=number)
    for name, fields in MESSAGES.items():
        message = file.message_type.add(name=name)
        for number, field in enumerate(fields.split(), start=1):
            _add_field(message, number, field)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{PACKAGE}.{name}"))
        for name in MESSAGES
    }


MESSAGE = _classes()
CODE = {name: number for number, name in enumerate(ENUMS["StatusCode"].split())}


def object_id(key, bucket="bucket"):
    return MESSAGE["ObjectID"](bucket=bucket, key=key)


def an_object(key, bucket="bucket", location="geds://127.0.0.1:1", size=1):
    info = MESSAGE["ObjectInfo"](location=location, size=size, sealedOffset=size)
    return MESSAGE["Object"](id=object_id(key, bucket), info=info)


class Metadata:
    """A foreign client: metadata.Create(message), and so on."""

    def __init__(self, server):
        self.channel = grpc.insecure_channel(server)
        for call, (request, response) in CALLS.items():
            setattr(self, call, self._unary("MetadataService", call, request, response))
        self.stream = self.channel.unary_stream(
            f"/{PACKAGE}.MetadataService/SubscribeStream",
            request_serializer=MESSAGE["SubscriptionStreamEvent"].SerializeToString,
            response_deserializer=MESSAGE["SubscriptionStreamResponse"].FromString,
        )
        self.GetAvailEndpoints = self._unary(
            "GEDSService", "GetAvailEndpoints", "EmptyParams", "AvailTransportEndpoints"
        )

    def _unary(self, service, call, request, response):
        method = self.channel.unary_unary(
            f"/{PACKAGE}.{service}/{call}",
            request_serializer=MESSAGE[request].SerializeToString,
            response_deserializer=MESSAGE[response].FromString,
        )
        return lambda *fields, **named: method(
            fields[0] if fields else MESSAGE[request](**named), timeout=5
        )


def request(text):
    """A data request as the protocol has it."""
    return text.encode() + b"\0"


def exchange(connection, text):
    """Sends a data request; returns the status code and the bytes behind the head."""
    connection.sendall(request(text))
    return response(connection)


def response(connection):
    status, length = struct.unpack("<i4xQ", receive(connection, 16))
    return status, receive(connection, length)


def receive(connection, count):
    received = b""
    while len(received) < count:
        piece = connection.recv(count - len(received))
        if not piece:
            raise ConnectionError(f"closed after {len(received)} of {count} bytes")
        received += piece
    return received
