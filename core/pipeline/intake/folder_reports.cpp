#include "pipeline/intake/folder_reports.hpp"

namespace kustodrop::pipeline {

void report_unopened_folder(const watch& from, const failure& why, logger& log) {
    bool is_locked = why.code == errc::folder_locked;
    log.error(
        is_locked ? "the folder is locked: the watch is held; it is tried again"
                  : "cannot open the folder; it is tried again",
        {{"watch", from.options.name},
         {"path", from.options.path},
         {"code", why.code.text()},
         {"detail", why.message()}}
    );
}

void report_absent_folder(const watch& from, const failure& why, logger& log) {
    log.error(
        "the folder is absent; it is looked for until it is back",
        {{"watch", from.options.name}, {"code", why.code.text()}, {"detail", why.message()}}
    );
}

bool is_same_absence(const failure& said, const failure& now) {
    return said.code == now.code && said.message() == now.message();
}

void report_deleted_folder(const watch& from, std::uint64_t pending_files, logger& log) {
    log.warning(
        "the folder was deleted with all that was in it; the new one in its place is watched, and "
        "what was posted keeps waiting for its outcome",
        {{"watch", from.options.name},
         {"path", from.options.path},
         {"pending_files", std::to_string(pending_files)}}
    );
}

void report_released_folder(
    const watch& from,
    const std::optional<watch_options>& next,
    std::uint64_t unconfirmed_files,
    logger& log
) {
    auto& path = from.options.path;
    log.info("not watching the folder any more", {{"watch", from.options.name}, {"path", path}});
    bool stays = next && next->path == path;
    if (unconfirmed_files == 0 || stays) return;
    log.warning(
        "unconfirmed files stay in work/ of the former folder: a late notification is recorded but "
        "does not move them; they are sent again when that folder is watched again",
        {{"watch", from.options.name},
         {"folder", path + "/" + std::string(spool::work_folder)},
         {"files", std::to_string(unconfirmed_files)}}
    );
}

}  // namespace kustodrop::pipeline
