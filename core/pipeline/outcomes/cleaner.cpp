#include "pipeline/outcomes/cleaner.hpp"

#include "azure/storage/sas_rights.hpp"
#include "azure/storage/storage_error.hpp"

namespace kustodrop::pipeline {

using azure::queue_message;
using azure::storage_place;

static constexpr std::size_t most_tasks = 2048;

cleaner::cleaner(asio::any_io_executor executor, parts with)
    : with_(with), tasks_(executor, most_tasks), finished_one_(executor) {}

asio::awaitable<void> cleaner::remove(storage_place queue, std::vector<queue_message> messages) {
    return accept(std::move(queue), std::move(messages), act::remove);
}

asio::awaitable<void> cleaner::give_back(storage_place queue, std::vector<queue_message> messages) {
    return accept(std::move(queue), std::move(messages), act::give_back);
}

asio::awaitable<void> cleaner::accept(
    storage_place queue, std::vector<queue_message> messages, act what
) {
    for (auto& message : messages) {
        task one;
        one.queue = queue;
        one.message = std::move(message);
        one.what = what;
        ++unfinished_;
        bool accepted = co_await tasks_.push(std::move(one));
        if (!accepted) --unfinished_;
    }
}

asio::awaitable<void> cleaner::finish() {
    while (unfinished_ > 0) co_await finished_one_.wait();
}

asio::awaitable<void> cleaner::run() {
    for (;;) {
        auto one = co_await tasks_.pop();
        if (!one) co_return;
        bool may_ask = with_.patience.may_ask(one->queue, with_.lane, with_.time.now());
        if (may_ask) co_await perform(std::move(*one));
        --unfinished_;
        finished_one_.notify_all();
    }
}

asio::awaitable<void> cleaner::perform(task one) {
    auto asked = with_.time.now();
    result<void> done;
    if (one.what == act::remove) {
        done = co_await with_.queues.remove(one.queue.location, one.message);
    } else if (may_give_back(one.queue)) {
        done = co_await with_.queues.release(one.queue.location, one.message);
    }
    auto now = with_.time.now();
    std::optional<failure> problem;
    if (done.has_error()) {
        problem = done.error();
        note_failure(one, *problem);
    }
    with_.patience.answered(one.queue, problem, now - asked, now);
}

bool cleaner::may_give_back(const storage_place& queue) const {
    return azure::allows(queue, 'u') && !not_updatable_.contains(azure::key_of(queue));
}

void cleaner::note_failure(const task& one, const failure& why) {
    bool removes = one.what == act::remove;
    if (!removes && azure::lacks_right(why)) not_updatable_.insert(azure::key_of(one.queue));
    with_.log.debug(
        removes ? "notification not deleted: it is ignored when it comes again"
                : "message not given back: it returns when its lease ends",
        {{"code", why.code.text()}, {"detail", why.message()}}
    );
}

}  // namespace kustodrop::pipeline
