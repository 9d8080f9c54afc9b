#include "pipeline/outcomes/ownership.hpp"

namespace kustodrop::pipeline {

static constexpr std::size_t most_foreign = 4096;

bool ownership::is_known(const std::string& source_id) const {
    return sources_.contains(source_id) || absent_.contains(source_id);
}

asio::awaitable<owner> ownership::owner_of(std::string source_id) {
    if (is_known(source_id)) co_return owner::us;
    if (foreign_.contains(source_id)) co_return owner::foreign;
    spool::journal_query query;
    query.source_id = source_id;
    query.limit = 1;
    auto rows = co_await journal_.find(std::move(query));
    // It may have been resumed meanwhile.
    if (is_known(source_id)) co_return owner::us;
    if (rows.has_error()) co_return owner::us_later;
    if (!rows->empty()) {
        bool has_outcome = spool::outcome_of(rows->front().source.stage) != nullptr;
        co_return has_outcome ? owner::us : owner::us_later;
    }
    if (foreign_.size() >= most_foreign) foreign_.clear();
    foreign_.insert(source_id);
    co_return owner::foreign;
}

}  // namespace kustodrop::pipeline
