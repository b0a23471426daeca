"""A stand-in for what AWS puts before its OpenSearch: it lets in who signs, and passes on what is asked to a real server.

Signatures are verified after AWS's own description (``signature``), not with a library of theirs, so that client and server do
not share their mistakes. ``aoss`` (serverless) also lacks what that service lacks.
"""

from stand_ins.aws.server import AwsServer
from stand_ins.aws.signature import Account, Call, flaw

__all__ = ["Account", "AwsServer", "Call", "flaw"]
