"""How a classified error is written down: one table of fields, from which documents, mappings and templates follow.

A document is a flat JSON object. The prefix of a field's name is its type: ``s_`` string, ``l_`` integer, ``f_`` number,
``ts_`` time, ``b_`` boolean; ``@timestamp`` is when the error occurred. Times are ISO 8601 in UTC with microseconds and ``Z``,
so that they sort as text. A field without a value (None, empty text, empty list) is left out. What has several parts is a pair of
parallel lists (evidence, alternatives) or a list of ``name=value`` (parameters): this keeps mappings free of objects whose keys
come from log text. The identifier of a document is ``s_error_id``; a server refuses ``_id`` inside a body.

Both the SQLite and the OpenSearch store write these documents.
"""

from error_classification.opensearch_schema.documents import (
    SNIPPET_LENGTH,
    answer_from_document,
    answer_to_document,
    from_document,
    to_document,
    utc_text,
)
from error_classification.opensearch_schema.fields import ALL_FIELDS, ANSWER_FIELDS, FIELDS, SNIPPET, Document, Field
from error_classification.opensearch_schema.index import create_index_if_not_exists, index_body, index_template, mappings

__all__ = [
    "ALL_FIELDS",
    "ANSWER_FIELDS",
    "FIELDS",
    "SNIPPET",
    "SNIPPET_LENGTH",
    "Document",
    "Field",
    "answer_from_document",
    "answer_to_document",
    "create_index_if_not_exists",
    "from_document",
    "index_body",
    "index_template",
    "mappings",
    "to_document",
    "utc_text",
]
