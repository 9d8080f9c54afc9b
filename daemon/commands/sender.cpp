#include "daemon/commands/sender.hpp"

#include "async/timed_wait.hpp"
#include "daemon/commands/found_files.hpp"
#include "daemon/commands/send_progress.hpp"
#include "daemon/exit_code.hpp"
#include "daemon/program.hpp"
#include "daemon/run/translate.hpp"

#include <filesystem>
#include <limits>

namespace kustodrop::daemon {

namespace files = std::filesystem;

// How long the service may be out of reach before `send` gives up.
static constexpr duration patience = 60s;

sender::sender(surroundings around, config::settings settings, send_options options)
    : around_(around),
      settings_(std::move(settings)),
      options_(std::move(options)),
      watch_name_("send:" + options_.database + "." + options_.table),
      pool_(2),
      journal_pool_(1),
      service_(around, settings_, config::process_environment()),
      ready_(around.executor, around.time, {}),
      memory_(around.executor, settings_.upload.memory_bytes),
      tasks_(around.executor),
      progress_(around.executor),
      display_(std::make_unique<send_progress>(!options_.json, options_.wait)),
      started_(around.time.now()) {}

sender::~sender() {
    pool_.join();
    journal_pool_.join();
}

result<void> sender::open() {
    std::error_code problem;
    files::create_directories(options_.state_directory, problem);
    spool::journal_options options;
    options.path = options_.state_directory + "/journal.db";
    auto journal = spool::journal::open(
        around_.executor, options, around_.time, journal_pool_, around_.log, around_.measured
    );
    if (journal.has_error()) return journal.error();
    journal_ = std::move(*journal);
    auto root = spool::drop_folder::open("/");
    if (root.has_error()) return root.error();
    pipeline::watch_options watch;
    watch.name = watch_name_;
    watch.path = "/";
    watch.on_success = pipeline::success_action::keep;
    watch.on_failure = pipeline::failure_action::keep;
    watch.target.database = options_.database;
    watch.target.table = options_.table;
    watch.target.format = *kusto::parse_data_format(options_.format);
    watch.target.mapping_reference = options_.mapping;
    watch.target.ignore_first_record = options_.ignore_first_record;
    auto& sending = watches_.add(std::move(watch));
    sending.folder = std::make_shared<spool::drop_folder>(std::move(*root));
    // Whoever waits for a report wants every file's own outcome.
    sending.gate = pipeline::target_gate({.failures = std::numeric_limits<unsigned>::max()});
    build_parts();
    return {};
}

void sender::build_parts() {
    sources_ = std::make_unique<pipeline::roster>(*journal_, around_.time, around_.measured);
    pipeline::shipper_parts shipping{
        *sources_,
        ready_,
        contents_,
        watches_,
        *journal_,
        service_.router,
        service_.identity_token,
        service_.blobs,
        service_.queues,
        service_.tables,
        memory_,
        pool_,
        around_.time,
        around_.random,
        around_.log,
        around_.measured};
    pipeline::shipped_to shipped{
        [this](spool::source& what) { on_posted(what); },
        [this](spool::source& what) { outcomes_->expect(what); },
        [this](spool::source& what) { on_settled(what); },
        [this](spool::source& what) {
            // It changed while it was read: what it is now is for the next `send`.
            spool::outcome_record record;
            record.outcome = spool::outcome::rejected;
            record.code = to_string(errc::file_changed);
            record.details = "the file changed while it was sent; send it again";
            record.at = around_.time.wall_now();
            sources_->advance(what, spool::stage::settled{record});
            on_settled(what);
        },
        [this](const std::string& id, std::uint64_t bytes) {
            auto& known = bytes_[id];
            known.sent = std::min(bytes, known.all);
        }};
    shipper_ = std::make_unique<pipeline::shipper>(
        shipping, shipper_options_of(settings_), std::move(shipped)
    );
    pipeline::outcomes_parts polling{
        *sources_,
        ready_,
        watches_,
        *journal_,
        service_.router,
        service_.identity_token,
        service_.queues,
        service_.tables,
        around_.time,
        around_.random,
        around_.log,
        around_.measured};
    outcomes_ = std::make_unique<pipeline::outcomes>(
        around_.executor,
        polling,
        settings_.notifications,
        [this](spool::source& what) { on_settled(what); }
    );
}

// Whether this run has nothing more to say of a file in that state.
bool sender::is_final(const std::string& state) const {
    return spool::parse_outcome(state) || (!options_.wait && state == "posted");
}

void sender::note(const sent_file& file) {
    auto& known = report_[file.path];
    bool was_final = is_final(known.state);
    known = file;
    if (!was_final && is_final(known.state)) display_->file(known);
    progress_.notify_all();
}

void sender::tell(
    const spool::source& what, std::string state, const spool::outcome_record* record
) {
    sent_file file;
    file.path = "/" + what.slices.front().name;
    file.source_id = what.id;
    file.state = std::move(state);
    file.code = record ? record->code : "";
    file.details = record ? record->details : "";
    auto& bytes = bytes_[what.id];
    bytes.all = what.size_bytes();
    bool with_the_service = record || file.state == "posted" || file.state == "posting";
    if (with_the_service) bytes.sent = bytes.all;
    note(file);
}

void sender::on_posted(spool::source& what) {
    outcomes_->expect(what);
    tell(what, "posted", nullptr);
}

void sender::on_settled(spool::source& what) {
    auto record = *spool::outcome_of(what.stage);
    tell(what, std::string(to_string(record.outcome)), &record);
    bool good = record.outcome == spool::outcome::succeeded ||
                record.outcome == spool::outcome::presumed ||
                record.outcome == spool::outcome::skipped;
    if (good) {
        spool::kept_file kept;
        kept.watch = watch_name_;
        kept.name = what.slices.front().name;
        kept.identity = what.slices.front().identity;
        kept.source_id = what.id;
        kept.outcome = record.outcome;
        journal_->record_kept(kept);
    }
    sources_->retire(what, std::move(record));
}

void sender::take(const std::string& path, std::map<std::string, spool::kept_file>& sent_before) {
    auto name = path.substr(1);
    auto& folder = *watches_.find(watch_name_)->folder;
    auto seen = folder.look(name);
    if (seen.has_error() || !*seen) return;
    auto before = sent_before.find(name);
    if (before != sent_before.end() && before->second.identity.same_content((*seen)->identity)) {
        auto outcome = std::string(to_string(before->second.outcome));
        note({path, before->second.source_id, outcome, "", "sent before"});
        return;
    }
    if (report_.contains(path)) return;  // Under way since an earlier run.
    auto slice = folder.claim_in_place(**seen);
    if (slice.has_error()) {
        note({path, "", "rejected", slice.error().code.text(), slice.error().message()});
        return;
    }
    spool::source what;
    what.id = make_guid(around_.random);
    what.watch = watch_name_;
    what.target = options_.database + "." + options_.table;
    what.claimed_at = around_.time.wall_now();
    what.slices.push_back(std::move(*slice));
    auto& admitted = sources_->admit(std::move(what));
    tell(admitted, "claimed", nullptr);
    ready_.push(admitted.id, around_.time.now());
}

asio::awaitable<int> sender::run() {
    auto paths = files_at(options_.paths);
    if (paths.has_error()) {
        trouble_ = paths.error();
        co_return bad_usage;
    }
    auto opened = open();
    if (opened.has_error()) {
        trouble_ = opened.error();
        co_return exit_code_for(*trouble_);
    }
    auto kept = journal_->kept(watch_name_);
    auto unretired = journal_->unretired();
    std::map<std::string, spool::kept_file> sent_before;
    if (kept) {
        for (auto& file : *kept) sent_before[file.name] = file;
    }
    if (unretired) {
        for (auto& before : *unretired) {
            if (before.watch != watch_name_) continue;
            auto& what = sources_->resume(std::move(before));
            tell(what, std::string(spool::name_of(what.stage)), nullptr);
            if (std::holds_alternative<spool::stage::posted>(what.stage))
                outcomes_->expect(what);
            else
                ready_.push(what.id, around_.time.now());
        }
    }
    for (auto& path : *paths) take(path, sent_before);

    service_.start(tasks_);
    tasks_.start(journal_->run());
    tasks_.start(outcomes_->run());
    for (int i = 0; i < 4; ++i) tasks_.start(outcomes_->run_cleaner());
    for (std::uint64_t i = 0; i < settings_.upload.concurrency; ++i) tasks_.start(shipper_->run());
    co_await wait_for_the_end();
    display_->draw(state(), around_.time.now());
    display_->close(report_, state(), around_.time.now() - started_);
    tasks_.cancel();
    co_await tasks_.join_until(around_.time, around_.time.now() + 5s);
    co_return exit_code();
}

bool sender::at_the_end() const {
    for (auto& [path, file] : report_) {
        if (!is_final(file.state)) return false;
    }
    return true;
}

asio::awaitable<void> sender::wait_for_the_end() {
    auto end = around_.time.now() + options_.timeout;
    while (!at_the_end() && around_.time.now() < end) {
        auto trouble = service_.trouble();
        bool hopeless = trouble && trouble->next == remedy::reconfigure;
        if (trouble && (hopeless || around_.time.now() - started_ > patience)) {
            trouble_ = trouble;
            co_return;
        }
        display_->draw(state(), around_.time.now());
        co_await wait_until(progress_, around_.time, around_.time.now() + 200ms);
    }
    // What was recorded last is on disk before the report is given.
    co_await journal_->durable();
}

int sender::exit_code() const {
    if (trouble_) return exit_code_for(*trouble_);
    bool failed = false;
    for (auto& [path, file] : report_) {
        auto outcome = spool::parse_outcome(file.state);
        if (!outcome && (options_.wait || file.state != "posted")) return work_pending;
        if (outcome == spool::outcome::unconfirmed) return work_pending;
        failed = failed || outcome == spool::outcome::failed || outcome == spool::outcome::rejected;
    }
    return failed ? some_failed : all_well;
}

send_state sender::state() const {
    send_state out;
    out.files = report_.size();
    for (auto& [path, file] : report_) {
        bool settled = spool::parse_outcome(file.state).has_value();
        out.settled += settled ? 1 : 0;
        out.sent += settled || file.state == "posted" ? 1 : 0;
    }
    for (auto& [id, bytes] : bytes_) {
        out.bytes += bytes.all;
        out.bytes_sent += bytes.sent;
    }
    return out;
}

result<void> sender::flush() {
    if (!journal_) return {};
    return journal_->flush();
}

}  // namespace kustodrop::daemon
