"""How a classified error is written down: one table of fields, from which documents, mappings and templates follow.

A document is a flat JSON object. The prefix of a field's name is its type: ``s_`` string, ``l_`` integer, ``f_`` number,
``ts_`` time, ``b_`` boolean; ``@timestamp`` is when the error occurred. Times are ISO 8601 in UTC with microseconds and ``Z``,
so that they sort as text. A field without a value (None, empty text, empty list) is left out. What has several parts is a pair of
parallel lists (evidence, alternatives) or a list of ``name=value`` (parameters): this keeps mappings free of objects whose keys
come from log text. The identifier of a document is ``s_error_id``; a server refuses ``_id`` inside a body.

Groups have documents of their own (``GROUP_FIELDS``), with ``o_`` for objects that are kept and not indexed.

Both the SQLite and the OpenSearch store write these documents.
"""

from error_classification.opensearch_schema.administration import policy_name, retention_policy, roles
from error_classification.opensearch_schema.documents import (
    SNIPPET_LENGTH,
    answer_from_document,
    answer_to_document,
    from_document,
    to_document,
    utc_text,
)
from error_classification.opensearch_schema.fields import ALL_FIELDS, ANSWER_FIELDS, FIELDS, SNIPPET, Document, Field
from error_classification.opensearch_schema.groups import GROUP_FIELDS, KeptField
from error_classification.opensearch_schema.index import (
    PRUNED_MARK,
    SCHEMA_VERSION,
    VERSION_KEY,
    create_index,
    create_index_if_not_exists,
    groups_body,
    groups_index,
    groups_mappings,
    index_body,
    index_template,
    mappings,
    month_index,
    month_pattern,
)

__all__ = [
    "ALL_FIELDS",
    "ANSWER_FIELDS",
    "FIELDS",
    "GROUP_FIELDS",
    "PRUNED_MARK",
    "SCHEMA_VERSION",
    "SNIPPET",
    "SNIPPET_LENGTH",
    "VERSION_KEY",
    "Document",
    "Field",
    "KeptField",
    "answer_from_document",
    "answer_to_document",
    "create_index",
    "create_index_if_not_exists",
    "from_document",
    "groups_body",
    "groups_index",
    "groups_mappings",
    "index_body",
    "index_template",
    "mappings",
    "month_index",
    "month_pattern",
    "policy_name",
    "retention_policy",
    "roles",
    "to_document",
    "utc_text",
]
