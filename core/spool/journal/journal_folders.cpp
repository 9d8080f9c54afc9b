#include "spool/journal/journal_folders.hpp"

#include "sqlite/statement.hpp"

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kustodrop::spool {

// In the table meta, of which the rows are few: "folder:WATCH" has "DEVICE INODE PATH", and
// "former:WATCH" the name that a watch of that name has by now.
static constexpr std::string_view folder_key = "folder:";
static constexpr std::string_view former_key = "former:";

// The name is that of a watch again: what is recorded under it is of that one.
static void forget_former(const sqlite::database& db, const std::string& watch) {
    sqlite::statement forget(db, "DELETE FROM meta WHERE key = ?1");
    forget.bind(std::string(former_key) + watch).run();
}

void write_folder(const sqlite::database& db, const folder_record& where) {
    auto value =
        std::to_string(where.device) + " " + std::to_string(where.inode) + " " + where.path;
    sqlite::statement write(db, "INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)");
    write.bind(std::string(folder_key) + where.watch, sqlite::blob{value}).run();
    forget_former(db, where.watch);
}

void rename_folder(const sqlite::database& db, const std::string& from, const std::string& to) {
    sqlite::statement rename(db, "UPDATE OR REPLACE meta SET key = ?2 WHERE key = ?1");
    rename.bind(std::string(folder_key) + from, std::string(folder_key) + to).run();
    forget_former(db, to);
    sqlite::statement write(db, "INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)");
    write.bind(std::string(former_key) + from, sqlite::blob{to}).run();
}

bool has_former_names(const sqlite::database& db, const std::string& watch) {
    sqlite::statement found(
        db, "SELECT 1 FROM meta WHERE key >= 'former:' AND key < 'former;' AND value = ?1"
    );
    found.bind(sqlite::blob{watch});
    return found.step();
}

static std::optional<std::uint64_t> parse_natural(std::string_view text) {
    std::uint64_t out = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return out;
}

static std::optional<folder_record> parse_folder(std::string_view watch, std::string_view value) {
    auto first = value.find(' ');
    auto second = first == std::string_view::npos ? first : value.find(' ', first + 1);
    if (second == std::string_view::npos) return std::nullopt;
    auto device = parse_natural(value.substr(0, first));
    auto inode = parse_natural(value.substr(first + 1, second - first - 1));
    if (!device || !inode) return std::nullopt;
    return folder_record{
        std::string(watch), std::string(value.substr(second + 1)), *device, *inode};
}

std::vector<folder_record> read_folders(const sqlite::database& db) {
    std::vector<folder_record> out;
    sqlite::statement rows(db, "SELECT key, value FROM meta WHERE key >= ?1 AND key < 'folder;'");
    rows.bind(folder_key);
    while (rows.step()) {
        auto key = rows.bytes(0);
        auto found = parse_folder(std::string_view(key).substr(folder_key.size()), rows.bytes(1));
        if (found) out.push_back(std::move(*found));
    }
    return out;
}

}  // namespace kustodrop::spool
