#include "pipeline/shipping/uploading/block_upload.hpp"

#include "base/crypto/crc64.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <span>
#include <utility>

namespace kustodrop::pipeline {

using spool::source_reader;

// Runs all of them to their end and throws what the first of them threw.
static asio::awaitable<void> together(std::vector<asio::awaitable<void>> tasks) {
    auto executor = co_await asio::this_coro::executor;
    auto start = [&executor](asio::awaitable<void> task) {
        return asio::co_spawn(executor, std::move(task), asio::deferred);
    };
    std::vector<decltype(start(std::move(tasks.front())))> operations;
    for (auto& task : tasks) operations.push_back(start(std::move(task)));
    auto group = asio::experimental::make_parallel_group(std::move(operations));
    auto until = asio::experimental::wait_for_one_error();
    auto [order, errors] = co_await group.async_wait(until, asio::use_awaitable);
    // The first to end says why; the others were cancelled because of it.
    for (auto index : order) {
        if (errors[index]) std::rethrow_exception(errors[index]);
    }
}

block_upload::block_upload(block_upload_parts parts, options how, destination blob)
    : with_(parts), how_(std::move(how)), destination_(std::move(blob)) {
    for (std::size_t i = 0; i < how_.buffers; ++i) {
        buffers_.emplace_back(std::make_unique_for_overwrite<char[]>(how_.block_bytes));
    }
}

// What is compressed sooner than a thread takes it over.
static constexpr std::uint64_t at_once_bytes = 16u << 10u;

asio::awaitable<reading_lanes::block> block_upload::read(const contents& what, std::size_t buffer) {
    if (what.reader->is_in_memory(at_once_bytes)) {
        std::span<char> into(buffers_[buffer].get(), how_.block_bytes);
        reading_lanes::block made = what.reader->next(into);
        co_return made;
    }
    reading_lanes::work work;
    auto reader = what.reader;
    work.read = [what, into = buffers_[buffer], bytes = how_.block_bytes] {
        return what.reader->next(std::span<char>(into.get(), bytes));
    };
    work.progress = [reader] { return reader->progress(); };
    auto made = co_await with_.lanes.run(what.watch, std::move(work));
    co_return made;
}

// Called between reads, for the reader may be at work on a thread.
std::uint64_t block_upload::count_read(const source_reader& reader) {
    if (!how_.count) return 0;
    auto before = std::exchange(counted_, how_.count(reader));
    return counted_ - std::min(before, counted_);
}

void block_upload::note_accepted(std::uint64_t counted) {
    accepted_ += counted;
    if (how_.accepted) how_.accepted(accepted_);
}

asio::awaitable<result<void>> block_upload::send(contents what) {
    auto made = co_await read(what, 0);
    if (made.has_error()) co_return made.error();
    if (!made->last && how_.find) {
        auto found = co_await how_.find(*what.reader);
        if (found.has_error()) co_return found.error();
        for (auto& one : *found) found_.emplace(one.key, one.bytes);
    }
    blob_ = destination_(*what.reader);
    auto counted = count_read(*what.reader);
    if (made->last) {
        std::string_view content(buffers_[0].get(), made->bytes);
        auto whole = co_await with_.blobs.put_blob(blob_, content);
        how_.report(whole);
        if (!whole.has_error()) note_accepted(counted);
        co_return whole;
    }
    block first{0, 0, made->bytes, counted};
    auto sent = co_await send_blocks(what, first);
    co_return sent;
}

asio::awaitable<result<void>> block_upload::send_blocks(const contents& what, block first) {
    auto executor = co_await asio::this_coro::executor;
    blocks spare(executor, buffers_.size());
    blocks full(executor, buffers_.size());
    blocks_.resize(1);
    bytes_ = first.bytes;
    full.try_push(first);
    for (std::size_t i = 1; i < buffers_.size(); ++i) {
        block one{0, i, 0, 0};
        spare.try_push(one);
    }
    std::vector<asio::awaitable<void>> tasks;
    tasks.push_back(fill(what, spare, full));
    auto lanes = std::max<std::size_t>(buffers_.size() - 1, 1);
    for (std::size_t i = 0; i < lanes; ++i) tasks.push_back(empty(spare, full));
    co_await together(std::move(tasks));
    if (problem_) co_return *problem_;
    auto committed = co_await with_.blobs.put_block_list(blob_, blocks_, bytes_);
    how_.report(committed);
    co_return committed;
}

// The rest of the blocks, in their order, each into a buffer that is not on its way.
asio::awaitable<void> block_upload::fill(const contents& what, blocks& spare, blocks& full) {
    for (bool last = false; !last;) {
        auto into = co_await spare.pop();
        if (!into) co_return;
        auto made = co_await read(what, into->buffer);
        if (made.has_error()) {
            fail(made.error(), spare, full);
            co_return;
        }
        last = made->last;
        if (made->bytes == 0) break;
        auto index = static_cast<unsigned>(blocks_.size());
        blocks_.emplace_back();
        block next{index, into->buffer, made->bytes, count_read(*what.reader)};
        bytes_ += made->bytes;
        full.try_push(next);
    }
    full.close();
}

bool block_upload::leaves_out(const azure::block_key& key, std::size_t bytes) {
    auto found = found_.find(key);
    if (found == found_.end() || found->second != bytes) return false;
    if (!std::exchange(continues_, true) && how_.continues) {
        std::uint64_t all = 0;
        for (auto& [one, size] : found_) all += size;
        how_.continues(all);
    }
    return true;
}

asio::awaitable<void> block_upload::empty(blocks& spare, blocks& full) {
    for (;;) {
        auto one = co_await full.pop();
        if (!one || problem_) co_return;
        std::string_view content(buffers_[one->buffer].get(), one->bytes);
        azure::block_key key{one->index, crc64(content)};
        blocks_[one->index] = key;
        if (!leaves_out(key, one->bytes)) {
            auto stored = co_await put_block(key, content);
            how_.report(stored);
            if (stored.has_error()) {
                fail(stored.error(), spare, full);
                co_return;
            }
        }
        ++stored_count_;
        note_accepted(one->counted);
        spare.try_push(*one);
    }
}

void block_upload::fail(const failure& problem, blocks& spare, blocks& full) {
    if (!problem_) problem_ = problem;
    spare.close();
    full.close();
}

// A big upload does not start over elsewhere for one lost answer: we still hold the block.
static bool is_passing(const failure& problem) {
    return problem.next == remedy::retry || problem.next == remedy::reroute;
}

asio::awaitable<result<void>> block_upload::put_block(
    azure::block_key block, std::string_view content
) {
    for (unsigned attempt = 1;; ++attempt) {
        auto stored = co_await with_.blobs.put_block(blob_, block, content);
        if (!stored.has_error() || !is_passing(stored.error())) co_return stored;
        if (attempt >= how_.attempts || problem_) co_return stored;
        const auto& problem = stored.error();
        with_.measured
            .count(
                "kustodrop_retries_total",
                {{"operation", "put_block"}, {"reason", problem.code.text()}}
            )
            .add();
        auto pause = next_wait(attempt, how_.backoff, problem.retry_after, with_.random);
        co_await with_.time.sleep_until(with_.time.now() + pause);
    }
}

}  // namespace kustodrop::pipeline
