#include "daemon/run/retention.hpp"

#include "daemon/run/translate.hpp"
#include "spool/folder/retention.hpp"

namespace kustodrop::daemon {

retention::retention(surroundings around, retention_parts with) : around_(around), with_(with) {}

asio::awaitable<void> retention::run() {
    for (;;) {
        for (auto& [name, watch] : with_.watches) co_await clear_archive(name);
        auto keep_for = with_.settings.retention.journal_for;
        auto limit = around_.time.wall_now() -
                     std::chrono::duration_cast<std::chrono::microseconds>(keep_for);
        auto forgotten = co_await with_.journal.forget_retired(limit);
        bool more = forgotten && *forgotten > 0;
        auto pause = more ? duration(1s) : duration(1min);
        co_await around_.time.sleep_until(around_.time.now() + pause);
    }
}

asio::awaitable<void> retention::clear_archive(std::string watch) {
    auto folder = with_.watches.find(watch)->folder;
    if (!folder) co_return;
    auto now = around_.time.wall_now();
    auto limits = archive_limits_of(with_.settings.retention);
    auto work = [=] { return spool::clear_archive(*folder, now, limits); };
    auto cleared = co_await offload(with_.pool, work);
    report(watch, cleared);
}

void retention::report(const std::string& watch, const result<spool::retention_report>& cleared) {
    if (cleared.has_error()) {
        const auto& problem = cleared.error();
        if (!failures_.failed(watch, problem.code.text(), around_.time.now())) return;
        around_.log.warning(
            "cannot clear the archive; retrying",
            {{"watch", watch}, {"code", problem.code.text()}, {"detail", problem.message()}}
        );
        return;
    }
    for (auto& ended : failures_.worked(watch, around_.time.now())) {
        around_.log.info(
            "the archive can be cleared again", {{"watch", watch}, {"code", ended.kind}}
        );
    }
    if (cleared->files_deleted == 0) return;
    around_.log.info(
        "cleared the archive",
        {{"watch", watch},
         {"files", std::to_string(cleared->files_deleted)},
         {"bytes", std::to_string(cleared->bytes_deleted)}}
    );
}

}  // namespace kustodrop::daemon
