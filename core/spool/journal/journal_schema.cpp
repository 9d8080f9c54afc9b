#include "spool/journal/journal_schema.hpp"

#include "sqlite/error.hpp"
#include "sqlite/statement.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace kustodrop::spool {

// Times are microseconds since 1970 in UTC. Names are bytes. Numbers of 64 bits without a sign are
// stored as the signed ones of the same bits.
static constexpr auto version_1 = R"sql(
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

static constexpr auto version_2 = R"sql(
    ALTER TABLE sources ADD COLUMN last_post_at INTEGER;
    ALTER TABLE sources ADD COLUMN heard TEXT;
    ALTER TABLE sources ADD COLUMN heard_code TEXT;
    ALTER TABLE sources ADD COLUMN heard_details TEXT;
    ALTER TABLE sources ADD COLUMN heard_operation_id TEXT;
    ALTER TABLE sources ADD COLUMN heard_at INTEGER;
    ALTER TABLE sources ADD COLUMN heard_posts INTEGER;
    PRAGMA user_version = 2;
)sql";

static constexpr auto version_3 = R"sql(
    ALTER TABLE sources ADD COLUMN begun INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX sources_watch ON sources (watch, changed_at, id);
    PRAGMA user_version = 3;
)sql";

static constexpr auto version_4 = R"sql(
    ALTER TABLE slices ADD COLUMN start_check INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE slices ADD COLUMN end_check INTEGER NOT NULL DEFAULT 0;
    PRAGMA user_version = 4;
)sql";

// Bits: 1 in a notification queue, 2 in the status table, 4 in an operation, 8 in the answer to a
// streaming request.
static constexpr auto version_5 = R"sql(
    ALTER TABLE sources ADD COLUMN reported INTEGER NOT NULL DEFAULT 0;
    PRAGMA user_version = 5;
)sql";

// Until now the offset of a file that is not the first of its blob was the length of its head. What
// has been retired is never divided.
static constexpr auto version_6 = R"sql(
    ALTER TABLE slices ADD COLUMN head_bytes INTEGER NOT NULL DEFAULT 0;
    UPDATE slices SET head_bytes = offset WHERE position > 0
        AND source_id IN (SELECT id FROM sources WHERE stage <> 'retired');
    CREATE TABLE logs (
        watch TEXT NOT NULL,
        number INTEGER NOT NULL,
        id TEXT NOT NULL,
        name BLOB NOT NULL,
        family BLOB NOT NULL,
        inode INTEGER NOT NULL,
        born_ns INTEGER NOT NULL,
        handle BLOB NOT NULL,
        compressed INTEGER NOT NULL,
        life INTEGER NOT NULL,
        phase TEXT NOT NULL,
        copy_of INTEGER NOT NULL,
        carried INTEGER NOT NULL,
        position INTEGER NOT NULL,
        size_seen INTEGER NOT NULL,
        evidence TEXT NOT NULL,
        boot_id TEXT NOT NULL,
        PRIMARY KEY (watch, number)
    ) WITHOUT ROWID;
    PRAGMA user_version = 6;
)sql";

// 0: not known.
static constexpr auto version_7 = R"sql(
    ALTER TABLE kept_files ADD COLUMN born_ns INTEGER NOT NULL DEFAULT 0;
    PRAGMA user_version = 7;
)sql";

// Which log a slice is of; NULL: of none, or an earlier release cut it.
static constexpr auto version_8 = R"sql(
    ALTER TABLE slices ADD COLUMN log_id TEXT;
    PRAGMA user_version = 8;
)sql";

// Posts by REST, as rest_post_text.hpp writes them. Bit 4 of `reported` stands for them.
static constexpr auto version_9 = R"sql(
    ALTER TABLE sources ADD COLUMN rest_posts TEXT NOT NULL DEFAULT '';
    PRAGMA user_version = 9;
)sql";

// NULL: not known, or an earlier release has read it.
static constexpr auto version_10 = R"sql(
    ALTER TABLE sources ADD COLUMN records INTEGER;
    PRAGMA user_version = 10;
)sql";

// The cluster of the last post, where several are configured.
static constexpr auto version_11 = R"sql(
    ALTER TABLE sources ADD COLUMN cluster TEXT NOT NULL DEFAULT '';
    PRAGMA user_version = 11;
)sql";

// A source on its way is in one index: it is written four times, and each index costs more than its
// row. The others are of what is done, and of what has an outcome.
static constexpr auto version_12 = R"sql(
    DROP INDEX sources_changed_at;
    DROP INDEX sources_outcome;
    DROP INDEX sources_watch;
    CREATE INDEX sources_changed_at ON sources (changed_at, id) WHERE stage = 'retired';
    CREATE INDEX sources_outcome ON sources (outcome, changed_at, id) WHERE outcome IS NOT NULL;
    CREATE INDEX sources_watch ON sources (watch, changed_at, id) WHERE stage = 'retired';
    PRAGMA user_version = 12;
)sql";

// In order: each brings a journal of the version before it up to its own.
static constexpr std::array migrations{
    version_1,
    version_2,
    version_3,
    version_4,
    version_5,
    version_6,
    version_7,
    version_8,
    version_9,
    version_10,
    version_11,
    version_12};
static_assert(std::string_view(schema_version) == "12");

// Nothing: of another program, or newer.
static std::optional<std::size_t> migrations_done(const std::string& version) {
    for (std::size_t i = 0; i <= migrations.size(); ++i) {
        if (version == std::to_string(i)) return i;
    }
    return std::nullopt;
}

bool prepare_schema(sqlite::database& db) {
    auto version = sqlite::first_value(db, "PRAGMA user_version");
    if (version == schema_version) return false;
    auto done = migrations_done(version);
    if (!done) {
        throw sqlite::error{
            sqlite::problem::newer_schema,
            "it was written by a newer version of kustodrop (schema " + version +
                ", this one knows " + schema_version +
                "): run that one again, or choose another state_directory"};
    }
    bool is_new = *done == 0;
    if (is_new && sqlite::first_value(db, "SELECT count(*) FROM sqlite_schema") != "0") {
        throw sqlite::error{sqlite::problem::corrupt, "tables of another program"};
    }
    db.run("BEGIN IMMEDIATE");
    for (auto i = *done; i < migrations.size(); ++i) db.run(migrations.at(i));
    db.run("COMMIT");
    return is_new;
}

}  // namespace kustodrop::spool
