#include "emulator/engine/sqlite.hpp"

#include <cctype>
#include <sqlite3.h>

namespace kustodrop::emulator {

static constexpr int busy_milliseconds = 60'000;

static std::string_view argument(sqlite3_value* value) {
    auto* data = reinterpret_cast<const char*>(sqlite3_value_text(value));
    return {data ? data : "", static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

static bool is_of_a_term(char c) {
    auto byte = static_cast<unsigned char>(c);
    return std::isalnum(byte) || byte >= 0x80;
}

// Kusto's `has`: the needle stands in the text as a whole term.
static void has_term(sqlite3_context* context, int, sqlite3_value** values) {
    auto text = argument(values[0]);
    auto needle = argument(values[1]);
    for (auto at = text.find(needle); at != text.npos; at = text.find(needle, at + 1)) {
        auto end = at + needle.size();
        bool begins = at == 0 || !is_of_a_term(text[at - 1]);
        bool ends = end == text.size() || !is_of_a_term(text[end]);
        if (begins && ends) return sqlite3_result_int(context, 1);
    }
    sqlite3_result_int(context, 0);
}

// Kusto's tolong(): null for what is no number.
static void to_long(sqlite3_context* context, int, sqlite3_value** values) {
    auto type = sqlite3_value_numeric_type(values[0]);
    if (type != SQLITE_INTEGER && type != SQLITE_FLOAT) return sqlite3_result_null(context);
    sqlite3_result_int64(context, sqlite3_value_int64(values[0]));
}

static void define_functions(sqlite3* database) {
    static constexpr int pure = SQLITE_UTF8 | SQLITE_DETERMINISTIC;
    auto* none = static_cast<void*>(nullptr);
    sqlite3_create_function(database, "kusto_has", 2, pure, none, has_term, nullptr, nullptr);
    sqlite3_create_function(database, "kusto_long", 1, pure, none, to_long, nullptr, nullptr);
}

sqlite_connection::sqlite_connection(const std::string& file) {
    auto code = sqlite3_open(file.c_str(), &handle_);
    if (code != SQLITE_OK) {
        std::string why = handle_ ? sqlite3_errmsg(handle_) : sqlite3_errstr(code);
        sqlite3_close(handle_);
        throw sqlite_error(file + ": " + why);
    }
    sqlite3_busy_timeout(handle_, busy_milliseconds);
    define_functions(handle_);
    execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA case_sensitive_like=ON;");
}

sqlite_connection::~sqlite_connection() { sqlite3_close(handle_); }

void sqlite_connection::execute(const std::string& sql) {
    char* words = nullptr;
    if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, &words) == SQLITE_OK) return;
    std::string why = words ? words : "unknown";
    sqlite3_free(words);
    throw sqlite_error(why);
}

sqlite_statement::sqlite_statement(sqlite_connection& connection, std::string_view sql)
    : database_(connection.handle()) {
    auto size = static_cast<int>(sql.size());
    check(sqlite3_prepare_v2(database_, sql.data(), size, &statement_, nullptr));
}

sqlite_statement::~sqlite_statement() { sqlite3_finalize(statement_); }

void sqlite_statement::check(int code) const {
    if (code != SQLITE_OK) throw sqlite_error(sqlite3_errmsg(database_));
}

sqlite_statement& sqlite_statement::bind(std::string_view text) {
    check(sqlite3_bind_text64(
        statement_,
        ++bound_,
        text.data() ? text.data() : "",
        text.size(),
        SQLITE_TRANSIENT,
        SQLITE_UTF8
    ));
    return *this;
}

sqlite_statement& sqlite_statement::bind(std::int64_t number) {
    check(sqlite3_bind_int64(statement_, ++bound_, number));
    return *this;
}

sqlite_statement& sqlite_statement::bind_cell(const cell& value) {
    if (auto* text = std::get_if<std::string>(&value)) return bind(std::string_view(*text));
    if (auto* number = std::get_if<std::int64_t>(&value)) return bind(*number);
    if (auto* number = std::get_if<double>(&value)) {
        check(sqlite3_bind_double(statement_, ++bound_, *number));
    } else {
        check(sqlite3_bind_null(statement_, ++bound_));
    }
    return *this;
}

bool sqlite_statement::step() {
    auto code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) throw sqlite_error(sqlite3_errmsg(database_));
    return false;
}

void sqlite_statement::run() {
    while (step()) continue;
    reset();
}

void sqlite_statement::reset() {
    sqlite3_reset(statement_);
    bound_ = 0;
}

std::string sqlite_statement::text(int column) const {
    auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    if (!data) return {};
    return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::int64_t sqlite_statement::integer(int column) const {
    return sqlite3_column_int64(statement_, column);
}

cell sqlite_statement::value(int column) const {
    switch (sqlite3_column_type(statement_, column)) {
    case SQLITE_NULL:
        return {};
    case SQLITE_INTEGER:
        return integer(column);
    case SQLITE_FLOAT:
        return sqlite3_column_double(statement_, column);
    default:
        return text(column);
    }
}

int sqlite_statement::columns() const { return sqlite3_column_count(statement_); }

sqlite_transaction::sqlite_transaction(sqlite_connection& connection) : connection_(connection) {
    connection_.execute("BEGIN IMMEDIATE");
}

sqlite_transaction::~sqlite_transaction() {
    if (!open_) return;
    try {
        connection_.execute("ROLLBACK");
    } catch (const sqlite_error&) {
        // SQLite has rolled back by itself: a full disk does that.
    }
}

void sqlite_transaction::commit() {
    connection_.execute("COMMIT");
    open_ = false;
}

std::string sql_quoted(std::string_view name) {
    std::string out = "\"";
    for (char c : name) {
        if (c == '"') out += '"';
        out += c;
    }
    return out + '"';
}

}  // namespace kustodrop::emulator
