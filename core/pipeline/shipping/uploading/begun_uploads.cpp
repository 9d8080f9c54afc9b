#include "pipeline/shipping/uploading/begun_uploads.hpp"

#include "azure/storage/storage_error.hpp"

#include <utility>

namespace kustodrop::pipeline {

using blocks = std::vector<azure::stored_block>;

// As many attempts wait for an answer. Then the upload continues without it, for storage may take
// blocks although it does not list them.
static constexpr unsigned patience_with_storage = 4;

bool may_answer_later(const failure& problem) {
    if (problem.code == errc::bad_answer) return false;
    auto code = problem.code.service_text();
    // A SAS that has ended is followed by another.
    if (code.empty() || code == "AuthenticationFailed") return true;
    return problem.next == remedy::reroute && !azure::is_unforeseen(problem);
}

bool is_better_begun_afresh(const failure& problem, std::size_t stored_blocks) {
    if (stored_blocks == 0 || problem.next == remedy::upload_again) return true;
    return problem.next == remedy::reroute && azure::is_unforeseen(problem);
}

bool begun_uploads::may_ask(const azure::storage_place& asked) const {
    auto found = closed_.find({asked.account, asked.name});
    return found == closed_.end() || found->second != asked.signature;
}

std::vector<azure::storage_place> begun_uploads::candidates(
    const wanted& upload, const azure::storage_place& container
) {
    std::vector<azure::storage_place> out;
    auto known = begun_.find(upload.source_id);
    bool is_known = known != begun_.end();
    if (is_known && known->second.where) {
        auto& [account, name] = *known->second.where;
        auto found = router_.find_container(account, name);
        if (found) out.push_back(std::move(*found));
    } else if (upload.is_of_an_earlier_run && !(is_known && known->second.is_afresh)) {
        out = router_.usable_containers();
    }
    std::erase_if(out, [&](auto& one) {
        return !may_ask(one) || router_.is_to_be_avoided(one.account, container.account);
    });
    return out;
}

void begun_uploads::begin_at(const std::string& source_id, const azure::storage_place& container) {
    begun_[source_id] = {place{container.account, container.name}, false, true, 0};
}

asio::awaitable<result<std::vector<azure::stored_block>>> begun_uploads::find(
    wanted upload, azure::storage_place& container
) {
    auto asked = candidates(upload, container);
    std::optional<failure> silence;
    for (auto& one : asked) {
        auto found = co_await blobs_.blocks_of(one.location.with_path_suffix(upload.blob));
        if (!found.has_error()) {
            // That it is read from does not say that the account takes what is written.
            if (found->empty()) continue;
            container = one;
            begin_at(upload.source_id, one);
            co_return found;
        }
        auto problem = found.error();
        if (!may_answer_later(problem)) {
            closed_.insert_or_assign({one.account, one.name}, one.signature);
            continue;
        }
        router_.report(one, problem);
        if (!router_.is_to_be_avoided(one.account, container.account)) silence = problem;
    }
    if (silence) co_return go_on_unanswered(upload, *silence, container);
    begin_at(upload.source_id, container);
    co_return blocks();
}

// The blocks stay worth asking for, at the next attempt too.
result<blocks> begun_uploads::go_on_unanswered(
    const wanted& upload, const failure& problem, azure::storage_place& container
) {
    auto& mine = begun_[upload.source_id];
    mine.is_known = false;
    if (++mine.unanswered <= patience_with_storage) return problem;
    if (mine.where) {
        auto found = router_.find_container(mine.where->first, mine.where->second);
        if (found) container = std::move(*found);
    }
    return blocks();
}

void begun_uploads::failed(
    const std::string& source_id, const failure& problem, std::size_t stored_blocks
) {
    auto found = begun_.find(source_id);
    if (found == begun_.end() || !std::exchange(found->second.is_known, false)) return;
    if (is_better_begun_afresh(problem, stored_blocks)) found->second = {std::nullopt, true};
}

}  // namespace kustodrop::pipeline
