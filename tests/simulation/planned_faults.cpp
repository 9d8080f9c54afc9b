// The faults of a run that do not come with an answer of the service.
#include "simulation/full_disk.hpp"
#include "simulation/simulation.hpp"

#include <filesystem>
#include <utility>

namespace kustodrop::simulation {

namespace files = std::filesystem;

void simulation::plan_deaths() {
    auto& sky = world_.sky;
    bool dies = sky.has(fault::crash) || sky.has(fault::journal_lost) ||
                sky.has(fault::journal_cut) || sky.has(fault::restart) ||
                sky.has(fault::late_folder) || sky.has(fault::renamed_watch);
    if (!dies) return;
    world_.plan(world_.chance.between(30s, 20min), [this] {
        if (world_.sky.calm()) return;
        bool gently = world_.sky.has(fault::restart) && world_.chance.chance(0.5);
        if (gently && daemon_ && !dies_in_) {
            world_.note("stop");
            world_.sky.count(fault::restart);
            daemon_->stop();
            // While it drains it looks at nothing, as if the disk were full.
            if (logs_) logs_->disk_was_full();
        } else if (!gently) {
            dies_in_ = world_.chance.below(world_.chance.chance(0.5) ? 20 : 400);
        }
        plan_deaths();
    });
}

void simulation::plan_calendar() {
    if (!world_.sky.has(fault::calendar_jump)) return;
    world_.plan(world_.chance.between(5min, 30min), [this] {
        if (world_.sky.calm()) return;
        world_.sky.count(fault::calendar_jump);
        bool far = world_.chance.chance(0.2);
        auto by =
            far ? world_.chance.between(0h, 24h) - 12h : world_.chance.between(0min, 20min) - 10min;
        world_.time.turn_calendar(by);
        world_.note("the calendar jumps");
        plan_calendar();
    });
}

void simulation::take_folder_away(duration least, duration most) {
    if (std::exchange(is_away_, true)) return;
    world_.note("the folder goes away");
    auto here = settings_.watches.front().path;
    files::rename(here, here + ".away");
    if (logs_) logs_->take_folder_away();
    world_.plan(world_.chance.between(least, most), [this] { bring_folder_back(); });
}

void simulation::bring_folder_back() {
    auto here = settings_.watches.front().path;
    files::rename(here + ".away", here);
    if (logs_) logs_->bring_folder_back();
    is_away_ = false;
    world_.note("the folder is back");
}

void simulation::plan_absence() {
    if (!world_.sky.has(fault::folder_away)) return;
    world_.plan(world_.chance.between(3min, 20min), [this] {
        if (world_.sky.calm()) return;
        world_.sky.count(fault::folder_away);
        take_folder_away(1s, 6min);
        plan_absence();
    });
}

void simulation::fill_disk(bool is_full) {
    if (std::exchange(is_full_, is_full) == is_full) return;
    set_disk_full(is_full);
    logs_->disk_was_full();
    world_.note(is_full ? "the disk is full" : "the disk has room again");
}

void simulation::plan_full_disk() {
    if (!world_.sky.has(fault::disk_full)) return;
    world_.plan(world_.logs.between(4min, 20min), [this] {
        if (world_.sky.calm()) return;
        world_.sky.count(fault::disk_full);
        fill_disk(true);
        world_.plan(world_.logs.between(1s, 4min), [this] { fill_disk(false); });
        plan_full_disk();
    });
}

// What may be different when the daemon starts again.
void simulation::change_before_birth() {
    auto& sky = world_.sky;
    if (sky.calm()) return;
    if (sky.has(fault::late_folder) && world_.chance.chance(0.4)) {
        sky.count(fault::late_folder);
        take_folder_away(1s, 10min);
    }
    if (sky.has(fault::renamed_watch) && world_.chance.chance(0.4)) {
        sky.count(fault::renamed_watch);
        auto& name = settings_.watches.front().name;
        name = name == "web" ? "site" : "web";
        world_.note("the watch is called " + name);
    }
}

void simulation::spoil_journal() {
    auto& sky = world_.sky;
    bool cut = sky.has(fault::journal_cut) && world_.chance.chance(0.5);
    bool lost = !cut && sky.has(fault::journal_lost) && world_.chance.chance(0.5);
    if (!cut && !lost) return;
    sky.count(cut ? fault::journal_cut : fault::journal_lost);
    world_.note(cut ? "the journal is cut" : "the journal is lost");
    book_.journal_lost();
    if (logs_) logs_->journal_lost(settings_.state_directory);
    std::error_code ignored;
    if (cut) {
        auto size = files::file_size(journal(), ignored);
        if (!ignored) files::resize_file(journal(), world_.chance.below(size + 1), ignored);
        return;
    }
    for (auto part : {"", "-wal", "-shm"}) files::remove(journal() + part, ignored);
}

void simulation::die() {
    world_.note("crash");
    ++totals_.crashes;
    world_.sky.count(fault::crash);
    dies_in_.reset();
    book_.crashed();
    book_.ended();
    daemon_.reset();
    if (logs_) logs_->died();
    spoil_journal();
    world_.plan(world_.chance.between(0s, 1min), [this] { be_born(); });
}

}  // namespace kustodrop::simulation
