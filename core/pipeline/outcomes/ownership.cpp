#include "pipeline/outcomes/ownership.hpp"

namespace kustodrop::pipeline {

static constexpr std::size_t most_foreign = 4096;

asio::awaitable<bool> ownership::is_ours(std::string source_id) {
    if (sources_.find(source_id)) co_return true;
    if (foreign_.contains(source_id)) co_return false;
    spool::journal_query query;
    query.source_id = source_id;
    query.limit = 1;
    auto rows = co_await journal_.find(std::move(query));
    bool known = rows && !rows->empty();
    if (rows && !known) {
        if (foreign_.size() >= most_foreign) foreign_.clear();
        foreign_.insert(source_id);
    }
    co_return known;
}

}  // namespace kustodrop::pipeline
