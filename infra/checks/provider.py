"""A stand-in for the AWS provider: its schema and nothing behind it.

Terraform talks to a provider over gRPC. This one answers with the schema of `schema.py`, so that `terraform validate`
and `terraform plan` hold every resource type, argument, block and type against what the real provider takes, with
no network and no account. A plan gets made-up answers for what only AWS knows. It applies nothing.

It does not know what the real provider checks by itself: that a string is one of a list, that two arguments exclude
each other, that AWS accepts the whole.
"""

import json
import os
import re
import tempfile
from concurrent import futures
from contextlib import contextmanager
from pathlib import Path

import grpc
import msgpack
from tf.gen import grpc_controller_pb2_grpc, grpc_stdio_pb2_grpc, tfplugin_pb2, tfplugin_pb2_grpc

ADDRESS = "registry.terraform.io/hashicorp/aws"
ACCOUNT = "123456789012"
REGION = "eu-central-1"


@contextmanager
def serving(schema: dict, answers: dict | None = None):
    """Serves the schema; yields the environment in which Terraform finds it. `answers` replace those of data sources."""
    with tempfile.TemporaryDirectory() as folder:
        socket = str(Path(folder) / "provider.sock")
        big = [("grpc.max_send_message_length", 1 << 28), ("grpc.max_receive_message_length", 1 << 28)]
        server = grpc.server(futures.ThreadPoolExecutor(max_workers=8), options=big)
        tfplugin_pb2_grpc.add_ProviderServicer_to_server(Provider(schema, answers or {}), server)
        grpc_controller_pb2_grpc.add_GRPCControllerServicer_to_server(
            grpc_controller_pb2_grpc.GRPCControllerServicer(), server
        )
        grpc_stdio_pb2_grpc.add_GRPCStdioServicer_to_server(Stdio(), server)
        server.add_insecure_port(f"unix:{socket}")
        server.start()
        reattach = {
            "Protocol": "grpc",
            "ProtocolVersion": 6,
            "Pid": os.getpid(),
            "Test": True,
            "Addr": {"Network": "unix", "String": socket},
        }
        try:
            yield {"TF_REATTACH_PROVIDERS": json.dumps({ADDRESS: reattach})}
        finally:
            server.stop(grace=None)


class Stdio(grpc_stdio_pb2_grpc.GRPCStdioServicer):
    def StreamStdio(self, request, context):
        return iter([])


class Provider(tfplugin_pb2_grpc.ProviderServicer):
    def __init__(self, schema: dict, answers: dict):
        self.schema = schema
        self.answers = answers

    def GetMetadata(self, request, context):
        context.abort(grpc.StatusCode.UNIMPLEMENTED, "the schema tells it all")

    def GetProviderSchema(self, request, context):
        # The bindings describe the provider block as a resource of no type; only what is used here is listed.
        provider = {
            "attributes": {"region": {"type": "string", "required": False, "computed": False}},
            "blocks": {
                "default_tags": {
                    "block": {"attributes": {"tags": {"type": ["map", "string"], "required": False, "computed": False}}, "blocks": {}},
                    "list": True,
                    "required": False,
                }
            },
        }
        return tfplugin_pb2.GetProviderSchema.Response(
            provider=_schema(provider),
            resource_schemas={name: _schema(block) for name, block in self.schema["resources"].items()},
            data_source_schemas={name: _schema(block) for name, block in self.schema["data"].items()},
        )

    def ValidateProviderConfig(self, request, context):
        return tfplugin_pb2.ValidateProviderConfig.Response()

    def ValidateResourceConfig(self, request, context):
        return tfplugin_pb2.ValidateResourceConfig.Response()

    def ValidateDataResourceConfig(self, request, context):
        return tfplugin_pb2.ValidateDataResourceConfig.Response()

    def ConfigureProvider(self, request, context):
        return tfplugin_pb2.ConfigureProvider.Response()

    def PlanResourceChange(self, request, context):
        planned = _unpack(request.proposed_new_state.msgpack)
        _answer(planned, request.type_name, self.schema["resources"][request.type_name])
        return tfplugin_pb2.PlanResourceChange.Response(planned_state=_pack(planned))

    def ReadDataSource(self, request, context):
        state = _unpack(request.config.msgpack)
        _answer(state, request.type_name, self.schema["data"][request.type_name])
        state.update(self.answers.get(request.type_name, {}))
        return tfplugin_pb2.ReadDataSource.Response(state=_pack(state))

    def StopProvider(self, request, context):
        return tfplugin_pb2.StopProvider.Response()


