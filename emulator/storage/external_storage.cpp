#include "emulator/storage/external_storage.hpp"

#include "base/crypto/crypto.hpp"

namespace kustodrop::emulator {

static constexpr int attempts = 60;
static constexpr duration pause = 500ms;

static http::request creation_of(const layout& layout, const storage_resource& resource) {
    auto root = layout.account_address(resource.service, resource.account);
    http::request out;
    out.method = http::verb::put;
    out.service = to_string(resource.service);
    out.operation = "create";
    out.headers.add("x-ms-version", "2020-10-02");
    if (resource.service == storage_service::table) {
        out.method = http::verb::post;
        out.target = root.with_path_suffix("Tables");
        out.headers.add("Content-Type", "application/json");
        out.headers.add("Accept", "application/json;odata=nometadata");
        out.body = "{\"TableName\":\"" + resource.name + "\"}";
        return out;
    }
    out.target = root.with_path_suffix(resource.name);
    if (resource.service == storage_service::blob) {
        out.target = out.target.with_parameters("restype=container");
    }
    return out;
}

static result<> judge(const result<http::response>& sent, const storage_resource& resource) {
    if (sent.has_error()) return sent.error();
    auto& answer = *sent;
    // 409: it is there already.
    if (answer.status == 201 || answer.status == 204 || answer.status == 409) return {};
    failure out;
    auto code = answer.headers.find("x-ms-error-code").value_or("unexpected_answer");
    out.code = service_code(std::string(code));
    out.next = answer.status >= 500 ? remedy::retry : remedy::reconfigure;
    out.detail = "cannot create " + resource.name + " in " + resource.account + ": status " +
                 std::to_string(answer.status);
    return out;
}

asio::awaitable<result<>> make_resources(
    http::transport& transport, clock& clock, const layout& layout
) {
    for (auto resource : layout.resources()) {
        result<> done;
        for (int i = 0; i < attempts; ++i) {
            auto request = creation_of(layout, resource);
            auto sent = co_await transport.send(std::move(request));
            done = judge(sent, resource);
            if (done.has_value() || done.error().next != remedy::retry) break;
            auto wake = clock.now() + pause;
            co_await clock.sleep_until(wake);
        }
        if (done.has_error()) co_return done;
    }
    co_return result<>();
}

std::function<void(std::size_t, std::string_view, std::string_view)> recorder_of_messages(
    storage_database& database, const layout& layout, clock& clock
) {
    return [&](std::size_t queue, std::string_view id, std::string_view text) {
        posted_record record;
        std::size_t index = 0;
        for (auto& resource : layout.resources()) {
            if (resource.type != "SecuredReadyForAggregationQueue" || index++ != queue) continue;
            record.account = resource.account;
            record.queue = resource.name;
        }
        record.id = id;
        record.text = base64_decode(text).value_or(std::string(text));
        record.time = clock.wall_now();
        database.record_posted(record);
    };
}

}  // namespace kustodrop::emulator
