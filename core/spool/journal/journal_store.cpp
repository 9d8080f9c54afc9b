#include "spool/journal/journal_store.hpp"

#include "base/glob.hpp"
#include "base/text.hpp"
#include "spool/journal/files/journal_files.hpp"
#include "spool/journal/journal_folders.hpp"
#include "spool/journal/journal_pages.hpp"
#include "spool/journal/journal_schema.hpp"
#include "spool/journal/journal_tables.hpp"
#include "spool/journal/rows/log_table.hpp"
#include "sqlite/error.hpp"
#include "sqlite/online_copy.hpp"
#include "sqlite/transaction.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace kustodrop::spool {

static constexpr std::size_t rows_a_page = 1000;
static constexpr std::size_t forgotten_a_call = 1000;
static constexpr int pages_a_part = 256;  // One MiB.

// quick_check reads the whole file: for so little it takes no time worth saving.
static constexpr std::uint64_t always_checked_bytes = 16ull << 20;

// Checked one after the other, so that what is written meanwhile waits for one only.
static constexpr std::array parts{
    "PRAGMA quick_check(sources)",
    "PRAGMA quick_check(slices)",
    "PRAGMA quick_check(kept_files)",
    "PRAGMA quick_check(logs)"};

struct journal_store::tables {
    tables(const std::string& uri, sqlite::access how) : db(uri, how) {}

    sqlite::database db;
    std::optional<source_rows> sources;
    std::optional<kept_rows> kept;
    std::optional<log_rows> logs;
    bool is_new = false;
    bool unchecked = false;
    std::vector<std::string> refused;
    std::optional<sqlite::online_copy> copy;

    void write(const journal_change& change);
    void write_group(const journal_group& changes);
    void write_all(const journal_group& changes);
    void write_each(const journal_group& changes);
};

void journal_store::tables::write(const journal_change& change) {
    if (auto* source = std::get_if<source_change>(&change)) {
        sources->write(*source);
    } else if (auto* file = std::get_if<kept_change>(&change)) {
        kept->write(file->file);
    } else if (auto* regrouped = std::get_if<regrouped_change>(&change)) {
        for (auto& part : regrouped->sources) sources->write(part);
    } else if (auto* renamed = std::get_if<renamed_change>(&change)) {
        sources->rename_watch(*renamed);
        kept->rename_watch(*renamed);
        logs->rename_watch(renamed->from, renamed->to);
        rename_folder(db, renamed->from, renamed->to);
    } else if (auto* where = std::get_if<folder_change>(&change)) {
        write_folder(db, where->folder);
    } else if (auto* cut = std::get_if<cut_change>(&change)) {
        sources->write(cut->source);
        for (auto& log : cut->logs) logs->write(log);
    } else if (auto* looked = std::get_if<logs_change>(&change)) {
        for (auto& log : looked->written) logs->write(log);
        for (auto number : looked->forgotten) logs->erase(looked->watch, number);
    } else {
        kept->erase(std::get<forgotten_change>(change));
    }
}

void journal_store::tables::write_all(const journal_group& changes) {
    sqlite::transaction whole(db);
    for (auto& one : changes) write(*one);
    whole.commit();
}

// One of them is refused, again and again: the others must not wait for it.
void journal_store::tables::write_each(const journal_group& changes) {
    sqlite::transaction whole(db);
    for (auto& one : changes) {
        db.run("SAVEPOINT one");
        try {
            write(*one);
        } catch (const sqlite::error& error) {
            if (error.kind() != sqlite::problem::constraint) throw;
            refused.push_back(subject_of(*one) + ": " + error.what());
            db.run("ROLLBACK TO one");
            sources->rolled_back();
        }
        db.run("RELEASE one");
    }
    whole.commit();
}

void journal_store::tables::write_group(const journal_group& changes) {
    try {
        write_all(changes);
        return;
    } catch (const sqlite::error& error) {
        sources->rolled_back();
        if (error.kind() != sqlite::problem::constraint) throw;
    }
    try {
        write_each(changes);
    } catch (const sqlite::error&) {
        sources->rolled_back();
        throw;
    }
}

