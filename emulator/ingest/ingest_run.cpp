#include "emulator/ingest/ingest_run.hpp"

#include "async/run_together.hpp"

#include <utility>
#include <vector>

namespace kustodrop::emulator {

static constexpr std::size_t workers = 16;

ingest_run::ingest_run(asio::any_io_executor executor, ingest_parts parts, storage_access access)
    : executor_(executor),
      storage_(std::move(access), parts.time),
      jobs_(executor, 4 * workers),
      batches_(executor, parts, in_flight_, jobs_),
      intake_(parts, storage_, in_flight_, batches_, jobs_),
      worker_(executor, parts, storage_, in_flight_, jobs_) {}

asio::awaitable<void> ingest_run::run() {
    std::vector<asio::awaitable<void>> tasks;
    for (std::size_t i = 0; i < storage_.ready_queues(); ++i) tasks.push_back(intake_.run(i));
    tasks.push_back(batches_.run());
    for (std::size_t i = 0; i < workers; ++i) tasks.push_back(worker_.run());
    co_await run_together(executor_, std::move(tasks));
}

}  // namespace kustodrop::emulator
