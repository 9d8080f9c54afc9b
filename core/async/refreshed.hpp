#pragma once

#include "async/clock.hpp"
#include "async/event.hpp"
#include "async/timed_wait.hpp"
#include "base/backoff.hpp"
#include "base/random.hpp"
#include "base/result.hpp"

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace kustodrop {

/// A value that is good for a while.
template <class T>
struct fresh {
    T value{};
    time_point expires_at{};
    std::optional<time_point> refresh_at = {};  // The giver's wish, where it has one.
};

struct refresh_options {
    duration margin = 5min;         // Refreshed this long before expiry, or a quarter of the life.
    duration early_interval = 30s;  // Least time between early fetches, or a quarter of the life.
    duration least_interval = 100ms;  // Between any two fetches, however short the life.
    double jitter = 0.1;              // Share of the wait by which a refresh may come earlier.
    backoff_options backoff = {};     // After failed fetches.
};

/// What just happened to a refreshed value, for logs and metrics.
struct refresh_event {
    const failure* problem = nullptr;        // Why the fetch failed; none: it went well.
    std::optional<duration> time_left = {};  // Of the value in hand, if there is a good one.
    duration next_fetch_in{};
    unsigned failed_fetches = 0;  // In a row.
};

/// When to fetch: the arithmetic of `refreshed`, on its own so that it can be tested alone.
namespace refresh_rule {

struct life {
    time_point begins{};
    time_point expires_at{};
    std::optional<time_point> wish = {};  // To be refreshed at.
};

/// When to fetch the next value: earlier than the rule by up to the jitter, never later.
time_point ahead(const life& value, const refresh_options& options, random_generator& random);

/// The least distance of an early fetch from the fetch before it.
duration early_distance(duration lifetime, const refresh_options& options);

struct setback {
    unsigned failures = 1;  // In a row.
    std::optional<duration> retry_after = {};
    std::optional<duration> lifetime = {};   // Of the value in hand, if it is still good,
    std::optional<duration> time_left = {};  // and what is left of it.
};

/// How long to wait after failed fetches: full jitter, and short enough for several tries before
/// the value in hand expires.
duration after_failure(
    const setback& failed, const refresh_options& options, random_generator& random
);

}  // namespace refresh_rule

/// A value that is replaced before anyone has to wait for it: tokens, resources. run() is the only
/// fetcher, so a value is fetched once however many want it; a failed fetch costs nothing while
/// the value in hand is good. Margins scale with its life: one of 5 s works like one of an hour.
template <class T>
class refreshed {
public:
    using fetcher = std::function<asio::awaitable<result<fresh<T>>>()>;
    using listener = std::function<void(const refresh_event&)>;

    refreshed(
        asio::any_io_executor executor,
        clock& clock,
        random_generator& random,
        fetcher fetch,
        refresh_options options = {}
    )
        : clock_(clock),
          random_(random),
          fetch_(std::move(fetch)),
          options_(options),
          arrived_(executor),
          wanted_(executor) {}

    /// Keeps the value fresh until cancelled. Spawn once.
    asio::awaitable<void> run() {
        for (;;) {
            begin_fetch();
            auto fetched = co_await fetch_();
            auto next = fetched ? accept(std::move(*fetched)) : fail(std::move(fetched.error()));
            planned_ = next;
            while (clock_.now() < due(next)) co_await wait_until(wanted_, clock_, due(next));
        }
    }

    /// The value; waits while there is none that has not expired.
    asio::awaitable<std::shared_ptr<const T>> get() {
        while (!good()) co_await arrived_.wait();
        co_return value_;
    }

    /// The value in hand, or null.
    std::shared_ptr<const T> current() const { return good() ? value_ : nullptr; }

    /// Asks for a new value before its time, as soon as the distance to the last fetch allows.
    /// The value in hand stays in use.
    void request_refresh() {
        early_ = true;
        wanted_.notify_all();
    }

    /// Reports `refused` as unusable: it is no longer handed out, and a new one is fetched early.
    /// Nothing happens if another value has taken its place meanwhile.
    void discard(const std::shared_ptr<const T>& refused) {
        if (!refused || refused != value_) return;
        value_.reset();
        request_refresh();
    }

    /// Reports `refused` as refused, by who may have another reason for that. It is no longer
    /// handed out if another one can be fetched at once; one that was fetched just now, or that
    /// cannot be replaced for the moment, stays in use until there is another.
    void renew(const std::shared_ptr<const T>& refused) {
        if (!refused || refused != value_) return;
        auto lifetime = expires_at_ - accepted_at_;
        auto earliest = started_at_ + refresh_rule::early_distance(lifetime, options_);
        if (failures_ == 0 && clock_.now() >= earliest) value_.reset();
        request_refresh();
    }

    /// Which value is in hand, or was the last one: 1 for the first, 0 while there was none. Asked
    /// right after get(), it is the number of what get() returned.
    std::uint64_t number() const { return number_; }

    /// Reports that the value of that number was refused. If it is still in hand, it is not handed
    /// out any more, and a fetch that brings the same value again counts as failed.
    void refuse(std::uint64_t number) requires std::equality_comparable<T> {
        if (!value_ || number != number_) return;
        refused_ = std::exchange(value_, nullptr);
        request_refresh();
    }

    /// Why the last fetch failed; nothing once one has succeeded.
    const std::optional<failure>& last_failure() const { return last_failure_; }

    /// Since a value was last fetched, even if it has ended or was discarded meanwhile: who watches
    /// it must see an outage grow. Nothing before the first.
    std::optional<duration> age() const {
        if (number_ == 0) return std::nullopt;
        return clock_.now() - accepted_at_;
    }

    std::optional<duration> time_left() const {
        if (!good()) return std::nullopt;
        return expires_at_ - clock_.now();
    }

    /// Until the next fetch; nothing while one is on its way.
    std::optional<duration> next_fetch_in() const {
        if (!planned_) return std::nullopt;
        return std::max(due(*planned_) - clock_.now(), duration());
    }

    void on_event(listener listen) { listen_ = std::move(listen); }

private:
    bool good() const { return value_ && clock_.now() < expires_at_; }

    bool is_refused(const T& value) const {
        if constexpr (std::equality_comparable<T>) return refused_ && value == *refused_;
        return false;
    }

    void begin_fetch() {
        early_ = false;
        planned_.reset();
        started_at_ = clock_.now();
    }

    // When the next fetch is due, an early request considered.
    time_point due(time_point planned) const {
        if (!early_ || failures_ > 0) return planned;
        auto lifetime = expires_at_ - accepted_at_;
        return std::min(planned, started_at_ + refresh_rule::early_distance(lifetime, options_));
    }

    time_point accept(fresh<T> fetched) {
        early_ = false;  // Who asked meanwhile meant the value before this one.
        auto now = clock_.now();
        if (fetched.expires_at <= now) {
            return fail(
                {errc::already_expired, remedy::retry, "what was fetched has already expired"}
            );
        }
        if (is_refused(fetched.value)) {
            return fail(
                {errc::already_expired, remedy::retry, "what was fetched is what has been refused"}
            );
        }
        value_ = std::make_shared<const T>(std::move(fetched.value));
        expires_at_ = fetched.expires_at;
        accepted_at_ = now;
        ++number_;
        failures_ = 0;
        last_failure_.reset();
        auto planned =
            refresh_rule::ahead({now, expires_at_, fetched.refresh_at}, options_, random_);
        planned = std::max(planned, started_at_ + options_.least_interval);
        arrived_.notify_all();
        report(planned);
        return planned;
    }

    time_point fail(failure problem) {
        ++failures_;
        last_failure_ = std::move(problem);
        refresh_rule::setback failed;
        failed.failures = failures_;
        failed.retry_after = last_failure_->retry_after;
        if (good()) failed.lifetime = expires_at_ - accepted_at_;
        failed.time_left = time_left();
        auto wait = refresh_rule::after_failure(failed, options_, random_);
        auto planned = clock_.now() + std::max(wait, options_.least_interval);
        report(planned);
        return planned;
    }

    void report(time_point planned) {
        if (!listen_) return;
        refresh_event event;
        event.problem = last_failure_ ? &*last_failure_ : nullptr;
        event.time_left = time_left();
        event.next_fetch_in = planned - clock_.now();
        event.failed_fetches = failures_;
        listen_(event);
    }

    clock& clock_;
    random_generator& random_;
    fetcher fetch_;
    refresh_options options_;
    listener listen_;
    event arrived_;
    event wanted_;
    std::shared_ptr<const T> value_;
    std::shared_ptr<const T> refused_;
    time_point expires_at_{};
    std::optional<time_point> planned_;  // The next fetch.
    time_point accepted_at_{};
    time_point started_at_{};
    std::uint64_t number_ = 0;
    unsigned failures_ = 0;
    bool early_ = false;
    std::optional<failure> last_failure_;
};

}  // namespace kustodrop
