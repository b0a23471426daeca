"""A real OpenSearch server for tests: one JVM without containers, its jars from Maven Central, gone when its users are."""