static failure failure_of(const sqlite::error& error) {
    auto fail = [&](errc code, remedy next) {
        auto number = " (SQLite " + std::to_string(error.code()) + ")";
        return failure{code, next, "journal: " + std::string(error.what()) + number};
    };
    switch (error.kind()) {
    case sqlite::problem::locked:
        return fail(errc::journal_locked, remedy::retry);
    case sqlite::problem::corrupt:
    case sqlite::problem::constraint:  // Where nothing is written that could break one.
        return fail(errc::journal_corrupt, remedy::give_up);
    case sqlite::problem::newer_schema:
        return fail(errc::journal_newer, remedy::reconfigure);
    case sqlite::problem::disk_full:
        return fail(errc::disk_full, remedy::retry);
    case sqlite::problem::cannot_open: {
        auto out = fail(errc::journal_unopenable, remedy::reconfigure);
        out.hint = "look whether its folder is there and whose rights it has";
        return out;
    }
    case sqlite::problem::other:
        break;
    }
    return fail(errc::journal_io, remedy::retry);
}

// The border of the wall: inside, trouble is thrown; outside, it is a value.
template <class Value, class Work>
static result<Value> guarded(Work work) {
    try {
        return work();
    } catch (const sqlite::error& error) {
        return failure_of(error);
    }
}

static void check(sqlite::database& db, const char* question) {
    auto said = sqlite::first_value(db, question);
    if (said != "ok") throw sqlite::error{sqlite::problem::corrupt, said};
}

