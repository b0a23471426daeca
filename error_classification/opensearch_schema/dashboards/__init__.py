"""Dashboards for the indices of this program, as saved objects that OpenSearch Dashboards 1 to 3 import.

Index patterns, aggregation-based visualisations, searches and one dashboard, generated from the tables in ``contents`` for
whatever the index is called. Identifiers depend on nothing but that name: to import them again replaces them.
"""

from error_classification.opensearch_schema.dashboards.naming import checked_name
from error_classification.opensearch_schema.dashboards.objects import dashboard_id, ndjson, saved_objects

__all__ = ["checked_name", "dashboard_id", "ndjson", "saved_objects"]
