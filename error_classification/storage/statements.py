"""The SQL of the SQLite store. Periods are ``since <= occurred_at < until`` in text; a repository that is NULL means all."""

from __future__ import annotations

from typing import Final

INSERT_OCCURRENCE: Final = """
    WITH given (error_id, error_hash, occurred_at, count, repo, document) AS (VALUES (?, ?, ?, ?, ?, ?))
    INSERT OR IGNORE INTO occurrences (error_id, error_hash, occurred_at, count, repo, document)
    SELECT * FROM given WHERE NOT EXISTS (SELECT 1 FROM pruned_ids WHERE pruned_ids.error_id = given.error_id)
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

NEWEST_ID: Final = "SELECT COALESCE(MAX(id), 0) FROM occurrences"

BLOCKS_SINCE: Final = "SELECT DISTINCT error_hash, id / :size FROM occurrences NOT INDEXED WHERE id > :newest"
"""By number: the planner would read a whole index to save itself the sorting."""

RECOMPUTE_BLOCK: Final = (
    "DELETE FROM blocks WHERE error_hash = :hash AND block = :block",
    """
    INSERT INTO blocks SELECT error_hash, :block, SUM(count) FROM occurrences
    WHERE error_hash = :hash AND id >= :block * :size AND id < (:block + 1) * :size GROUP BY error_hash
    """,
)
"""A block without occurrences has no row."""

RECOMPUTE_GROUP: Final = """
    WITH gone AS (SELECT count, first_seen, last_seen FROM pruned WHERE error_hash = :hash),
    counted AS (
        SELECT
            (SELECT SUM(count) FROM blocks WHERE error_hash = :hash) AS present,
            (SELECT count FROM gone) AS pruned,
            (SELECT MIN(occurred_at) FROM occurrences WHERE error_hash = :hash) AS first_present,
            (SELECT first_seen FROM gone) AS first_pruned,
            (SELECT MAX(occurred_at) FROM occurrences WHERE error_hash = :hash) AS last_present,
            (SELECT last_seen FROM gone) AS last_pruned
    ),
    in_force AS (
        SELECT 2 AS precedence, 1 AS verdict, labelled_at AS answered_at, id AS tie,
            id AS label_id, 'human' AS judge, category, subcategory
        FROM labels WHERE error_hash = :hash AND id NOT IN (SELECT label_id FROM withdrawals)
        UNION ALL
        SELECT fresh, category <> 'unclassified', answered_at, error_id, NULL, judge, category, subcategory
        FROM answers WHERE error_hash = :hash
        ORDER BY precedence DESC, verdict DESC, answered_at DESC, tie DESC, judge DESC LIMIT 1
    )
    INSERT OR REPLACE INTO groups (
        error_hash, occurrence_count, first_seen, last_seen, category, subcategory, judge, label_id, answered_at
    )
    SELECT :hash,
        COALESCE(present, 0) + COALESCE(pruned, 0),
        COALESCE(MIN(first_present, first_pruned), first_present, first_pruned),
        COALESCE(MAX(last_present, last_pruned), last_present, last_pruned),
        category, subcategory, judge, label_id, answered_at
    FROM counted JOIN in_force WHERE COALESCE(present, pruned) IS NOT NULL
"""
"""The order of ``in_force`` is that of ``answers.GivenAnswer.rank``, below the newest label that stands."""

SELECT_JUDGED: Final = """
    SELECT document FROM answers WHERE error_hash = ?
    ORDER BY fresh DESC, category <> 'unclassified' DESC, answered_at DESC, error_id DESC, judge DESC LIMIT 1
"""
"""What the judges say, in the same order, whatever people do."""

SELECT_ANSWERS: Final = "SELECT document FROM answers WHERE error_hash = ? ORDER BY judge"

SELECT_JUDGED_HASHES: Final = """
    SELECT error_hash FROM groups WHERE judge IN (SELECT value FROM json_each(:judges))
    ORDER BY occurrence_count DESC, error_hash LIMIT :limit
"""

HAS_ANSWER: Final = "SELECT 1 FROM answers WHERE error_hash = ?"

SELECT_GROUP: Final = """
    SELECT error_hash, occurrence_count, first_seen, last_seen, answered_at,
        CASE WHEN label_id IS NULL
            THEN (SELECT document FROM answers WHERE answers.error_hash = groups.error_hash AND answers.judge = groups.judge)
            ELSE (SELECT document FROM labels WHERE labels.id = groups.label_id)
        END,
        COALESCE(
            (SELECT document FROM occurrences WHERE occurrences.error_hash = groups.error_hash
                ORDER BY occurred_at DESC, count DESC, id DESC LIMIT 1),
            (SELECT document FROM pruned WHERE pruned.error_hash = groups.error_hash)
        )
    FROM groups WHERE error_hash = ?
"""
"""With its answer in force and its newest occurrence."""

SELECT_OCCURRENCES: Final = """
    SELECT document FROM occurrences WHERE error_hash = ? ORDER BY occurred_at DESC, id DESC LIMIT ?
"""

SELECT_RECENT: Final = """
    SELECT document FROM occurrences
    WHERE occurred_at >= :since AND occurred_at < :until AND (:repo IS NULL OR repo = :repo)
    ORDER BY occurred_at DESC, id DESC LIMIT :limit
"""

SELECT_SEEN: Final = """
    SELECT seen.error_hash, seen.repo, seen.count, groups.category, groups.subcategory, groups.judge
    FROM (
        SELECT error_hash, repo, SUM(count) AS count FROM occurrences
        WHERE occurred_at >= :since AND occurred_at < :until AND (:repo IS NULL OR repo = :repo)
        GROUP BY error_hash, repo
    ) AS seen JOIN groups USING (error_hash)
"""

SELECT_HASHES: Final = """
    SELECT error_hash FROM groups
    WHERE error_hash >= :prefix AND SUBSTR(error_hash, 1, LENGTH(:prefix)) = :prefix ORDER BY error_hash LIMIT :limit
"""

INSERT_LABEL: Final = """
    INSERT INTO labels (error_hash, category, subcategory, author, labelled_at, document) VALUES (?, ?, ?, ?, ?, ?)
"""

SELECT_LABELS: Final = """
    SELECT error_hash, category, subcategory, labels.author, labelled_at, withdrawals.author, withdrawn_at
    FROM labels LEFT JOIN withdrawals ON label_id = id WHERE error_hash = ? ORDER BY labelled_at DESC, id DESC
"""

SELECT_STANDING: Final = "SELECT label_id FROM groups WHERE error_hash = ?"

INSERT_WITHDRAWAL: Final = "INSERT INTO withdrawals (label_id, author, withdrawn_at) VALUES (?, ?, ?)"

SELECT_OLD: Final = "SELECT id, error_hash, count FROM occurrences WHERE occurred_at < ? ORDER BY occurred_at LIMIT ?"

PRUNE: Final = (
    """
    INSERT INTO pruned (error_hash, count, first_seen, last_seen, document)
    SELECT error_hash, count, occurred_at, occurred_at, document FROM occurrences WHERE id = ?
    ON CONFLICT (error_hash) DO UPDATE SET
        count = count + excluded.count,
        first_seen = MIN(first_seen, excluded.first_seen),
        last_seen = MAX(last_seen, excluded.last_seen),
        document = CASE WHEN excluded.last_seen >= last_seen THEN excluded.document ELSE document END
    """,
    "INSERT OR IGNORE INTO pruned_ids SELECT error_id FROM occurrences WHERE id = ?",
    "DELETE FROM occurrences WHERE id = ?",
)
"""Moves one occurrence into the sum of what was removed."""
