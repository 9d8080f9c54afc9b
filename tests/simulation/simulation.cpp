#include "simulation/simulation.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace kustodrop::simulation {

namespace files = std::filesystem;

// So many steps at one instant mean that the run makes no progress.
static constexpr std::size_t most_steps_at_once = 1'000'000;
static constexpr duration bound_to_drain = 3h;

simulation::simulation(run_options options)
    : options_(std::move(options)),
      world_(options_.seed),
      book_(world_),
      service_(world_, book_),
      settings_(draw_settings()),
      producer_(world_, book_, settings_.watches.front().path),
      audit_(world_, book_, settings_.watches.front().path, journal()) {
    bool kept = settings_.watches.front().on_success == pipeline::success_action::keep;
    if (kept) book_.files_are_kept();
    if (options_.print) world_.events.print_all();
    if (options_.keep) world_.events.keep_all();
    if (world_.follows || options_.logs) {
        logs_ = std::make_unique<log_world>(world_, options_.folder);
        book_.judge_logs_by(logs_->book());
        settings_.watches.push_back(logs_->options());
        if (!world_.sky.is_fair() && world_.logs.chance(0.3)) world_.sky.add(fault::disk_full);
    }
    files::remove_all(options_.folder);
    files::create_directories(settings_.watches.front().path);
    world_.note("seed " + std::to_string(options_.seed) + ": " + world_.sky.summary());
}

config::settings simulation::draw_settings() {
    auto& chance = world_.chance;
    config::settings out;
    out.cluster.ingestion_endpoint = *http::url::parse(service_model::endpoint);
    out.cluster.transport = service_.draw_wish();
    out.auth.kind = config::auth_kind::client_secret;
    out.auth.tenant_id = "sim";
    out.auth.client_id = "11111111-2222-4333-8444-555555555555";
    out.auth.client_secret = secret(std::string(canary));
    out.state_directory = options_.folder + "/state";
    pipeline::watch_options watch;
    watch.name = "web";
    watch.path = options_.folder + "/drop";
    watch.target.database = "Logs";
    watch.target.table = "Web";
    watch.target.format = kusto::data_format::json;
    watch.stable_for = chance.between(1s, 4s);
    auto face = chance.below(10);
    if (face == 8) watch.on_success = pipeline::success_action::delete_;
    if (face == 9) watch.on_success = pipeline::success_action::keep;
    if (chance.chance(0.5)) {
        watch.coalesce.max_files = chance.between(2, 30);
        watch.coalesce.max_bytes = chance.between(1, 64) << 10u;
        watch.coalesce.max_age = chance.between(1s, 2min);
    }
    if (world_.streams) {
        watch.target.delivery = kusto::delivery_way::streaming;
        out.upload.shipper.streaming_bytes = world_.aside.between(1, 64) << 10u;
    }
    out.watches.push_back(std::move(watch));
    out.upload.concurrency = chance.between(1, 8);
    out.upload.memory_bytes = 1u << 20u;
    out.upload.shipper.block_bytes = 64u << 10u;
    // Not "fast": its library may compress the same text to different bytes each time.
    out.upload.shipper.how =
        chance.chance(0.2) ? spool::compression::none : spool::compression::dense;
    out.notifications.poll_interval = chance.between(5s, 15s);
    out.notifications.outcome_timeout = 30min;
    // Ages come from the disk's own times, which the simulated clock does not control.
    out.retention.archive_for = 24h * 36500;
    out.admin.listen.clear();
    out.admin.http.reset();
    return out;
}

totals simulation::run() {
    auto end = world_.time.now() + options_.span;
    producer_.begin(end);
    service_.begin();
    if (logs_) logs_->begin(end);
    plan_deaths();
    plan_calendar();
    plan_absence();
    plan_full_disk();
    plan_audits();
    be_born();
    run_until(end);
    world_.sky.calm_down();
    service_.calm_down();
    fill_disk(false);
    if (logs_) logs_->calm_down();
    dies_in_.reset();
    world_.note("the sky clears");
    drain();
    daemon_.reset();
    // After a violation the later states prove nothing.
    if (world_.violations.empty()) totals_.lost = audit_.settle_accounts();
    if (world_.violations.empty() && logs_) logs_->settle_accounts(journal(), book_);
    check_duplicates();
    totals_.seeds = 1;
    totals_.failed_seeds = world_.violations.empty() ? 0 : 1;
    totals_.files = book_.drops().size();
    totals_.posts = book_.posts();
    totals_.rest_posts = service_.rest_posts();
    totals_.streamed_posts = service_.streamed_posts();
    totals_.ambiguous_posts = book_.ambiguous_posts();
    totals_.posts_for_old_notifications = book_.posts_for_old_notifications();
    totals_.duplicates = book_.duplicates();
    totals_.joined = book_.joined();
    totals_.requests = service_.requests();
    totals_.faults = world_.sky.total_struck();
    if (logs_) logs_->add_to(totals_);
    auto seconds = std::chrono::floor<std::chrono::seconds>(world_.time.since_start());
    totals_.virtual_seconds = static_cast<std::uint64_t>(seconds.count());
    return totals_;
}

