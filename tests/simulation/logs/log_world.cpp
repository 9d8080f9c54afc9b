#include "simulation/logs/log_world.hpp"

#include "pipeline/following/cutter.hpp"

#include <algorithm>
#include <filesystem>

namespace kustodrop::simulation {

// The writers' longest ones are shorter.
static constexpr std::uint64_t longest_record = 10u << 10u;

// After the last fault every pause is over.
static constexpr duration longest_pause = 16min;

// Until a folder that is back, or a disk that has room, is noticed.
static constexpr duration longest_absence = 1min;

log_world::log_world(universe& world, const std::string& root)
    : world_(world),
      options_(draw_options(root)),
      book_(world),
      folder_(world, book_, options_.path),
      audit_(world, book_, folder_, options_) {
    auto count = world_.logs.between(1, 3);
    for (std::uint64_t i = 0; i < count; ++i) {
        auto name = "app" + std::to_string(i) + ".log";
        logs_.push_back(std::make_unique<rotated_log>(world_, book_, folder_, name));
    }
}

pipeline::watch_options log_world::draw_options(const std::string& root) {
    auto& chance = world_.logs;
    pipeline::watch_options out;
    out.name = watch_name;
    out.path = root + "/logs";
    out.kind = pipeline::watch_kind::follow;
    out.include = {"*.log"};
    out.target.database = "Logs";
    out.target.table = "Web";
    out.target.format = kusto::data_format::json;
    out.on_success = pipeline::success_action::keep;
    static constexpr duration ages[] = {1s, 4s, 10s, 20s, 1min, 2min};
    out.follow.cut.max_age = ages[chance.below(std::size(ages))];
    out.follow.max_record_bytes = longest_record;
    if (chance.chance(0.3)) out.follow.cut.max_bytes = chance.between(12, 64) << 10u;
    if (chance.chance(0.3)) out.follow.hold.max_bytes = chance.between(8, 64) << 10u;
    if (chance.chance(0.2)) out.follow.hold.max_files = chance.between(16, 24);
    if (chance.chance(0.2)) out.follow.hold.max_time = chance.between(1min, 10min);
    if (chance.chance(0.4)) out.follow.spill.max_bytes = 0;
    if (world_.streams) out.target.delivery = kusto::delivery_way::streaming;
    return out;
}

// A look, another one where the first was in doubt, and the commit of what it has shown.
duration log_world::grace() const {
    return 2 * pipeline::look_interval(options_.follow.cut.max_age) + 2s;
}

void log_world::begin(time_point end) {
    std::filesystem::create_directories(options_.path);
    for (auto& one : logs_) one->begin(end);
}

void log_world::note_daemon(bool is_at_work) {
    bool is_open = !folder_.is_away() && world_.time.now() >= opened_at_;
    folder_.looked_at(is_at_work && is_open, grace());
}

void log_world::journal_lost(const std::string& state_directory) {
    folder_.forget_looks();
    audit_.excuse_repeats();
    auto positions = state_directory + "/follow/" + watch_name + "/positions";
    if (!std::filesystem::exists(positions)) audit_.excuse_start();
}

void log_world::disk_was_full() {
    note_daemon(false);
    folder_.close_held();
    opened_at_ = world_.time.now() + longest_absence;
}

void log_world::take_folder_away() {
    if (folder_.is_away()) return;
    folder_.looked_at(false, grace());
    folder_.move_away();
    folder_.close_held();
    world_.note("the logs are away");
}

void log_world::bring_folder_back() {
    if (!folder_.is_away()) return;
    folder_.bring_back();
    opened_at_ = world_.time.now() + longest_absence;
    world_.note("the logs are back");
}

void log_world::calm_down() {
    world_.plan(1s, [this] {
        for (auto& one : logs_) one->finish();
    });
    world_.plan(longest_pause, [this] {
        audit_.begin_punctuality();
        for (auto& one : logs_) one->write_one();
    });
    world_.plan(longest_pause + options_.follow.cut.max_age + 10s, [this] { is_done_ = true; });
}

bool log_world::at_rest(const daemon::status_report& status) const {
    if (!is_done_) return false;
    return std::ranges::all_of(status.watches, [](auto& watch) {
        return !watch.logs || watch.logs->waiting_bytes == 0;
    });
}

void log_world::check_bounds(const daemon::status_report& status) {
    for (auto& watch : status.watches) {
        if (!watch.logs) continue;
        auto& spill = options_.follow.spill;
        if (watch.logs->spilled_bytes <= spill.max_bytes) continue;
        world_.wrong("T7: spilled more than spill.max_bytes");
    }
}

void log_world::settle_accounts(const std::string& journal, const ledger& posts) {
    audit_.settle_accounts(journal, posts);
}

void log_world::add_to(totals& all) const {
    ++all.following_seeds;
    all.log_records += book_.records();
    all.log_bytes += book_.bytes();
    all.log_bytes_lost += audit_.reported_bytes();
    for (auto& one : logs_) all.log_rotations += one->rotations();
}

}  // namespace kustodrop::simulation
