#include "emulator/management/control_service.hpp"

#include "base/crypto/crypto.hpp"
#include "base/text.hpp"
#include "emulator/front/durations.hpp"

#include <boost/json.hpp>

#include <charconv>

namespace kustodrop::emulator {

namespace json = boost::json;

static http::response problem(unsigned status, std::string_view what) {
    return json_answer(status, json::serialize(json::object{{"error", what}}));
}

static http::response done() { return json_answer(200, "{\"ok\":true}"); }

// The body as an object; empty for no body at all.
static std::optional<json::object> object_in(const exchange& one) {
    if (one.request.body.empty()) return json::object();
    boost::system::error_code error;
    auto value = json::parse(one.request.body, error);
    if (error || !value.is_object()) return std::nullopt;
    return std::move(value.get_object());
}

asio::awaitable<http::reply> control_service::answer(const exchange& one) {
    http::reply out;
    bool in_storage = one.path == "/control/blobs" || one.path == "/control/notifications";
    if (in_storage && p_.make_resources) {
        out.answer = problem(501, "these lie in the other storage; ask there");
    } else if (one.path == "/control/blobs" && one.request.method == http::verb::get) {
        out.answer = co_await blobs();
    } else if (one.path == "/control/rotate" && one.request.method == http::verb::post) {
        out.answer = co_await rotate();
    } else {
        out.answer = act(one);
    }
    co_return out;
}

asio::awaitable<http::response> control_service::rotate() {
    p_.layout.rotate_containers();
    if (!p_.make_resources) co_return done();
    auto made = co_await p_.make_resources();
    if (!made) co_return problem(502, "the other storage would not make the containers");
    co_return done();
}

http::response control_service::act(const exchange& one) {
    auto get = one.request.method == http::verb::get;
    auto post = one.request.method == http::verb::post;
    if (one.path == "/control/stats" && get) return stats();
    if (one.path == "/control/messages" && get) return messages(one);
    if (one.path == "/control/notifications" && get) return notifications();
    if (one.path == "/control/notifications" && post) return inject(one);
    if (one.path == "/control/faults" && post) return add_faults(one);
    if (one.path == "/control/tokens" && post) return set_lifetimes(one);
    if (one.path == "/control/assertions" && get) return assertions();
    if (one.path == "/control/identity" && post) return set_identity(one);
    if (one.path == "/control/ingestor" && post) return pause(one);
    if (one.path == "/control/proxy" && post) return steer_proxy(one);
    if (one.path == "/control/faults" && one.request.method == http::verb::delete_) {
        p_.gateway.faults().clear();
        return done();
    }
    if (one.path == "/control/expire_sas" && post) {
        p_.layout.rotate_keys();
        return done();
    }
    return problem(404, "nothing here for " + std::string(to_string(one.request.method)));
}

http::response control_service::stats() const {
    auto& counts = p_.gateway.counts();
    json::array requests;
    for (auto& [key, count] : counts.requests) {
        auto& [service, operation, account, resource, status] = key;
        requests.push_back(json::object{
            {"service", service},
            {"operation", operation},
            {"account", account},
            {"resource", resource},
            {"status", status},
            {"count", count}});
    }
    json::object body{
        {"requests", std::move(requests)},
        {"bytes_in", counts.bytes_in},
        {"tokens_issued", p_.tokens.issued()},
        {"connections", p_.connections ? p_.connections() : 0},
    };
    if (p_.ingestor) body["ingestor"] = p_.ingestor->stats();
    if (p_.proxy.tunnels) {
        auto& tunnels = body["tunnels"].emplace_object();
        for (auto& [place, count] : p_.proxy.tunnels()) tunnels[place] = count;
    }
    return json_answer(200, json::serialize(body));
}

http::response control_service::messages(const exchange& one) {
    std::int64_t after = 0;
    auto since = one.parameter("after").value_or("");
    std::from_chars(since.data(), since.data() + since.size(), after);
    json::array out;
    for (auto& posted : p_.database.posted(after, 1'000'000)) {
        out.push_back(json::object{
            {"sequence", posted.sequence},
            {"account", posted.account},
            {"queue", posted.queue},
            {"message_id", posted.id},
            {"time", to_iso8601(posted.time)},
            {"text", posted.text}});
    }
    return json_answer(200, json::serialize(out));
}

static bool is_gzip_name(std::string_view name) { return name.ends_with(".gz"); }

asio::awaitable<http::response> control_service::blobs() {
    auto all = p_.database.blobs();
    auto work = [this, all] {
        json::array out;
        for (auto& blob : all) {
            json::object one{
                {"account", blob.account},
                {"container", blob.container},
                {"name", blob.name},
                {"bytes", blob.bytes},
                {"content_type", blob.content_type},
                {"modified", to_iso8601(blob.modified)}};
            std::error_code ignored;
            auto path = p_.files.path_of(blob.file);
            if (std::filesystem::exists(path, ignored)) {
                auto digest = blob_files::digest(path, is_gzip_name(blob.name));
                one["sha256"] = digest.sha256;
                if (digest.raw_bytes) one["raw_bytes"] = *digest.raw_bytes;
                if (digest.raw_sha256) one["raw_sha256"] = *digest.raw_sha256;
            }
            out.push_back(std::move(one));
        }
        return json::serialize(out);
    };
    auto body = co_await offload(p_.pool, std::move(work));
    co_return json_answer(200, body);
}

std::vector<queue_place> control_service::notification_queues(std::string_view type) const {
    std::vector<queue_place> out;
    for (auto& resource : p_.layout.resources()) {
        if (resource.type == type) out.push_back({resource.account, resource.name});
    }
    return out;
}

http::response control_service::notifications() {
    json::object out;
    for (auto& [name, type] :
         {std::pair("successful", "SuccessfulIngestionsQueue"),
          std::pair("failed", "FailedIngestionsQueue")}) {
        json::array list;
        for (auto& place : notification_queues(type)) {
            for (auto& message : p_.queues.all(place)) {
                list.push_back(json::object{
                    {"account", message.account},
                    {"queue", message.queue},
                    {"message_id", message.id},
                    {"text", base64_decode(message.text).value_or(message.text)},
                    {"visible", p_.queues.is_visible(message)},
                    {"dequeue_count", message.dequeues},
                    {"time", to_iso8601(message.inserted)}});
            }
        }
        out[name] = std::move(list);
    }
    return json_answer(200, json::serialize(out));
}

http::response control_service::add_faults(const exchange& one) {
    std::vector<fault_rule> rules;
    if (auto wrong = fault_plan::parse(one.request.body, rules)) return problem(400, *wrong);
    for (auto& rule : rules) p_.gateway.faults().add(std::move(rule));
    return done();
}

http::response control_service::inject(const exchange& one) {
    auto body = object_in(one);
    auto* queue = body ? body->if_contains("queue") : nullptr;
    auto* messages = body ? body->if_contains("messages") : nullptr;
    auto name = queue && queue->is_string() ? std::string_view(queue->get_string()) : "";
    bool known = name == "successful" || name == "failed";
    if (!known || !messages || !messages->is_array()) {
        return problem(400, "wanted: queue (successful or failed) and an array of messages");
    }
    auto* type = name == "failed" ? "FailedIngestionsQueue" : "SuccessfulIngestionsQueue";
    std::vector<std::string> texts;
    for (auto& message : messages->get_array()) {
        // A string stands for itself, so that a test may inject text that is not JSON.
        auto text = message.is_string() ? std::string(message.get_string())
                                        : std::string(json::serialize(message));
        texts.push_back(base64_encode(text));
    }
    auto places = notification_queues(type);
    if (places.empty()) return problem(404, "there is no queue of this kind");
    p_.queues.put_in_front(places.front(), std::move(texts));
    return done();
}

http::response control_service::set_lifetimes(const exchange& one) {
    auto body = object_in(one);
    if (!body) return problem(400, "a JSON object is wanted");
    for (auto& member : *body) {
        auto name = std::string_view(member.key());
        auto* text = member.value().if_string();
        if (name == "revoke" && member.value().is_bool()) {
            if (member.value().get_bool()) p_.tokens.revoke_all();
            continue;
        }
        auto time = text ? parse_duration(std::string_view(*text)) : std::nullopt;
        bool known = name == "lifetime" || name == "sas_lifetime";
        if (!known || !time) return problem(400, "not usable: " + std::string(name));
        if (name == "lifetime") p_.tokens.set_lifetime(*time);
        if (name == "sas_lifetime") p_.management.set_sas_lifetime(*time);
    }
    return done();
}

// {"block": ["host:port", …]}: where the proxy refuses to connect to from now on.
http::response control_service::steer_proxy(const exchange& one) {
    auto body = object_in(one);
    auto* places = body ? body->if_contains("block") : nullptr;
    if (!p_.proxy.block) return problem(404, "there is no proxy; start with --proxy-port");
    if (!places || !places->is_array()) return problem(400, "wanted: block, a list of host:port");
    std::set<std::string> blocked;
    for (auto& place : places->get_array()) {
        if (!place.is_string()) return problem(400, "wanted: block, a list of host:port");
        blocked.emplace(place.get_string());
    }
    p_.proxy.block(std::move(blocked));
    return done();
}

http::response control_service::assertions() const {
    json::array out;
    for (auto& text : p_.sign_in.assertions()) out.emplace_back(text);
    return json_answer(200, json::serialize(out));
}

http::response control_service::set_identity(const exchange& one) {
    auto body = object_in(one);
    auto* fresh = body ? body->if_contains("client_secret") : nullptr;
    if (!fresh || !fresh->is_string()) return problem(400, "wanted: client_secret, a text");
    p_.tokens.replace_client_secret(std::string(fresh->get_string()));
    return done();
}

http::response control_service::pause(const exchange& one) {
    auto body = object_in(one);
    auto* paused = body ? body->if_contains("paused") : nullptr;
    if (!paused || !paused->is_bool()) return problem(400, "wanted: paused, true or false");
    if (p_.ingestor) p_.ingestor->set_paused(paused->get_bool());
    return done();
}

}  // namespace kustodrop::emulator