void simulation::plan_audits() {
    world_.plan(1min, [this] {
        audit_.look_at_archive();
        check_counts();
        plan_audits();
    });
}

void simulation::be_born() {
    change_before_birth();
    world_.note("start");
    service_.meet_client();
    daemon_ = std::make_unique<life>(world_, service_, settings_);
    // Some crash during their recovery.
    bool brief = !world_.sky.calm() && world_.sky.has(fault::crash) && world_.chance.chance(0.1);
    if (brief) dies_in_ = world_.chance.below(60);
}

// Everything that is ready happens before time moves on.
void simulation::settle() {
    for (std::size_t steps = 0; daemon_; ++steps) {
        if (dies_in_ && (*dies_in_)-- == 0) return die();
        bool more = daemon_->run(1);
        if (daemon_->ended()) break;
        if (!more) return;
        if (steps > most_steps_at_once) {
            world_.wrong("does not come to rest");
            break;
        }
    }
    if (!daemon_) return;
    // What cannot be written at the end is known again from the files.
    auto& trouble = daemon_->trouble();
    bool is_full = is_full_ && (trouble == "disk_full" || trouble.starts_with("stopped"));
    if (!trouble.empty() && !is_full) world_.wrong("ended: " + trouble);
    world_.note("ended");
    book_.ended();
    if (logs_) logs_->died();
    ++totals_.restarts;
    daemon_.reset();
    world_.plan(world_.chance.between(0s, 1min), [this] { be_born(); });
}

void simulation::run_until(time_point end) {
    while (world_.time.now() < end && world_.violations.empty()) {
        settle();
        if (logs_) logs_->note_daemon(daemon_ && daemon_->is_open() && !is_full_);
        auto next = end;
        if (auto wake = world_.time.next_wake()) next = std::min(next, *wake);
        if (auto plan = world_.plans.next()) next = std::min(next, *plan);
        world_.time.move_to(next);
        world_.plans.run_due(world_.time.now());
    }
}

// What a writer adds to a file in the archive is found within a minute.
bool simulation::at_rest() {
    if (producer_.writes()) return false;
    if (!daemon_ || !daemon_->is_open() || !service_.ingestor().idle()) return false;
    for (auto& watch : daemon_->status().watches) {
        if (!watch.present || watch.counts.pending_files > 0 || watch.settling > 0) return false;
    }
    return !logs_ || logs_->at_rest(daemon_->status());
}

// Twice at rest, with a scan in between.
void simulation::drain() {
    auto bound = world_.time.now() + bound_to_drain;
    unsigned calm_looks = 0;
    while (calm_looks < 2 && world_.time.now() < bound && world_.violations.empty()) {
        run_until(world_.time.now() + 70s);
        calm_looks = at_rest() ? calm_looks + 1 : 0;
    }
    if (calm_looks >= 2 || !world_.violations.empty()) return;
    auto line = daemon_ ? daemon_->status().one_line() : std::string("no daemon");
    world_.wrong("does not drain: " + line);
}

// Only what the client could not know may have been sent twice.
void simulation::check_duplicates() {
    auto& sky = world_.sky;
    auto bound = book_.ambiguous_posts() + book_.posts_for_old_notifications();
    if (sky.is_fair() && bound > 0) world_.wrong("an ambiguous post under a clear sky");
    if (sky.has(fault::journal_lost) || sky.has(fault::journal_cut)) return;
    if (book_.duplicates() <= bound) return;
    world_.wrong(
        std::to_string(book_.duplicates()) + " duplicates for " + std::to_string(bound) +
        " ambiguous posts"
    );
}

// docs/metrics.md: seen + resumed = outcomes + in a stage.
void simulation::check_counts() {
    if (!daemon_ || !daemon_->is_open()) return;
    auto& measured = daemon_->measured();
    metric_labels label{{"watch", settings_.watches.front().name}};
    auto in = measured.count("kustodrop_files_seen_total", label).value() +
              measured.count("kustodrop_files_resumed_total", label).value();
    double out = 0;
    for (auto outcome : {"succeeded", "failed", "skipped", "rejected", "unconfirmed", "presumed"}) {
        auto labels = label;
        labels.emplace_back("outcome", outcome);
        out += measured.count("kustodrop_sources_total", labels).value();
    }
    auto status = daemon_->status();
    if (logs_) logs_->check_bounds(status);
    for (auto& watch : status.watches) {
        if (watch.name != settings_.watches.front().name) continue;
        out += static_cast<double>(watch.counts.pending_files);
    }
    if (in == out) return;
    world_.wrong(
        "the counts do not add up: " + std::to_string(in) + " in, " + std::to_string(out) + " out"
    );
}

}  // namespace kustodrop::simulation
