#include "simulation/audit.hpp"

#include "core/spool/reading/gunzip.hpp"
#include "simulation/service/storage_model.hpp"
#include "spool/journal/journal.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace kustodrop::simulation {

namespace files = std::filesystem;

static std::string content_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

// Only their names identify empty and broken files.
static drop* by_name(ledger& book, const std::string& name) {
    auto at = name.find("file-");
    if (at == std::string::npos) return nullptr;
    return book.find(static_cast<unsigned>(std::strtoul(name.c_str() + at + 5, nullptr, 10)));
}

ledger::piece audit::piece_in(const std::string& path, const std::string& name) {
    auto bytes = content_of(path);
    auto* named = by_name(book_, name);
    bool opaque = named && named->kind == drop_kind::broken_gzip;
    if (bytes.empty() || opaque) return {named, 0, named ? named->records : 0};
    if (name.find(".gz") != std::string::npos) bytes = test::gunzip(bytes);
    // Its writer may be within a record: it always ends what it has begun.
    bool is_written = named && named->archived_records;
    if (is_written) bytes.resize(bytes.size() - bytes.size() % ledger::record_bytes);
    return book_.recognize(bytes, path);
}

void audit::look_at_archive() {
    auto root = folder_ + "/.kustodrop/archive";
    std::error_code absent;
    std::set<std::string> news;
    for (files::recursive_directory_iterator at(root, absent), end; at != end;
         at.increment(absent)) {
        if (at->is_regular_file() && !archived_.contains(at->path())) news.insert(at->path());
    }
    for (auto& path : news) {
        archived_.insert(path);
        auto what = piece_in(path, files::path(path).filename());
        if (!what.of || what.of->kind == drop_kind::empty) continue;
        // What is written there later is shipped from there.
        auto end =
            std::min(what.first + what.count, what.of->archived_records.value_or(what.of->records));
        for (auto i = what.first; i < end; ++i) {
            if (what.of->confirmed[i]) continue;
            world_.wrong("archived before the service said so: " + what.of->name);
            break;
        }
    }
}

void audit::check_sidecar(const std::string& path) {
    auto text = content_of(path);
    if (text.find(canary) != std::string::npos) world_.wrong("a secret in a sidecar: " + text);
    static constexpr std::string_view never_to_blame[] = {
        "InvalidAuthenticationInfo",
        "AccountBeingCreated",
        "LeaseIdMissing",
        "UnsupportedHeader",
        "InvalidInput",
        "UnsupportedMediaType",
        "FeatureVersionMismatch",
        "InvalidKustoIdentityToken"};
    for (auto code : never_to_blame) {
        if (text.find(code) != std::string::npos) world_.wrong("a file is blamed: " + text);
    }
    if (text.find("\"code\": \"\"") != std::string::npos) {
        world_.wrong("a sidecar that gives no reason: " + text);
    }
}

std::vector<audit::found> audit::find_all() {
    std::vector<found> out;
    std::error_code absent;
    std::set<std::string> paths;
    for (files::recursive_directory_iterator at(folder_, absent), end; at != end;
         at.increment(absent)) {
        if (at->is_regular_file()) paths.insert(at->path());
    }
    for (auto& path : paths) {
        auto relative = path.substr(folder_.size() + 1);
        if (relative == ".kustodrop/lock") continue;
        found one;
        one.path = path;
        if (relative.starts_with(".kustodrop/work")) one.where = room::work;
        if (relative.starts_with(".kustodrop/archive")) one.where = room::archive;
        if (relative.starts_with(".kustodrop/quarantine")) one.where = room::quarantine;
        if (path.ends_with(".error.json")) {
            check_sidecar(path);
            continue;
        }
        one.explained = paths.contains(path + ".error.json");
        one.what = piece_in(path, files::path(path).filename());
        out.push_back(std::move(one));
    }
    return out;
}

bool audit::is_safe(const drop& one, const std::vector<const found*>& copies) {
    auto& sky = world_.sky;
    bool was_down = sky.occurred(fault::crash) + sky.occurred(fault::restart) > 0;
    // What is written in the archive while the daemon is down is found by its retention, which is
    // not a part of this.
    auto due = was_down && one.archived_records ? *one.archived_records : one.ingested.size();
    auto delivered = std::all_of(
        one.ingested.begin(),
        one.ingested.begin() + static_cast<std::ptrdiff_t>(due),
        [](auto times) { return times > 0; }
    );
    bool should_arrive = one.kind == drop_kind::plain || one.kind == drop_kind::gzip;
    if (should_arrive && delivered) return true;
    if (one.kind == drop_kind::empty) return true;
    // A failure of any copy but the last is only kept in memory, and is lost with the process.
    bool notifications_get_lost = was_down || sky.occurred(fault::lost_notification) > 0 ||
                                  sky.occurred(fault::forgotten_operation) > 0;
    for (auto* copy : copies) {
        bool whole = copy->what.first == 0 && copy->what.count == one.records;
        if (!whole) continue;
        if (copy->where == room::quarantine && copy->explained) return true;
        // Unconfirmed: it waits for a late notification or for the operator, in the archive where
        // what was added there is on its way.
        auto place = copy->path.substr(folder_.size() + 1);
        bool waits = copy->where == room::work || unconfirmed_.contains(place);
        if (waits && notifications_get_lost) return true;
    }
    return false;
}

std::set<std::string> audit::unconfirmed_places() const {
    std::set<std::string> out;
    spool::journal_query query;
    query.outcome = spool::outcome::unconfirmed;
    auto rows = spool::read_journal(journal_, query);
    if (rows.has_error()) return out;
    for (auto& row : *rows) {
        if (std::holds_alternative<spool::stage::retired>(row.source.stage)) continue;
        for (auto& file : row.source.slices) out.insert(file.location);
    }
    return out;
}

std::uint64_t audit::settle_accounts() {
    look_at_archive();
    unconfirmed_ = unconfirmed_places();
    auto all = find_all();
    std::map<const drop*, std::vector<const found*>> copies;
    for (auto& one : all) copies[one.what.of].push_back(&one);
    std::uint64_t lost = 0;
    for (auto& [number, one] : book_.drops()) {
        auto& here = copies[&one];
        if (one.optional || is_safe(one, here)) continue;
        ++lost;
        std::string where;
        for (auto* copy : here) where += " " + copy->path.substr(folder_.size() + 1);
        world_.wrong("lost: " + one.name + (where.empty() ? ", gone" : ", but found at" + where));
    }
    return lost;
}

}  // namespace kustodrop::simulation
