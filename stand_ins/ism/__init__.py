"""A stand-in for Index State Management, the plug-in of OpenSearch that keeps policies.

The plug-in is in no registry that tests can reach. What is refused here, and how versions are guarded, follows its documentation:
https://docs.opensearch.org/latest/im-plugin/ism/policies/ and .../api/.
"""

from stand_ins.ism.policy import problem_of
from stand_ins.ism.server import IsmServer

__all__ = ["IsmServer", "problem_of"]
