#pragma once

// What released versions wrote, as it was: never to be changed, only added to.
namespace kustodrop::test {

inline constexpr auto journal_schema_1 = R"sql(
    CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
    CREATE TABLE sources (
        id TEXT PRIMARY KEY,
        watch TEXT NOT NULL,
        target TEXT NOT NULL,
        stage TEXT NOT NULL,
        stage_at INTEGER,
        claimed_at INTEGER NOT NULL,
        changed_at INTEGER NOT NULL,
        attempts INTEGER NOT NULL,
        posts INTEGER NOT NULL,
        ambiguous_posts INTEGER NOT NULL,
        account TEXT,
        container TEXT,
        blob TEXT,
        raw_bytes INTEGER,
        stored_bytes INTEGER,
        outcome TEXT,
        code TEXT,
        details TEXT,
        operation_id TEXT,
        outcome_at INTEGER
    );
    CREATE TABLE slices (
        source_id TEXT NOT NULL,
        position INTEGER NOT NULL,
        name BLOB NOT NULL,
        location BLOB NOT NULL,
        offset INTEGER NOT NULL,
        length_bytes INTEGER NOT NULL,
        device INTEGER NOT NULL,
        inode INTEGER NOT NULL,
        size_bytes INTEGER NOT NULL,
        modified_ns INTEGER NOT NULL,
        changed_ns INTEGER NOT NULL,
        PRIMARY KEY (source_id, position)
    ) WITHOUT ROWID;
    CREATE TABLE kept_files (
        watch TEXT NOT NULL,
        name BLOB NOT NULL,
        source_id TEXT NOT NULL,
        outcome TEXT NOT NULL,
        device INTEGER NOT NULL,
        inode INTEGER NOT NULL,
        size_bytes INTEGER NOT NULL,
        modified_ns INTEGER NOT NULL,
        changed_ns INTEGER NOT NULL,
        PRIMARY KEY (watch, name)
    ) WITHOUT ROWID;
    CREATE INDEX sources_unretired ON sources (changed_at) WHERE stage <> 'retired';
    CREATE INDEX sources_changed_at ON sources (changed_at, id);
    CREATE INDEX sources_outcome ON sources (outcome, changed_at, id);
    PRAGMA user_version = 1;
)sql";

inline constexpr auto journal_rows_1 = R"sql(
    INSERT INTO sources (id, watch, target, stage, stage_at, claimed_at, changed_at, attempts,
        posts, ambiguous_posts, account, container, blob, raw_bytes, stored_bytes, outcome, code,
        details, operation_id, outcome_at) VALUES
        ('id-1', 'web', 'Logs.Web', 'claimed', NULL, 1000000, 1000000, 2, 0, 0,
            NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
        ('id-2', 'web', 'Logs.Web', 'uploaded', NULL, 1000000, 2000000, 1, 0, 0,
            'acct', 'box', 'b.csv.gz', 10, 5, NULL, NULL, NULL, NULL, NULL),
        ('id-3', 'web', 'Logs.Web', 'posted', 3000000, 1000000, 3000000, 1, 1, 0,
            'acct', 'box', 'c.csv.gz', 10, 5, NULL, NULL, NULL, NULL, NULL),
        ('id-4', 'web', 'Logs.Web', 'settled', NULL, 1000000, 4000000, 1, 1, 0,
            NULL, NULL, NULL, NULL, NULL, 'failed', 'Stream_Bad', 'words', 'op', 4000000),
        ('id-5', 'web', 'Logs.Web', 'retired', 5000000, 1000000, 5000000, 1, 1, 0,
            NULL, NULL, NULL, NULL, NULL, 'succeeded', '', '', 'op', 4000000);
    INSERT INTO slices (source_id, position, name, location, offset, length_bytes, device, inode,
        size_bytes, modified_ns, changed_ns) VALUES
        ('id-1', 0, CAST('a.csv' AS BLOB), CAST('.kustodrop/work' || '/id-1~a.csv' AS BLOB),
            0, 10, 1, 11, 10, 111, 112),
        ('id-2', 0, CAST('b.csv' AS BLOB), CAST('.kustodrop/work' || '/id-2~b.csv' AS BLOB),
            0, 10, 1, 12, 10, 111, 112),
        ('id-3', 0, CAST('c.csv' AS BLOB), CAST('.kustodrop/work' || '/id-3~c.csv' AS BLOB),
            0, 10, 1, 13, 10, 111, 112),
        ('id-4', 0, CAST('d.csv' AS BLOB), CAST('.kustodrop/work' || '/id-4~d.csv' AS BLOB),
            0, 10, 1, 14, 10, 111, 112),
        ('id-5', 0, CAST('e.csv' AS BLOB), CAST('.kustodrop/archive/e.csv' AS BLOB),
            0, 10, 1, 15, 10, 111, 112);
    INSERT INTO kept_files VALUES
        ('web', CAST('kept.csv' AS BLOB), 'id-9', 'succeeded', 1, 19, 10, 111, 112);
)sql";

inline constexpr auto journal_steps_to_2 = R"sql(
    ALTER TABLE sources ADD COLUMN last_post_at INTEGER;
    ALTER TABLE sources ADD COLUMN heard TEXT;
    ALTER TABLE sources ADD COLUMN heard_code TEXT;
    ALTER TABLE sources ADD COLUMN heard_details TEXT;
    ALTER TABLE sources ADD COLUMN heard_operation_id TEXT;
    ALTER TABLE sources ADD COLUMN heard_at INTEGER;
    ALTER TABLE sources ADD COLUMN heard_posts INTEGER;
    PRAGMA user_version = 2;
)sql";

inline constexpr auto journal_rows_2 = R"sql(
    UPDATE sources SET last_post_at = 5000000, heard = 'k1 k2', heard_code = 'Download_Forbidden',
        heard_details = 'words', heard_operation_id = 'op', heard_at = 6000000, heard_posts = 1
        WHERE id = 'id-3';
)sql";

inline constexpr auto journal_steps_to_3 = R"sql(
    ALTER TABLE sources ADD COLUMN begun INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX sources_watch ON sources (watch, changed_at, id);
    PRAGMA user_version = 3;
)sql";

inline constexpr auto journal_rows_3 = R"sql(
    INSERT INTO slices (source_id, position, name, location, offset, length_bytes, device, inode,
        size_bytes, modified_ns, changed_ns) VALUES
        ('id-1', 1, CAST('f.csv' AS BLOB), CAST('.kustodrop/work' || '/id-6~f.csv' AS BLOB),
            4, 6, 1, 16, 10, 111, 112);
    UPDATE slices SET offset = 7, length_bytes = 3 WHERE source_id = 'id-2';
)sql";

}  // namespace kustodrop::test