def _schema(block: dict):
    return tfplugin_pb2.Schema(version=0, block=_block(block))


def _block(block: dict):
    modes = tfplugin_pb2.Schema.NestedBlock.NestingMode
    return tfplugin_pb2.Schema.Block(
        attributes=[
            tfplugin_pb2.Schema.Attribute(
                name=name,
                type=json.dumps(attribute["type"]).encode(),
                required=attribute["required"],
                optional=not attribute["required"] and attribute["computed"] != "only",
                computed=bool(attribute["computed"]),
            )
            for name, attribute in block["attributes"].items()
        ],
        block_types=[
            tfplugin_pb2.Schema.NestedBlock(
                type_name=name,
                block=_block(nested["block"]),
                nesting=modes.SINGLE if name == "timeouts" else modes.LIST,
                min_items=int(nested["required"]),
                max_items=0 if nested["list"] or name == "timeouts" else 1,
            )
            for name, nested in block["blocks"].items()
        ],
    )


def _unpack(packed: bytes) -> dict:
    return msgpack.unpackb(packed, raw=False, strict_map_key=False)


def _pack(value: dict):
    return tfplugin_pb2.DynamicValue(msgpack=msgpack.packb(value))


def _answer(state: dict, kind: str, block: dict) -> None:
    """Fills in what only AWS knows, with values that a reader of the plan can follow."""
    for name, attribute in block["attributes"].items():
        if attribute["computed"] and state.get(name) is None:
            state[name] = _made_up(kind, name, state) if _is_known(kind, name, attribute) else None


def _is_known(kind: str, name: str, attribute: dict) -> bool:
    return attribute["computed"] == "only" or (kind, name) in MADE_UP or name in ("id", "arn")


# What some data sources answer. Subnets say in their names which zone and VPC they are in: subnet-<zone>-<vpc>.
MADE_UP = {
    ("aws_caller_identity", "account_id"): lambda state: ACCOUNT,
    ("aws_partition", "partition"): lambda state: "aws",
    ("aws_region", "region"): lambda state: REGION,
    ("aws_ec2_instance_type_offerings", "locations"): lambda state: [f"{REGION}{zone}" for zone in "abc"],
    ("aws_subnets", "ids"): lambda state: ["subnet-c-default", "subnet-a-default", "subnet-b-default"],
    ("aws_subnet", "availability_zone"): lambda state: REGION + state["id"].split("-")[1],
    ("aws_subnet", "vpc_id"): lambda state: "vpc-" + state["id"].split("-")[2],
    ("aws_ssm_parameter", "insecure_value"): lambda state: "ami-0123456789abcdef0",
    ("aws_iam_openid_connect_provider", "arn"): lambda state: f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com",
    ("aws_iam_policy", "arn"): lambda state: f"arn:aws:iam::{ACCOUNT}:policy/{state['name']}",
    ("aws_iam_role", "arn"): lambda state: f"arn:aws:iam::{ACCOUNT}:role/{state['name']}",
    ("aws_dynamodb_table", "arn"): lambda state: f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{state['name']}",
    ("aws_sqs_queue", "arn"): lambda state: f"arn:aws:sqs:{REGION}:{ACCOUNT}:{state['name']}",
    ("aws_sns_topic", "arn"): lambda state: f"arn:aws:sns:{REGION}:{ACCOUNT}:{state['name']}",
    ("aws_s3_bucket", "arn"): lambda state: f"arn:aws:s3:::{state['bucket']}",
    ("aws_s3_bucket", "bucket_regional_domain_name"): lambda state: f"{state['bucket']}.s3.{REGION}.amazonaws.com",
    ("aws_cloudfront_distribution", "arn"): lambda state: f"arn:aws:cloudfront::{ACCOUNT}:distribution/E2QWRUHAPOMQZL",
    ("aws_cloudfront_distribution", "domain_name"): lambda state: "d111111abcdef8.cloudfront.net",
    ("aws_cloudwatch_log_group", "arn"): lambda state: f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{state['name']}",
}


def _made_up(kind: str, name: str, state: dict):
    if (kind, name) in MADE_UP:
        return MADE_UP[kind, name](state)
    if name in ("id", "arn") or re.search(r"_(id|ip|arn|dns)$", name):
        return f"{kind}.{name}"
    return None
