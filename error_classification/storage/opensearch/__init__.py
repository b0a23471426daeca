"""The store for teams: OpenSearch, which many machines write to at once.

Importing this package costs nothing; ``connection`` is the door to opensearch-py.
"""
