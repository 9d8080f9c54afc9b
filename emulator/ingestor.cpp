#include "emulator/ingestor.hpp"

#include <boost/json.hpp>

namespace kustodrop::emulator {

struct ingestor::state {
    clock& time;
};

ingestor::ingestor(
    asio::any_io_executor, clock& clock, logger&, worker_pool&, ingestor_options, identity_check
)
    : state_(new state{clock}) {}

ingestor::~ingestor() = default;

asio::awaitable<void> ingestor::run(storage_access) {
    auto never = time_point::max();
    co_await state_->time.sleep_until(never);
}

static http::response unknown() {
    http::response answer;
    answer.status = 400;
    answer.body = R"({"error":{"code":"BadRequest","message":"Unknown command."}})";
    return answer;
}

asio::awaitable<http::response> ingestor::management(std::string, std::string) {
    co_return unknown();
}

asio::awaitable<http::response> ingestor::query(std::string, std::string, bool) {
    co_return unknown();
}

void ingestor::set_paused(bool) {}

boost::json::value ingestor::stats() const { return {}; }

}  // namespace kustodrop::emulator
