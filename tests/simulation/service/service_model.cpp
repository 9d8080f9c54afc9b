#include "simulation/service/service_model.hpp"

#include "base/text.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <iterator>

namespace kustodrop::simulation {

namespace json = boost::json;

static constexpr duration io_timeout = 60s;

service_model::service_model(universe& world, ledger& book)
    : world_(world),
      storage_(world),
      ingestor_(world, storage_, book),
      rest_(world, ingestor_),
      streaming_(world, book),
      book_(book),
      accounts_(static_cast<unsigned>(world.chance.between(1, 3))) {
    if (world_.sky.has(fault::skewed_date)) {
        storage_.skew = world_.chance.between(0min, 20min) - 10min;
    }
    storage_.posted = [this](std::string text) { last_post_ = ingestor_.take(text); };
    for (auto kind : {"failed", "success"}) {
        auto& list = *kind == 'f' ? ingestor_.failed_queues : ingestor_.success_queues;
        auto count = world_.chance.between(1, 2);
        for (std::uint64_t i = 0; i < count; ++i) {
            list.push_back("simstore0/" + std::string(kind) + "-" + std::to_string(i));
            storage_.add_queue(list.back());
        }
    }
    build_generation();
}

void service_model::build_generation() {
    ++generation_;
    containers_.clear();
    queues_.clear();
    for (unsigned i = 0; i < accounts_; ++i) {
        auto account = "simstore" + std::to_string(i) + "/";
        auto suffix = "-g" + std::to_string(generation_);
        for (auto name : {"upload-a", "upload-b"}) {
            containers_.push_back(account + name + suffix);
            storage_.add_container(containers_.back());
        }
        queues_.push_back(account + "ready" + suffix);
        storage_.add_queue(queues_.back());
    }
}

void service_model::begin() {
    if (world_.sky.has(fault::rotation)) rotate();
    if (world_.sky.has(fault::outage)) maybe_outage();
    if (world_.sky.has(fault::foreign_notifications)) maybe_foreign();
    if (world_.sky.has(fault::odd_spell)) maybe_odd();
    rest_.begin();
    streaming_.begin();
}

void service_model::rotate() {
    world_.plan(world_.chance.between(5min, 15min), [this] {
        if (world_.sky.calm()) return;
        auto old = containers_;
        old.insert(old.end(), queues_.begin(), queues_.end());
        world_.sky.count(fault::rotation);
        world_.note("the service names other resources");
        build_generation();
        auto grace = world_.chance.chance(0.3) ? duration(0) : world_.chance.between(1min, 20min);
        world_.plan(grace, [this, old] {
            for (auto& place : old) storage_.remove(place);
        });
        rotate();
    });
}

void service_model::maybe_outage() {
    world_.plan(world_.chance.between(1min, 10min), [this] {
        if (world_.sky.calm()) return;
        auto account = "simstore" + std::to_string(world_.chance.below(accounts_));
        world_.sky.count(fault::outage);
        down_until_[account] = world_.time.now() + world_.chance.between(10s, 8min);
        world_.note(account + " is down");
        maybe_outage();
    });
}

void service_model::maybe_foreign() {
    world_.plan(world_.chance.between(1s, 2min), [this] {
        if (world_.sky.calm()) return;
        world_.sky.count(fault::foreign_notifications);
        ingestor_.say_foreign();
        maybe_foreign();
    });
}

void service_model::maybe_odd() {
    world_.plan(world_.chance.between(5min, 20min), [this] {
        if (world_.sky.calm()) return;
        world_.sky.count(fault::odd_spell);
        odd_until_ = world_.time.now() + world_.chance.between(10s, 8min);
        world_.note("storage answers oddly");
        maybe_odd();
    });
}

void service_model::calm_down() {
    down_until_.clear();
    odd_until_ = {};
    streaming_.calm_down();
}

bool service_model::is_storage(const http::request& ask) const {
    return ask.target.host().ends_with(".core.windows.net");
}

bool service_model::is_down(const http::request& ask) const {
    auto account = ask.target.host().substr(0, ask.target.host().find('.'));
    auto found = down_until_.find(account);
    return found != down_until_.end() && world_.time.now() < found->second;
}

service_model::fate service_model::draw(const http::request& ask) {
    auto& sky = world_.sky;
    if (is_down(ask)) return world_.chance.chance(0.5) ? fate::refused : fate::throttled;
    if (sky.occurs(fault::refused)) return fate::refused;
    if (sky.occurs(fault::throttled)) return fate::throttled;
    if (sky.occurs(fault::reset_before)) return fate::reset_before;
    if (sky.occurs(fault::reset_after)) return fate::reset_after;
    bool is_odd = world_.time.now() < odd_until_;
    if (is_storage(ask) && (is_odd || sky.occurs(fault::odd_answer))) return fate::odd;
    bool either = world_.chance.chance(0.5);
    if (sky.occurs(fault::stall)) return either ? fate::stall_before : fate::stall_after;
    if (sky.occurs(fault::server_error)) return either ? fate::error_before : fate::error_after;
    return fate::well;
}

static failure broken(errc code, bool maybe_acted) {
    failure out{code, remedy::retry, "the simulated network broke"};
    out.maybe_acted = maybe_acted;
    return out;
}

http::response service_model::throttled_answer(const http::request& ask) {
    auto out = is_storage(ask) ? storage_refusal(503, "ServerBusy", storage_.wall_now())
                               : plain_answer(429, storage_.wall_now());
    if (world_.chance.chance(0.5)) {
        out.headers.add("Retry-After", std::to_string(world_.chance.between(1, 30)));
    }
    return out;
}

http::response service_model::odd_answer() {
    struct kind {
        unsigned status;
        const char* code;
    };
    static constexpr kind kinds[] = {
        {400, "InvalidAuthenticationInfo"},
        {409, "AccountBeingCreated"},
        {412, "LeaseIdMissing"},
        {400, "UnsupportedHeader"},
        {400, "InvalidInput"},
        {415, "UnsupportedMediaType"},
        {409, "FeatureVersionMismatch"}};
    auto& one = kinds[world_.chance.below(std::size(kinds))];
    return storage_refusal(one.status, one.code, storage_.wall_now());
}

void service_model::note(const http::request& ask, const std::string& how) {
    world_.note(
        ask.service + " " + ask.operation + " " + ask.target.host() + ask.target.path() + " → " +
        how
    );
}

// A client that is asked to wait must do so. Storage is exempt: there are other accounts. So is the
// request that follows a refused token: it was begun before. Of two files that are streamed at a
// time the second may be on its way when the answer to the first is.
void service_model::check_patience(const http::request& ask) {
    auto& refused = refused_tokens_[ask.operation];
    if (refused > 0) {
        --refused;
        return;
    }
    static constexpr duration on_its_way = 5s;
    auto wait = waits_.find(ask.operation);
    auto now = world_.time.now();
    if (wait == waits_.end() || now >= wait->second.until) return;
    if (ask.service == "streaming" && now < wait->second.asked_at + on_its_way) return;
    world_.wrong("came back before Retry-After was over: " + ask.service + " " + ask.operation);
}

void service_model::note_patience(const http::request& ask, const http::response& answer) {
    if (answer.status == 401) ++refused_tokens_[ask.operation];
    auto wait = http::retry_after(answer);
    auto now = world_.time.now();
    if (wait && !is_storage(ask)) waits_[ask.operation] = {now, now + *wait};
}

asio::awaitable<result<http::response>> service_model::send(http::request ask) {
    // If the caller is cancelled, the borrowed body may be freed before we look at it.
    if (!ask.borrowed_body.empty()) ask.body = std::string(ask.borrowed_body);
    ask.borrowed_body = {};
    ++requests_;
    check_patience(ask);
    auto begun = world_.time.now();
    auto there = begun + world_.chance.between(1ms, 60ms);
    auto back = there + world_.chance.between(1ms, 200ms);
    auto what = draw(ask);
    co_await world_.time.sleep_until(there);
    if (what == fate::refused) {
        note(ask, "refused");
        co_return broken(errc::connect_refused, false);
    }
    if (what == fate::reset_before) {
        note(ask, "reset");
        co_return broken(errc::connection_reset, world_.chance.chance(0.5));
    }
    bool is_refused = what == fate::throttled || what == fate::odd || what == fate::error_before;
    if (is_refused) {
        auto answer = plain_answer(500, storage_.wall_now());
        if (what == fate::throttled) answer = throttled_answer(ask);
        if (what == fate::odd) answer = odd_answer();
        co_await world_.time.sleep_until(back);
        note(ask, std::to_string(answer.status));
        note_patience(ask, answer);
        co_return answer;
    }
    acted done;
    if (what != fate::stall_before) {
        done = act(ask);
        note(ask, std::to_string(done.answer.status) + (what == fate::well ? "" : ", unheard"));
    }
    if (what == fate::stall_before || what == fate::stall_after) {
        co_await world_.time.sleep_until(begun + ask.total_timeout.value_or(io_timeout));
        note(ask, "timeout");
        co_return broken(errc::timeout, true);
    }
    co_await world_.time.sleep_until(back);
    if (what == fate::reset_after) co_return broken(errc::connection_reset, true);
    if (what == fate::error_after) co_return plain_answer(500, storage_.wall_now());
    if (done.answer.status < 300) {
        for (auto post : done.posts) book_.answered(post);
    }
    note_patience(ask, done.answer);
    co_return std::move(done.answer);
}

service_model::acted service_model::act(const http::request& ask) {
    acted out;
    if (ask.target.host() == "login.microsoftonline.com") {
        out.answer = log_in(ask);
    } else if (!is_storage(ask)) {
        out = manage(ask);
    } else {
        last_post_.reset();
        out.answer = storage_.answer(ask);
        if (last_post_) out.posts.push_back(*last_post_);
    }
    return out;
}

http::response service_model::log_in(const http::request& ask) {
    if (ask.body.find("client_secret=" + std::string(canary)) == std::string::npos) {
        return plain_answer(400, storage_.wall_now(), R"({"error":"invalid_client"})");
    }
    auto life = world_.chance.chance(0.3) ? 300 : 3600;
    auto token = std::string(canary) + "-token-" + std::to_string(++tokens_given_);
    tokens_[token] = world_.time.now() + std::chrono::seconds(life);
    json::object out{{"token_type", "Bearer"}, {"expires_in", life}, {"access_token", token}};
    return plain_answer(200, storage_.wall_now(), json::serialize(out));
}

service_model::acted service_model::manage(const http::request& ask) {
    auto now = storage_.wall_now();
    if (ask.target.path() == "/v1/rest/auth/metadata") {
        json::object sign_in{
            {"LoginEndpoint", "https://login.microsoftonline.com"},
            {"LoginMfaRequired", false},
            {"KustoServiceResourceId", "https://kusto.kusto.windows.net"}};
        return {plain_answer(200, now, json::serialize(json::object{{"AzureAD", sign_in}}))};
    }
    auto bearer = std::string(ask.headers.find("Authorization").value_or(""));
    auto token = bearer.starts_with("Bearer ") ? bearer.substr(7) : std::string();
    auto known = tokens_.find(token);
    bool good = known != tokens_.end() && world_.time.now() < known->second;
    if (!good || world_.sky.occurs(fault::token_refused)) return {plain_answer(401, now)};
    if (streaming_model::owns(ask)) {
        auto done = streaming_.answer(ask, now);
        return {std::move(done.answer), std::move(done.posts)};
    }
    if (!rest_model::owns(ask)) return {command_answer(ask)};
    auto done = rest_.answer(ask);
    return {std::move(done.answer), std::move(done.posts)};
}

http::response service_model::command_answer(const http::request& ask) {
    if (ask.operation == "get_ingestion_resources") return resources();
    auto identity = std::string(canary) + "-identity-" + std::to_string(++tokens_given_);
    return token_answer("AuthorizationContext", identity);
}

static json::object table_of(json::array columns, json::array rows) {
    json::array named;
    for (auto& column : columns) named.push_back(json::object{{"ColumnName", column}});
    json::object table{{"TableName", "Table_0"}, {"Columns", named}, {"Rows", std::move(rows)}};
    return {{"Tables", json::array{std::move(table)}}};
}

http::response service_model::token_answer(std::string_view column, const std::string& value) {
    json::array columns;
    columns.emplace_back(column);
    json::array row;
    row.emplace_back(value);
    json::array rows;
    rows.push_back(std::move(row));
    auto body = table_of(std::move(columns), std::move(rows));
    return plain_answer(200, storage_.wall_now(), json::serialize(body));
}

http::response service_model::resources() {
    bool brief = world_.sky.has(fault::short_sas) && !world_.sky.calm();
    auto life = brief ? world_.chance.between(3min, 20min) : duration(24h);
    if (brief) world_.sky.count(fault::short_sas);
    json::array rows;
    auto list = [&](std::string_view kind, std::string_view service, auto& places) {
        for (auto& place : places) {
            rows.push_back(json::array{kind, storage_.with_sas(service, place, life)});
        }
    };
    list("TempStorage", "blob", containers_);
    list("SecuredReadyForAggregationQueue", "queue", queues_);
    list("FailedIngestionsQueue", "queue", ingestor_.failed_queues);
    list("SuccessfulIngestionsQueue", "queue", ingestor_.success_queues);
    auto body = table_of({"ResourceTypeName", "StorageRoot"}, std::move(rows));
    return plain_answer(200, storage_.wall_now(), json::serialize(body));
}

}  // namespace kustodrop::simulation
