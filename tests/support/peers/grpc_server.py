"""A gRPC server on loopback with the health service of grpcio-health-checking.

Arguments: `bare` (no health service) or `health`; for TLS the files of a certificate and its key. The whole server and
`shop.v1.Orders` are SERVING, `shop.v1.Search` is NOT_SERVING, `shop.v1.New` has no status yet. `shop.v1.Private` wants
the metadata `authorization: Bearer s3cret-pass`.

Prints its port, and ends with its standard input.
"""

import sys
from concurrent import futures

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

STATUS = health_pb2.HealthCheckResponse


class Guarded(health.HealthServicer):
    def Check(self, request, context):
        if request.service == "shop.v1.Private":
            metadata = dict(context.invocation_metadata())
            if metadata.get("authorization") != "Bearer s3cret-pass":
                context.abort(grpc.StatusCode.UNAUTHENTICATED, "no token, or an ungültig one")
            return STATUS(status=STATUS.SERVING)
        return super().Check(request, context)


def main():
    mode, *files = sys.argv[1:]
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
    if mode == "health":
        servicer = Guarded()
        servicer.set("shop.v1.Orders", STATUS.SERVING)
        servicer.set("shop.v1.Search", STATUS.NOT_SERVING)
        servicer.set("shop.v1.New", STATUS.UNKNOWN)
        health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    if files:
        certificate, key = (open(file, "rb").read() for file in files)
        port = server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([(key, certificate)]))
    else:
        port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    sys.stdin.read()
    server.stop(0)


main()
