"""The SQL of the SQLite store. Periods are ``since <= occurred_at < until`` in text; a repository that is NULL means all."""

from __future__ import annotations

from typing import Final

INSERT_OCCURRENCE: Final = """
    INSERT OR IGNORE INTO occurrences (error_id, error_hash, occurred_at, count, repo, source, normalized_text, document)
    SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 WHERE NOT EXISTS (SELECT 1 FROM pruned_ids WHERE error_id = ?1)
"""

INSERT_ANSWER: Final = """
    INSERT INTO answers (error_hash, judge, fresh, category, subcategory, answered_at, error_id, document)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (error_hash, judge) DO UPDATE SET
        fresh = excluded.fresh, category = excluded.category, subcategory = excluded.subcategory,
        answered_at = excluded.answered_at, error_id = excluded.error_id, document = excluded.document
    WHERE (excluded.fresh, excluded.answered_at, excluded.error_id) > (fresh, answered_at, error_id)
"""
"""Keeps the newest answer of each judge, whatever the order of writing: ``answers.GivenAnswer.age_rank``."""

RECOMPUTE_GROUP: Final = """
    WITH counted AS (
        SELECT SUM(count) AS count, MIN(first_seen) AS first_seen, MAX(last_seen) AS last_seen FROM (
            SELECT count, occurred_at AS first_seen, occurred_at AS last_seen FROM occurrences WHERE error_hash = :hash
            UNION ALL
            SELECT count, first_seen, last_seen FROM pruned WHERE error_hash = :hash
        )
    ),
    in_force AS (
        SELECT 2 AS precedence, 1 AS verdict, labelled_at AS answered_at, id AS tie,
            'human' AS judge, category, subcategory, document
        FROM labels WHERE error_hash = :hash
        UNION ALL
        SELECT fresh, category <> 'unclassified', answered_at, error_id, judge, category, subcategory, document
        FROM answers WHERE error_hash = :hash
        ORDER BY precedence DESC, verdict DESC, answered_at DESC, tie DESC LIMIT 1
    ),
    example AS (
        SELECT normalized_text, repo, source FROM occurrences WHERE error_hash = :hash
        ORDER BY occurred_at DESC, count DESC, id DESC LIMIT 1
    ),
    before AS (SELECT normalized_text, repo, example_source FROM groups WHERE error_hash = :hash)
    INSERT OR REPLACE INTO groups (
        error_hash, occurrence_count, first_seen, last_seen,
        category, subcategory, judge, answered_at, document,
        normalized_text, repo, example_source
    )
    SELECT :hash, counted.count, counted.first_seen, counted.last_seen,
        in_force.category, in_force.subcategory, in_force.judge, in_force.answered_at, in_force.document,
        COALESCE(example.normalized_text, before.normalized_text),
        COALESCE(example.repo, before.repo),
        COALESCE(example.source, before.example_source)
    FROM counted JOIN in_force LEFT JOIN example ON TRUE LEFT JOIN before ON TRUE
    WHERE counted.count IS NOT NULL
"""
"""The order of ``in_force`` is that of ``answers.GivenAnswer.rank``, below the newest label."""

SELECT_GROUP: Final = """
    SELECT error_hash, occurrence_count, first_seen, last_seen, answered_at, document, normalized_text, repo, example_source
    FROM groups WHERE error_hash = ?
"""

SELECT_OCCURRENCES: Final = """
    SELECT error_id, error_hash, occurred_at, count, repo, source, normalized_text, document
    FROM occurrences WHERE error_hash = ? ORDER BY occurred_at DESC, id DESC LIMIT ?
"""

SELECT_RECENT: Final = """
    SELECT error_id, error_hash, occurred_at, count, repo, source, normalized_text, document
    FROM occurrences WHERE occurred_at >= ?1 AND occurred_at < ?2 AND (?3 IS NULL OR repo = ?3)
    ORDER BY occurred_at DESC, id DESC LIMIT ?4
"""

SELECT_SEEN: Final = """
    SELECT seen.error_hash, seen.repo, seen.count, groups.category, groups.subcategory, groups.judge
    FROM (
        SELECT error_hash, repo, SUM(count) AS count FROM occurrences
        WHERE occurred_at >= ?1 AND occurred_at < ?2 AND (?3 IS NULL OR repo = ?3)
        GROUP BY error_hash, repo
    ) AS seen JOIN groups USING (error_hash)
"""

SELECT_HASHES: Final = """
    SELECT error_hash FROM groups
    WHERE error_hash >= ?1 AND SUBSTR(error_hash, 1, LENGTH(?1)) = ?1 ORDER BY error_hash LIMIT ?2
"""

INSERT_LABEL: Final = """
    INSERT INTO labels (error_hash, category, subcategory, author, labelled_at, document) VALUES (?, ?, ?, ?, ?, ?)
"""

SELECT_LABELS: Final = """
    SELECT error_hash, category, subcategory, author, labelled_at
    FROM labels WHERE error_hash = ? ORDER BY labelled_at DESC, id DESC
"""

SELECT_OLD: Final = "SELECT id, error_hash, count FROM occurrences WHERE occurred_at < ? ORDER BY occurred_at LIMIT ?"

PRUNE: Final = (
    """
    INSERT INTO pruned (error_hash, count, first_seen, last_seen)
    SELECT error_hash, count, occurred_at, occurred_at FROM occurrences WHERE id = ?
    ON CONFLICT (error_hash) DO UPDATE SET
        count = count + excluded.count,
        first_seen = MIN(first_seen, excluded.first_seen),
        last_seen = MAX(last_seen, excluded.last_seen)
    """,
    "INSERT OR IGNORE INTO pruned_ids SELECT error_id FROM occurrences WHERE id = ?",
    "DELETE FROM occurrences WHERE id = ?",
)
"""Moves one occurrence into the sum of what was removed."""
