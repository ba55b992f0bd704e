"""An AWS on loopback, and a hand that works on it as a person with the AWS CLI would.

Prints the address of the server. Then each line of standard input is a call of boto3, as JSON:
`{"service": "dynamodb", "call": "put_item", "with": {...}}`; each gives a line, `{"answer": ...}` or
`{"error": "..."}`. Bytes are `{"base64": "..."}` in both. Ends with its standard input, so it never outlives the test, however that ended.
"""

import base64
import json
import logging
import sys
from threading import Lock

import boto3
from moto.moto_server import threaded_moto_server

ALONE = Lock()


class OneAfterTheOther(threaded_moto_server.DomainDispatcherApplication):
    """DynamoDB asks a condition and writes as one. moto has a thread for each request and no lock, so that two of
    them could both find a lease free."""

    def __call__(self, environ, start_response):
        with ALONE:
            return super().__call__(environ, start_response)


threaded_moto_server.DomainDispatcherApplication = OneAfterTheOther
logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = threaded_moto_server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
endpoint = f"http://{host}:{port}"
clients = {}


def client(service):
    if service not in clients:
        clients[service] = boto3.client(
            service,
            endpoint_url=endpoint,
            region_name="eu-west-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
    return clients[service]


def with_bytes(value):
    return base64.b64decode(value["base64"]) if value.keys() == {"base64"} else value


def written(value):
    return {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else str(value)


print(endpoint, flush=True)
for line in sys.stdin:
    asked = json.loads(line, object_hook=with_bytes)
    try:
        answer = {"answer": getattr(client(asked["service"]), asked["call"])(**asked["with"])}
    except Exception as error:  # whatever it is, the test learns it
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer, default=written), flush=True)