result<std::unique_ptr<journal_store>> journal_store::open(
    const std::string& path, store_access access
) {
    using opened = std::unique_ptr<journal_store>;
    return guarded<opened>([&]() -> result<opened> {
        bool copying = access == store_access::as_it_is;
        bool reading = access == store_access::read_only || copying;
        auto wal_bytes = size_of_file(path + "-wal");
        // Without a write-ahead log no one is writing, and reading needs no lock file, which
        // it may be forbidden to create here.
        auto uri = database_uri(path, reading && wal_bytes == 0 ? "?immutable=1" : "");
        using how = sqlite::access;
        auto fresh = std::make_unique<tables>(uri, reading ? how::read_only : how::read_and_write);
        auto& db = fresh->db;
        db.set_busy_timeout(500ms);
        db.run("PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF;");
        db.run("PRAGMA temp_store = MEMORY; PRAGMA cache_size = -2048;");
        if (!reading) {
            // Exclusive: a second process stays out, and no shared memory file is needed.
            db.run("PRAGMA locking_mode = EXCLUSIVE; PRAGMA auto_vacuum = INCREMENTAL;");
            db.run("PRAGMA journal_mode = WAL; PRAGMA journal_size_limit = 16777216;");
            bool synced = access == store_access::exclusive;
            db.run(synced ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = OFF");
            // Takes the lock for good.
            db.run("BEGIN IMMEDIATE; COMMIT;");
            bool small = size_of_file(path) <= always_checked_bytes;
            if (small) check(db, "PRAGMA quick_check(1)");
            // A write-ahead log was left: the last run did not end cleanly.
            fresh->unchecked = !small && wal_bytes > 0;
            fresh->is_new = prepare_schema(db);
        } else if (!copying && sqlite::first_value(db, "PRAGMA user_version") != schema_version) {
            // A reader must not upgrade an older one, but may upgrade a copy.
            auto copy = std::make_unique<tables>(":memory:", how::read_and_write);
            copy->db.copy_from(db);
            prepare_schema(copy->db);
            fresh = std::move(copy);
        }
        if (copying) return opened(new journal_store(std::move(fresh)));
        fresh->sources.emplace(fresh->db);
        fresh->kept.emplace(fresh->db);
        fresh->logs.emplace(fresh->db);
        return opened(new journal_store(std::move(fresh)));
    });
}

journal_store::journal_store(std::unique_ptr<tables> tables) : tables_(std::move(tables)) {}
journal_store::~journal_store() = default;

bool journal_store::is_new() const { return tables_->is_new; }

std::size_t journal_store::parts_to_check() const { return tables_->unchecked ? parts.size() : 0; }

result<void> journal_store::check_part(std::size_t part) {
    return guarded<void>([&]() -> result<void> {
        check(tables_->db, parts.at(part));
        return {};
    });
}

bool journal_store::is_displaced() const { return tables_->db.has_moved(); }

result<void> journal_store::write(const journal_group& changes) {
    return guarded<void>([&]() -> result<void> {
        tables_->write_group(changes);
        return {};
    });
}

std::vector<std::string> journal_store::take_refused() {
    return std::exchange(tables_->refused, {});
}

result<void> journal_store::each_unretired(const visitor& visit) {
    return guarded<void>([&]() -> result<void> {
        sqlite::statement rows(tables_->db, unretired_sql());
        while (rows.step()) visit(std::move(tables_->sources->read(rows).source));
        return {};
    });
}

result<std::vector<kept_file>> journal_store::kept(const std::string& watch) {
    return guarded<std::vector<kept_file>>([&]() -> result<std::vector<kept_file>> {
        return tables_->kept->read(watch);
    });
}

result<std::vector<folder_record>> journal_store::folders() {
    using folders = std::vector<folder_record>;
    return guarded<folders>([&]() -> result<folders> { return read_folders(tables_->db); });
}

result<std::vector<log_record>> journal_store::logs(const std::string& watch) {
    return guarded<std::vector<log_record>>([&]() -> result<std::vector<log_record>> {
        return tables_->logs->read(watch);
    });
}

// What the database has no index for. Of several files those that are asked for are left.
static bool matches(const journal_query& query, source& s) {
    if (query.stage && name_of(s.stage) != *query.stage) return false;
    if (!query.file_glob) return true;
    std::erase_if(s.slices, [&](auto& slice) {
        return !glob_matches(*query.file_glob, slice.name);
    });
    return !s.slices.empty();
}

static void bind_file(sqlite::statement& rows, const std::optional<slice>& file) {
    std::optional<sqlite::blob> location;
    std::optional<sqlite::blob> name;
    std::optional<std::uint64_t> inode;
    if (file) {
        location = sqlite::blob{file->location};
        name = sqlite::blob{file->name};
        inode = file->identity.inode;
    }
    rows.bind_more(location, name, inode);
}

result<journal_page> journal_store::page(
    const journal_query& query, const journal_cursor& from, std::size_t limit
) {
    return guarded<journal_page>([&]() -> result<journal_page> {
        bool has_former = query.watch && has_former_names(tables_->db, *query.watch);
        sqlite::statement rows(tables_->db, page_sql(query, has_former));
        std::optional<std::string_view> said;
        if (query.outcome) said = to_string(*query.outcome);
        std::optional<std::string> id;
        if (query.source_id) id = to_lower(*query.source_id);
        auto since = query.since ? query.since->time_since_epoch().count() : INT64_MIN;
        rows.bind(
            from.changed_at_us, from.id, since, said, id, std::uint64_t(rows_a_page), query.watch
        );
        bind_file(rows, query.file);
        journal_page page;
        std::size_t seen = 0;
        std::size_t files = 0;
        while (files < limit && seen < rows_a_page && rows.step()) {
            ++seen;
            page.next = {rows.integer(6), rows.bytes(0)};
            auto row = tables_->sources->read(rows);
            row.files = row.source.slices.size();
            if (!matches(query, row.source)) continue;
            files += std::max<std::size_t>(1, row.source.slices.size());
            page.rows.push_back(std::move(row));
        }
        if (seen < rows_a_page || files >= limit) page.next.reset();
        return page;
    });
}

result<std::size_t> journal_store::forget_retired(wall_time before) {
    auto said = guarded<std::size_t>([&]() -> result<std::size_t> {
        sqlite::statement old(tables_->db, old_ones_sql());
        old.bind(before, std::uint64_t(forgotten_a_call));
        std::vector<std::string> ids;
        while (old.step()) ids.push_back(old.bytes(0));
        if (ids.empty()) return ids.size();
        tables_->db.run("BEGIN IMMEDIATE");
        for (auto& id : ids) tables_->sources->erase(id);
        tables_->db.run("COMMIT");
        tables_->db.run("PRAGMA incremental_vacuum(256)");
        return ids.size();
    });
    if (!said) tables_->db.roll_back();
    return said;
}

result<bool> journal_store::copy_part(const std::string& path, bool begins) {
    auto& copy = tables_->copy;
    auto said = guarded<bool>([&]() -> result<bool> {
        if (begins) {
            copy.reset();
            if (!begin_private_file(path)) {
                throw sqlite::error(sqlite::problem::cannot_open, path + ": cannot be written");
            }
            copy.emplace(tables_->db, path);
        }
        // The journal was set aside, and the copy with it.
        if (!copy) throw sqlite::error(sqlite::problem::locked, "copy: it was interrupted");
        bool more = copy->step(pages_a_part);
        return {boost::system::in_place_value, more};
    });
    if (!said || !*said) copy.reset();
    return said;
}

}  // namespace kustodrop::spool
