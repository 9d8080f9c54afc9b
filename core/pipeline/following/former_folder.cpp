#include "pipeline/following/former_folder.hpp"

#include "async/offload.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace kustodrop::pipeline {

namespace stage = spool::stage;

static spool::folder_record record_of(
    const watch& from, const std::string& path, const spool::drop_folder& folder
) {
    auto identity = folder.identity();
    return {from.options.name, path, identity.device, identity.inode};
}

bool may_need_folder(
    const std::vector<spool::log_record>& logs,
    const absent_sources& absent,
    const std::string& watch
) {
    bool is_needed = std::ranges::any_of(logs, [](auto& log) {
        return log.phase == "followed" || log.phase == "undecided";
    });
    absent.each_of(watch, [&](const spool::source& what) {
        bool is_range = !what.slices.empty() && bool(what.slices.front().log_id);
        is_needed |= is_range && std::holds_alternative<stage::claimed>(what.stage);
    });
    return is_needed;
}

bool is_replaced(
    const spool::folder_record& before, const spool::folder_record& now, const spool::medium& on
) {
    return before.path == now.path && before.inode != now.inode && on.lasting_inodes;
}

void report_if_replaced(
    const watch& from, const std::optional<spool::folder_record>& before, logger& log
) {
    auto now = record_of(from, from.options.path, *from.folder);
    if (!before || !is_replaced(*before, now, from.folder->medium())) return;
    log.warning(
        "another folder is in the place of the one that was followed: logs that are not in it have "
        "ended, and those that are in it are followed from their beginning",
        {{"watch", from.options.name}, {"path", from.options.path}}
    );
}

bool restore_logs(
    spool::followed_logs& logs, std::vector<spool::log_record> journaled, const known_folder& of
) {
    bool is_begun = of.before && is_same_folder(*of.before, of.now);
    logs.restore(journaled, is_begun || of.is_recovered);
    bool is_another = of.before && !is_begun;
    if (is_another) logs.begin_in_another_folder();
    return is_another;
}

// Its path may be an empty mount point by now, or have another folder.
static bool is_still_there(const spool::folder_record& before, const followed_folder& now) {
    bool is_same_file = before.inode == now.folder->identity().inode;
    return is_same_file || !now.folder->medium().lasting_inodes;
}

// What was wanted meanwhile counts.
static void move_later(watch& from, life& state, watch_options wanted) {
    if (state.is_leaving()) return;
    auto* newer = state.wanted();
    state.change(newer ? *newer : std::move(wanted), from.options);
}

asio::awaitable<result<followed_folder>> open_own_or_former(
    watch& from,
    intake_parts& with,
    life& state,
    std::optional<spool::folder_record> before,
    bool needed
) {
    auto path = from.options.path;
    auto own = [path] { return open_followed(path); };
    auto opened = co_await offload(with.pool, own);
    bool is_moved = needed && before && before->path != path;
    if (!is_moved) co_return opened;
    if (opened.has_value()) {
        auto now = record_of(from, path, *opened->folder);
        if (is_same_folder(*before, now)) co_return opened;
    }
    auto wanted = from.options;
    from.options.path = before->path;  // Which of them does not answer is to be seen.
    auto other = [path = before->path] { return open_followed(path); };
    auto former = co_await offload(with.pool, other);
    if (former.has_error() || !is_still_there(*before, *former)) {
        from.options.path = wanted.path;
        co_return opened;
    }
    with.log.info(
        "the path of the watch was changed; the logs in the former folder are shipped first",
        {{"watch", from.options.name}, {"path", path}, {"former", before->path}}
    );
    move_later(from, state, std::move(wanted));
    co_return former;
}

}  // namespace kustodrop::pipeline
