#include "spool/journal/journal_tables.hpp"

#include "base/text.hpp"
#include "spool/journal/rows/rest_post_text.hpp"
#include "sqlite/error.hpp"

#include <string_view>
#include <type_traits>

namespace kustodrop::spool {

const char* const source_rows::columns =
    "id, watch, target, stage, stage_at, claimed_at, changed_at, attempts, posts, ambiguous_posts,"
    " account, container, blob, raw_bytes, stored_bytes, outcome, code, details, operation_id,"
    " outcome_at, last_post_at, heard, heard_code, heard_details, heard_operation_id, heard_at,"
    " heard_posts, begun, reported, rest_posts, records, cluster";

// An update in place: replacing the row would move it in every index.
static std::string upsert_sql() {
    std::string values;
    std::string updates;
    for (int number = 0; auto column : split(source_rows::columns, ',')) {
        std::string name(trimmed(column));
        values += (number == 0 ? "?" : ", ?") + std::to_string(number + 1);
        if (number > 0) updates += (number == 1 ? "" : ", ") + name + " = excluded." + name;
        ++number;
    }
    return std::string("INSERT INTO sources (") + source_rows::columns + ") VALUES (" + values +
           ") ON CONFLICT (id) DO UPDATE SET " + updates;
}

static constexpr auto slice_sql =
    "INSERT INTO slices (source_id, position, name, location, offset, length_bytes, device, inode,"
    " size_bytes, modified_ns, changed_ns, start_check, end_check, head_bytes, log_id)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, nullif(?15, ''))"
    " ON CONFLICT (source_id, position) DO UPDATE SET name = ?3, location = ?4, offset = ?5,"
    " length_bytes = ?6, device = ?7, inode = ?8, size_bytes = ?9, modified_ns = ?10,"
    " changed_ns = ?11, start_check = ?12, end_check = ?13, head_bytes = ?14,"
    " log_id = nullif(?15, '')";

source_rows::source_rows(const sqlite::database& db)
    : write_source_(db, upsert_sql()),
      write_slice_(db, slice_sql),
      read_slices_(
          db,
          "SELECT name, location, offset, length_bytes, device, inode, size_bytes, modified_ns,"
          " changed_ns, start_check, end_check, head_bytes, log_id FROM slices WHERE source_id = ?1"
          " ORDER BY position"
      ),
      erase_slices_(db, "DELETE FROM slices WHERE source_id = ?1 AND position >= ?2"),
      erase_source_(db, "DELETE FROM sources WHERE id = ?1"),
      // What succeeded was shipped under the former name, and there may be a million.
      rename_watch_(
          db,
          "UPDATE sources INDEXED BY sources_unretired SET watch = ?2"
          " WHERE watch = ?1 AND stage <> 'retired'"
      ),
      rename_failed_(
          db,
          "UPDATE sources INDEXED BY sources_outcome SET watch = ?2"
          " WHERE watch = ?1 AND outcome IN ('failed', 'rejected')"
      ) {}

static std::optional<wall_time> time_of(const any_stage& at) {
    if (auto* posting = std::get_if<stage::posting>(&at)) return posting->at;
    if (auto* posted = std::get_if<stage::posted>(&at)) return posted->at;
    if (auto* retired = std::get_if<stage::retired>(&at)) return retired->at;
    return std::nullopt;
}

// A member of what may be absent, as the statement binds it: text without a copy.
template <class Whole, class Part>
static auto part_of(const Whole* whole, Part Whole::*part) {
    using bound = std::conditional_t<std::is_same_v<Part, std::string>, std::string_view, Part>;
    return whole ? std::optional<bound>(whole->*part) : std::nullopt;
}

static std::string joined_keys(const std::vector<std::string>& keys) {
    std::string out;
    for (auto& key : keys) out += (out.empty() ? "" : " ") + key;
    return out;
}

static constexpr unsigned queue_bit = 1;
static constexpr unsigned table_bit = 2;
static constexpr unsigned operation_bit = 4;
static constexpr unsigned answer_bit = 8;

static unsigned bits_of(const report_places& reported) {
    return (reported.in_queue ? queue_bit : 0) | (reported.in_table ? table_bit : 0) |
           (reported.in_operation ? operation_bit : 0) | (reported.in_answer ? answer_bit : 0);
}

void source_rows::write(const source_change& change) {
    auto& s = change.source;
    auto* stored = blob_of(s.stage);
    auto* record = outcome_of(s.stage);
    auto* failed = s.last_failure ? &*s.last_failure : nullptr;
    auto said = record ? std::optional(to_string(record->outcome)) : std::nullopt;
    write_source_.run_with(
        s.id,
        s.watch,
        s.target,
        name_of(s.stage),
        time_of(s.stage),
        s.claimed_at,
        change.changed_at,
        s.attempts,
        s.posts,
        s.ambiguous_posts,
        part_of(stored, &blob_record::account),
        part_of(stored, &blob_record::container),
        part_of(stored, &blob_record::name),
        part_of(stored, &blob_record::raw_bytes),
        part_of(stored, &blob_record::stored_bytes),
        said,
        part_of(record, &outcome_record::code),
        part_of(record, &outcome_record::details),
        part_of(record, &outcome_record::operation_id),
        part_of(record, &outcome_record::at),
        s.last_post_at,
        joined_keys(s.failure_keys),
        part_of(failed, &outcome_record::code),
        part_of(failed, &outcome_record::details),
        part_of(failed, &outcome_record::operation_id),
        part_of(failed, &outcome_record::at),
        s.posts_before_failure,
        s.begun,
        bits_of(s.reported),
        rest_posts_text(s.rest_posts),
        s.records,
        s.cluster ? std::string_view(*s.cluster) : std::string_view()
    );
    write_slices(s);
}

// Most records of a source leave its slices as they were: then no page of theirs is written, and
// mostly none is read.
void source_rows::write_slices(const source& s) {
    if (known_slices_.are(s)) return;
    auto there = read_slices(s.id);
    if (there.size() > s.slices.size()) {
        erase_slices_.bind(s.id, std::uint64_t(s.slices.size())).run();
    }
    for (std::size_t i = 0; i < s.slices.size(); ++i) {
        if (i < there.size() && there[i] == s.slices[i]) continue;
        write_slice(s.id, i, s.slices[i]);
    }
    known_slices_.remember(s);
}

void source_rows::write_slice(const std::string& id, std::size_t position, const slice& one) {
    auto& identity = one.identity;
    write_slice_.run_with(
        id,
        std::uint64_t(position),
        sqlite::blob{one.name},
        sqlite::blob{one.location},
        one.offset,
        one.length_bytes,
        identity.device,
        identity.inode,
        identity.size_bytes,
        identity.modified_ns,
        identity.changed_ns,
        one.start_check,
        one.end_check,
        one.head_bytes,
        one.log_id ? std::string_view(*one.log_id) : std::string_view()
    );
}

void source_rows::erase(const std::string& id) {
    known_slices_.forget_all();
    erase_slices_.bind(id, std::uint64_t(0)).run();
    erase_source_.bind(id).run();
}

void source_rows::rename_watch(const renamed_change& change) {
    rename_watch_.bind(change.from, change.to).run();
    rename_failed_.bind(change.from, change.to).run();
}

static file_identity read_identity(const sqlite::statement& row, int first) {
    file_identity identity;
    identity.device = row.natural(first);
    identity.inode = row.natural(first + 1);
    identity.size_bytes = row.natural(first + 2);
    identity.modified_ns = row.integer(first + 3);
    identity.changed_ns = row.integer(first + 4);
    return identity;
}

std::vector<slice> source_rows::read_slices(const std::string& id) {
    std::vector<slice> slices;
    read_slices_.bind(id);
    while (read_slices_.step()) {
        auto& row = read_slices_;
        auto log_id = row.bytes(12);
        slices.push_back(
            {row.bytes(0),
             row.bytes(1),
             row.natural(2),
             row.natural(3),
             read_identity(row, 4),
             static_cast<std::uint32_t>(row.natural(9)),
             static_cast<std::uint32_t>(row.natural(10)),
             row.natural(11),
             log_id.empty() ? boxed<std::string>() : boxed<std::string>(std::move(log_id))}
        );
    }
    return slices;
}

static outcome read_outcome(const sqlite::statement& row, int column) {
    auto said = parse_outcome(row.bytes(column));
    if (!said)
        throw sqlite::error{sqlite::problem::corrupt, "no outcome is called " + row.bytes(column)};
    return *said;
}

static any_stage read_stage(const sqlite::statement& row) {
    auto name = row.bytes(3);
    auto at = row.time(4);
    blob_record stored{
        row.bytes(10), row.bytes(11), row.bytes(12), row.natural(13), row.natural(14)};
    if (name == "claimed") return stage::claimed{};
    if (name == "uploaded") return stage::uploaded{stored};
    if (name == "posting") return stage::posting{stored, at};
    if (name == "posted") return stage::posted{stored, at};
    outcome_record record{
        read_outcome(row, 15), row.bytes(16), row.bytes(17), row.bytes(18), row.time(19)};
    if (name == "settled") return stage::settled{record};
    if (name == "retired") return stage::retired{record, at};
    throw sqlite::error{sqlite::problem::corrupt, "no stage is called " + name};
}

journal_row source_rows::read(const sqlite::statement& row) {
    journal_row read;
    auto& s = read.source;
    s.id = row.bytes(0);
    s.watch = row.bytes(1);
    s.target = row.bytes(2);
    s.stage = read_stage(row);
    s.claimed_at = row.time(5);
    read.changed_at = row.time(6);
    s.attempts = static_cast<unsigned>(row.integer(7));
    s.posts = static_cast<unsigned>(row.integer(8));
    s.ambiguous_posts = static_cast<unsigned>(row.integer(9));
    s.last_post_at = row.time(20);
    auto keys = row.bytes(21);
    for (auto key : split(keys, ' ')) {
        if (!key.empty()) s.failure_keys.emplace_back(key);
    }
    auto code = row.bytes(22);
    if (!s.failure_keys.empty() && !code.empty()) {
        s.last_failure =
            outcome_record{outcome::failed, code, row.bytes(23), row.bytes(24), row.time(25)};
    }
    s.slices = read_slices(s.id);
    s.posts_before_failure = static_cast<unsigned>(row.integer(26));
    s.begun = static_cast<unsigned>(row.integer(27));
    auto reported = static_cast<unsigned>(row.integer(28));
    s.reported.in_queue = (reported & queue_bit) != 0;
    s.reported.in_table = (reported & table_bit) != 0;
    s.reported.in_operation = (reported & operation_bit) != 0;
    s.reported.in_answer = (reported & answer_bit) != 0;
    s.rest_posts = parse_rest_posts(row.bytes(29));
    if (!row.bytes(30).empty()) s.records = row.natural(30);
    if (auto cluster = row.bytes(31); !cluster.empty()) s.cluster = std::move(cluster);
    return read;
}

kept_rows::kept_rows(const sqlite::database& db)
    : write_(
          db,
          "INSERT OR REPLACE INTO kept_files (watch, name, source_id, outcome, device, inode,"
          " size_bytes, modified_ns, changed_ns, born_ns)"
          " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
      ),
      erase_(db, "DELETE FROM kept_files WHERE watch = ?1 AND name = ?2"),
      rename_watch_(db, "UPDATE OR REPLACE kept_files SET watch = ?2 WHERE watch = ?1"),
      read_(
          db,
          "SELECT name, source_id, outcome, device, inode, size_bytes, modified_ns, changed_ns,"
          " born_ns FROM kept_files WHERE watch = ?1 ORDER BY name"
      ) {}

void kept_rows::write(const kept_file& file) {
    auto& identity = file.identity;
    write_
        .bind(
            file.watch,
            sqlite::blob{file.name},
            file.source_id,
            to_string(file.outcome),
            identity.device,
            identity.inode,
            identity.size_bytes,
            identity.modified_ns,
            identity.changed_ns,
            identity.born_ns
        )
        .run();
}

void kept_rows::erase(const forgotten_change& file) {
    erase_.bind(file.watch, sqlite::blob{file.name}).run();
}

void kept_rows::rename_watch(const renamed_change& change) {
    rename_watch_.bind(change.from, change.to).run();
}

std::vector<kept_file> kept_rows::read(const std::string& watch) {
    std::vector<kept_file> files;
    read_.bind(watch);
    while (read_.step()) {
        auto identity = read_identity(read_, 3);
        identity.born_ns = read_.integer(8);
        files.push_back({watch, read_.bytes(0), identity, read_.bytes(1), read_outcome(read_, 2)});
    }
    return files;
}

}  // namespace kustodrop::spool
