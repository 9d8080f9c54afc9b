#include "azure/storage/table.hpp"

#include "azure/storage/storage_error.hpp"
#include "azure/storage/storage_request.hpp"
#include "base/text.hpp"

namespace kustodrop::azure {

static constexpr std::size_t answer_bytes = 1u << 20u;  // The limit of an entity.
static constexpr duration answer_time = 30s;
static constexpr auto json_answer = "application/json;odata=nometadata";

http::request table_client::prepared(http::verb method, http::url target, std::string operation) {
    auto out = storage_request(method, std::move(target), random_, json_answer);
    out.service = "table";
    out.operation = std::move(operation);
    out.max_answer_bytes = answer_bytes;
    out.total_timeout = answer_time;
    // Without these a service of an older SAS takes no JSON.
    out.headers.add("DataServiceVersion", "3.0;NetFx");
    out.headers.add("MaxDataServiceVersion", "3.0;NetFx");
    return out;
}

// With 201 comes the entity; a page in its place is of something in between.
static bool is_inserted(const http::response& answer) {
    auto body = trimmed(answer.body);
    bool is_entity = body.empty() || body.starts_with('{');
    return answer.status == 204 || (answer.status == 201 && is_entity);
}

asio::awaitable<result<void>> table_client::insert(http::url table, std::string entity) {
    auto request = prepared(http::verb::post, std::move(table), "insert_entity");
    request.headers.add("Content-Type", "application/json");
    request.headers.add("Prefer", "return-no-content");
    request.body = std::move(entity);
    auto what = request_summary(request);
    auto answer = co_await transport_.send(std::move(request));
    if (!answer) co_return network_failure(answer.error());
    bool there = answer->status == 409 && storage_error_code(*answer) == "EntityAlreadyExists";
    if (is_inserted(*answer) || there) co_return result<void>();
    co_return storage_failure(*answer, what);
}

// Quotes inside of a key are doubled.
static std::string quoted(std::string_view key) {
    std::string doubled;
    for (char c : key) {
        if (c == '\'') doubled += c;
        doubled += c;
    }
    return "'" + percent_encode(doubled) + "'";
}

static http::url place_of(const http::url& table, const row_key& key) {
    auto path = table.path() + "(PartitionKey=" + quoted(key.partition) +
                ",RowKey=" + quoted(key.row) + ")";
    return table.with_path(path).with_parameters(table.query());
}

asio::awaitable<result<std::optional<std::string>>> table_client::get(
    http::url table, row_key key
) {
    auto request = prepared(http::verb::get, place_of(table, key), "get_entity");
    auto what = request_summary(request);
    auto answer = co_await transport_.send(std::move(request));
    if (!answer) co_return network_failure(answer.error());
    if (answer->status == 200) co_return std::optional<std::string>(std::move(answer->body));
    // The table's own absence, and what no table service says, are not the row's.
    auto code = storage_error_code(*answer);
    bool no_row = code == "ResourceNotFound" || code == "EntityNotFound";
    if (answer->status == 404 && no_row) co_return std::optional<std::string>();
    co_return storage_failure(*answer, what);
}

}  // namespace kustodrop::azure
