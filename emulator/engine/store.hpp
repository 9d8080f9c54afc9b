#pragma once

#include "base/result.hpp"
#include "emulator/engine/stored_tables.hpp"
#include "emulator/schema/catalog.hpp"
#include "emulator/schema/cells.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::emulator {

/// What became of one message: one for every message taken, so that duplicates are visible.
struct ingestion_record {
    std::string message_id;  // The queue's. A message that was given out again is known by it.
    std::string source_id;
    std::string blob;  // Without its SAS.
    std::string database;
    std::string table;
    std::string operation_id;
    std::uint64_t rows = 0;
    std::uint64_t raw_bytes = 0;
    std::string status;  // "succeeded", "failed", "skipped".
    std::string code;
    std::string details;
    std::string at;  // ISO 8601.
};

/// The extent properties of the rows of one blob.
struct row_marks {
    std::vector<std::string> tags;
    std::string creation_time;
};

/// Rows as a query returns them.
struct row_set {
    std::vector<std::vector<cell>> rows;
    bool too_large = false;  // There were more than may be answered.
};

/// Tables, rows, mappings, tags and the record of every message, in one SQLite file that others
/// may open and read: a Kusto table is the SQL table "Database.Table" with the hidden columns
/// $source_id, $tags and $creation_time. Blocks; any thread.
class store {
public:
    /// An empty name means a temporary file. Throws sqlite::error.
    explicit store(std::string file);
    ~store();

    catalog load();

    void add_database(const std::string& database);
    /// Creates the table, or adds the columns it lacks.
    void put_table(const table_schema& table);
    void drop_table(const std::string& database, const std::string& table);
    void clear_table(const std::string& database, const std::string& table);
    void put_mapping(const mapping& mapping);
    void drop_mapping(const mapping& mapping);
    void put_function(const stored_function& function);
    /// False: there is none of that name.
    bool drop_function(const std::string& database, const std::string& name);

    /// What the store is called with for each row of a blob.
    using row_adder = std::function<void(const std::vector<cell>& row)>;
    /// Gives all rows of a blob to `add` and fills the record's counts.
    using row_source = std::function<result<>(const row_adder& add, ingestion_record& record)>;

    /// All rows, the tags and the record, or nothing of it and the failure. `marks` null: the rows
    /// are not kept. A storage problem here is a failure to retry.
    result<ingestion_record> ingest(
        ingestion_record record,
        const table_schema& table,
        const row_marks* marks,
        row_source source
    );

    result<> record(const ingestion_record& record);
    std::optional<ingestion_record> find_message(const std::string& message_id);

    /// Whether rows came in under one of these "ingest-by:" tags.
    bool has_any_tag(const table_schema& table, const std::vector<std::string>& values);

    std::vector<ingestion_record> failures(const std::string& database);

    std::optional<stored_table> find_table(const std::string& database, const std::string& table);
    /// All functions of a database, or the one of that name.
    std::vector<stored_function> find_functions(
        const std::string& database, const std::optional<std::string>& name
    );
    /// Runs a SELECT beside a writer. Throws sqlite::error.
    row_set select(const std::string& sql, const std::vector<cell>& parameters);

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace kustodrop::emulator
