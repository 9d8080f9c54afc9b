// How a watch begins: its folder opened and locked, what an earlier run left in it resumed.
#include "pipeline/intake/intake.hpp"

namespace kustodrop::pipeline {

intake::intake(
    asio::any_io_executor executor,
    watch& from,
    intake_parts parts,
    intake_options options,
    routing& next
)
    : watch_(from),
      with_(parts),
      options_(std::move(options)),
      next_(next),
      rules_({from.options.include, from.options.exclude, from.options.done_marker}),
      settler_({from.options.done_marker.empty() ? from.options.stable_for : 0s, 20'000}),
      stirred_(std::move(executor)),
      company_(from.options),
      groups_(from.options.coalesce) {}

asio::awaitable<result<void>> intake::open(std::vector<spool::source> unretired) {
    unretired_ = std::move(unretired);
    auto kept = with_.journal.kept(watch_.options.name);
    if (kept) {
        for (auto& file : *kept) watch_.kept.load(file.name, file.identity);
    }
    auto opened = co_await try_open();
    co_return opened;
}

// Runs on a worker's thread.
result<intake::opened> intake::open_folder(
    const std::string& path, claim_mode how, const std::string& state_directory
) {
    auto folder = spool::drop_folder::open(path);
    if (folder.has_error()) return folder.error();
    opened out;
    out.folder = std::make_shared<spool::drop_folder>(std::move(*folder));
    auto advice = out.folder->advice();
    if (advice.has_error()) return advice.error();
    out.read_only = how != claim_mode::rename && !advice->rename;
    out.in_place = how == claim_mode::in_place || out.read_only;
    if (out.read_only) {
        out.warnings.push_back(advice->reason + ": files are shipped in place and stay there");
    } else {
        auto ours = make_ours(out, state_directory);
        if (ours.has_error()) return ours.error();
    }
    if (auto medium = out.folder->medium()) out.medium = *medium;
    return out;
}

result<void> intake::make_ours(opened& out, const std::string& state_directory) {
    auto prepared = out.folder->prepare();
    if (prepared.has_error()) return prepared.error();
    out.warnings = std::move(*prepared);
    auto locked = out.folder->lock(state_directory);
    if (locked.has_error()) return locked.error();
    auto work = out.folder->list_work();
    if (work.has_error()) return work.error();
    out.work = std::move(*work);
    return {};
}

asio::awaitable<result<void>> intake::try_open() {
    auto path = watch_.options.path;
    auto state_directory = options_.state_directory;
    auto how = watch_.options.claim;
    auto work = [=] { return open_folder(path, how, state_directory); };
    auto opened = co_await offload(with_.pool, work);
    if (opened.has_error()) {
        const auto& problem = opened.error();
        if (trouble_ != problem.code.text()) {
            trouble_ = problem.code.text();
            with_.log.error(
                "cannot open the folder; it is tried again",
                {{"watch", watch_.options.name},
                 {"path", path},
                 {"code", problem.code.text()},
                 {"detail", problem.message()}}
            );
        }
        co_return problem;
    }
    trouble_.reset();
    for (auto& warning : opened->warnings) {
        with_.log.warning(warning, {{"watch", watch_.options.name}, {"path", path}});
    }
    watch_.folder = opened->folder;
    watch_.in_place = opened->in_place;
    watch_.read_only = opened->read_only;
    folders_.clear();
    settler_.clear();
    complete_.clear();
    queued_.clear();
    position_.reset();
    blind_ = opened->medium.kind == spool::medium_kind::remote ||
             opened->medium.kind == spool::medium_kind::unknown;
    watch_folder("");
    next_scan_ = with_.time.now();
    with_.log.info("watching", {{"watch", watch_.options.name}, {"path", path}, {"mode", mode()}});
    recovery_facts facts{with_.time.wall_now(), with_.journal.is_new()};
    auto unretired = std::exchange(unretired_, {});
    auto work_files = still_unknown(opened->work);
    take_over(reconcile(std::move(unretired), work_files, watch_.options.name, facts));
    co_return result<void>();
}

// A folder that was absent for a while comes back with files of sources that never left us.
std::vector<spool::work_entry> intake::still_unknown(std::vector<spool::work_entry> work) {
    std::set<std::string> ours;
    with_.sources.each([&](const spool::source& what) {
        if (what.watch != watch_.options.name) return;
        for (auto& slice : what.slices) ours.insert(slice.location);
    });
    std::erase_if(work, [&](auto& file) { return ours.contains(file.location); });
    return work;
}

void intake::watch_folder(const std::string& name) {
    auto& wish = watch_.options;
    if (!with_.events || wish.mode == watch_mode::poll) return set_mode(true);
    auto folder = watch_.folder->open_folder(name);
    auto added = folder ? with_.events->add(folder->get()) : result<int>(folder.error());
    if (added) {
        folders_.insert_or_assign(*added, name);
        // Where other machines may write too, events tell of this one's files only.
        bool trusts_events = wish.mode == watch_mode::inotify;
        return set_mode((blind_ && !trusts_events) || (polling_ && !name.empty()));
    }
    const auto& problem = added.error();
    if (problem.code == errc::already_watched || problem.code == errc::folder_absent) return;
    with_.log.warning(
        "events are not to be had for this folder: it is polled",
        {{"watch", watch_.options.name},
         {"code", problem.code.text()},
         {"detail", problem.message()}}
    );
    set_mode(true);
}

void intake::set_mode(bool polling) {
    polling_ = polling;
    for (auto mode : {"inotify", "poll"}) {
        metric_labels labels{{"watch", watch_.options.name}, {"mode", mode}};
        bool active = polling == (std::string_view(mode) == "poll");
        with_.measured.value("kustodrop_watch_mode", labels).set(active ? 1 : 0);
    }
}

void intake::close_folder(const failure& why) {
    with_.log.error(
        "the folder is gone; it is looked for",
        {{"watch", watch_.options.name}, {"code", why.code.text()}, {"detail", why.message()}}
    );
    trouble_ = why.code.text();
    // If it is this very folder that comes back, it is watched anew.
    for (auto& [number, name] : folders_) with_.events->remove(number);
    folders_.clear();
    watch_.folder.reset();
}

void intake::take_over(recovered found) {
    for (auto& what : found.resumed) resume(resuming(), watch_, std::move(what));
    for (auto& what : found.lost) {
        auto& lost = with_.sources.resume(std::move(what));
        settle_vanished(resuming(), lost);
    }
    for (auto& what : found.adopted) admit(std::move(what));
    if (found.foreign_files > 0) {
        with_.log.warning(
            "files in work/ that are not ours are left alone",
            {{"watch", watch_.options.name}, {"files", std::to_string(found.foreign_files)}}
        );
    }
    auto taken = found.resumed.size() + found.adopted.size() + found.lost.size();
    if (taken == 0) return;
    with_.log.info(
        "resumed",
        {{"watch", watch_.options.name},
         {"journaled", std::to_string(found.resumed.size())},
         {"adopted", std::to_string(found.adopted.size())},
         {"lost", std::to_string(found.lost.size())}}
    );
}

resuming_parts intake::resuming() {
    return {with_.sources, with_.ready, next_, with_.time, with_.measured};
}

}  // namespace kustodrop::pipeline
