#include "emulator/storage/blobs/blob_service.hpp"

#include "base/crypto/crypto.hpp"
#include "base/text.hpp"
#include "emulator/storage/authorization.hpp"
#include "emulator/storage/blobs/blob_answers.hpp"
#include "emulator/storage/blobs/blob_errors.hpp"
#include "emulator/storage/blobs/blob_requests.hpp"
#include "emulator/storage/etag.hpp"

namespace kustodrop::emulator {

static constexpr std::size_t inline_bytes = 64u << 10u;
static constexpr std::size_t uncommitted_limit = 100'000;

void blob_service::classify(exchange& one) const {
    split_path(one);
    one.service = "blob";
    auto comp = one.parameter("comp").value_or("");
    auto method = one.request.method;
    if (one.object.empty()) return;
    if (method == http::verb::put && comp.empty()) one.operation = "put_blob";
    if (method == http::verb::put && comp == "block") one.operation = "put_block";
    if (method == http::verb::put && comp == "blocklist") one.operation = "put_block_list";
    if (method == http::verb::get && comp.empty()) one.operation = "get_blob";
    if (method == http::verb::get && comp == "blocklist") one.operation = "get_block_list";
    if (method == http::verb::head && comp.empty()) one.operation = "head_blob";
    if (method == http::verb::delete_ && comp.empty()) one.operation = "delete_blob";
}

http::response blob_service::refusal(const service_error& error, const exchange& one) const {
    return xml_error(error, one, p_.time.wall_now());
}

http::reply blob_service::refuse(const service_error& error, const exchange& one) const {
    http::reply out;
    out.answer = refusal(error, one);
    return out;
}

std::optional<service_error> blob_service::authorize_blob(const exchange& one) const {
    sas_demand demand;
    demand.service = storage_service::blob;
    demand.permissions = "r";
    if (one.operation.starts_with("put_")) demand.permissions = "wc";
    if (one.operation == "delete_blob") demand.permissions = "d";
    if (one.operation == "unknown") {
        return service_error{
            405, "UnsupportedHttpVerb", "The resource doesn't support specified Http Verb."};
    }
    return authorize(p_.layout, one, demand, p_.time.wall_now());
}

asio::awaitable<http::reply> blob_service::answer(exchange& one) {
    if (auto error = authorize_blob(one)) co_return refuse(*error, one);
    if (p_.discard && one.operation.starts_with("put_")) co_return forget(one);
    if (one.operation == "put_blob") co_return co_await put_blob(one);
    if (one.operation == "put_block") co_return co_await put_block(one);
    if (one.operation == "put_block_list") co_return co_await put_block_list(one);
    if (one.operation == "get_block_list") co_return get_block_list(one);
    if (one.operation == "delete_blob") co_return delete_blob(one);
    co_return get_blob(one);
}

http::reply blob_service::forget(const exchange& one) {
    http::reply out;
    out.answer.status = 201;
    auto now = p_.time.wall_now();
    out.answer.headers.add("ETag", make_etag(now, p_.random));
    out.answer.headers.add("Last-Modified", to_http_date(now));
    auto md5 = one.header("Content-MD5");
    if (md5) out.answer.headers.add("Content-MD5", std::string(*md5));
    return out;
}

blob_record blob_service::named(const exchange& one) const {
    blob_record out;
    out.account = one.account;
    out.container = one.resource;
    out.name = one.object;
    return out;
}

std::optional<service_error> blob_service::check_conditions(const exchange& one) {
    auto none_match = one.header("If-None-Match");
    if (!none_match || trimmed(*none_match) != "*") return std::nullopt;
    if (!p_.database.find_blob(one.account, one.resource, one.object)) return std::nullopt;
    return service_error{409, "BlobAlreadyExists", "The specified blob already exists."};
}

// Digests and writes; what is large does so beside the event loop.
asio::awaitable<blob_files::stored> blob_service::store(exchange& one) {
    blob_files::digests wanted;
    wanted.crc64 = one.header("x-ms-content-crc64").has_value();
    // A blob keeps its MD5; a block that comes with a CRC is answered with that.
    wanted.md5 = !wanted.crc64 || one.header("Content-MD5") || one.operation == "put_blob";
    auto work = [this, &one, wanted] { return p_.files.store(one, wanted); };
    if (one.body_bytes() <= inline_bytes) co_return work();
    co_return co_await offload(p_.pool, std::move(work));
}

// Replaces the blob's record, and answers.
http::reply blob_service::commit(const exchange& one, blob_record blob) {
    auto before = p_.database.find_blob(blob.account, blob.container, blob.name);
    blob.modified = p_.time.wall_now();
    blob.etag = make_etag(blob.modified, p_.random);
    auto type = one.header("x-ms-blob-content-type");
    if (!type && one.operation == "put_blob") type = one.header("Content-Type");
    blob.content_type = type.value_or("application/octet-stream");
    p_.database.put_blob(blob);
    forget_blocks(blob);
    if (before) p_.files.remove(before->file);
    http::reply out;
    out.answer.status = 201;
    auto& headers = out.answer.headers;
    headers.add("ETag", blob.etag);
    headers.add("Last-Modified", to_http_date(blob.modified));
    headers.add("x-ms-request-server-encrypted", "true");
    if (!blob.md5.empty()) headers.add("Content-MD5", blob.md5);
    return out;
}

static void add_crc64(http::reply& out, const blob_files::stored& stored) {
    if (stored.crc64.empty()) return;
    out.answer.headers.add("x-ms-content-crc64", base64_encode(stored.crc64));
}

asio::awaitable<http::reply> blob_service::put_blob(exchange& one) {
    auto error = check_blob_type(one);
    if (!error && one.body_bytes() > put_blob_limit) error = body_too_large(put_blob_limit);
    if (!error) error = check_conditions(one);
    if (error) co_return refuse(*error, one);
    auto stored = co_await store(one);
    if (auto corrupted = check_digests(one, stored)) {
        p_.files.remove(stored.file);
        co_return refuse(*corrupted, one);
    }
    auto blob = named(one);
    blob.file = stored.file;
    blob.bytes = one.body_bytes();
    blob.md5 = base64_encode(stored.md5);
    auto out = commit(one, std::move(blob));
    add_crc64(out, stored);
    co_return out;
}

blob_service::block_rule& blob_service::rule_of(const blob_record& blob) {
    auto [place, fresh] = rules_.try_emplace({blob.account + "/" + blob.container, blob.name});
    if (fresh) {
        auto known = p_.database.blocks(blob);
        place->second.count = known.size();
        if (!known.empty()) {
            place->second.id_bytes = base64_decode(known.front().id).value_or("").size();
        }
    }
    return place->second;
}

std::optional<service_error> blob_service::check_block(const exchange& one) {
    auto text = one.parameter("blockid");
    auto id = text ? base64_decode(*text) : std::nullopt;
    if (!id || id->empty() || id->size() > 64) return bad_parameter("blockid", text.value_or(""));
    if (one.body_bytes() == 0) return bad_header("Content-Length", "0");
    if (one.body_bytes() > put_block_limit) return body_too_large(put_block_limit);
    auto& rule = rule_of(named(one));
    if (rule.count > 0 && rule.id_bytes != id->size()) return invalid_block();
    if (rule.count >= uncommitted_limit) {
        return service_error{
            409,
            "BlockCountExceedsLimit",
            "The uncommitted block count cannot exceed the maximum limit of 100,000 blocks."};
    }
    rule.id_bytes = id->size();
    return std::nullopt;
}

asio::awaitable<http::reply> blob_service::put_block(exchange& one) {
    if (auto error = check_block(one)) co_return refuse(*error, one);
    auto stored = co_await store(one);
    if (auto corrupted = check_digests(one, stored)) {
        p_.files.remove(stored.file);
        co_return refuse(*corrupted, one);
    }
    block_record block;
    block.id = *one.parameter("blockid");
    block.file = stored.file;
    block.bytes = one.body_bytes();
    auto replaced = p_.database.put_block(named(one), block);
    if (replaced.empty()) ++rule_of(named(one)).count;
    p_.files.remove(replaced);
    http::reply out;
    out.answer.status = 201;
    out.answer.headers.add("x-ms-request-server-encrypted", "true");
    if (!stored.md5.empty()) {
        out.answer.headers.add("Content-MD5", base64_encode(stored.md5));
    }
    add_crc64(out, stored);
    co_return out;
}

// The bytes behind each block of the list: uncommitted blocks, or those the blob already has.
std::optional<service_error> blob_service::find_segments(
    const exchange& one,
    const std::vector<std::pair<char, std::string>>& wanted,
    std::vector<file_segment>& segments,
    std::string& blocks
) {
    std::map<std::string, file_segment> uncommitted;
    std::map<std::string, file_segment> committed;
    for (auto& block : p_.database.blocks(named(one))) {
        uncommitted[block.id] = {p_.files.path_of(block.file), 0, block.bytes};
    }
    if (auto blob = p_.database.find_blob(one.account, one.resource, one.object)) {
        committed = committed_blocks(*blob, p_.files);
    }
    for (auto& [kind, id] : wanted) {
        auto in_uncommitted = uncommitted.find(id);
        auto in_committed = committed.find(id);
        if (kind != 'C' && in_uncommitted != uncommitted.end()) {
            segments.push_back(in_uncommitted->second);
        } else if (kind != 'U' && in_committed != committed.end()) {
            segments.push_back(in_committed->second);
        } else {
            return service_error{400, "InvalidBlockList", "The specified block list is invalid."};
        }
        blocks += id + " " + std::to_string(segments.back().length) + "\n";
    }
    return std::nullopt;
}

asio::awaitable<http::reply> blob_service::put_block_list(exchange& one) {
    auto wanted = parse_block_list(one.request.body);
    auto blob = named(one);
    std::vector<file_segment> segments;
    std::optional<service_error> error;
    if (!wanted) error = invalid_xml();
    if (!error) error = check_conditions(one);
    if (!error && wanted->size() > 50'000) error = block_list_too_long();
    if (!error) error = find_segments(one, *wanted, segments, blob.blocks);
    if (!error) error = check_body_digests(one);
    if (error) co_return refuse(*error, one);
    for (auto& segment : segments) blob.bytes += segment.length;
    auto work = [this, segments] { return p_.files.join(segments); };
    blob.file = co_await offload(p_.pool, std::move(work));
    blob.md5 = one.header("x-ms-blob-content-md5").value_or("");
    co_return commit(one, std::move(blob));
}

void blob_service::forget_blocks(const blob_record& blob) {
    for (auto& block : p_.database.blocks(blob)) p_.files.remove(block.file);
    p_.database.remove_blocks(blob);
    rules_.erase({blob.account + "/" + blob.container, blob.name});
}

static service_error blob_not_found() {
    return {404, "BlobNotFound", "The specified blob does not exist."};
}

http::reply blob_service::get_blob(const exchange& one) {
    auto blob = p_.database.find_blob(one.account, one.resource, one.object);
    if (!blob) return refuse(blob_not_found(), one);
    auto range = wanted_range(one, blob->bytes);
    if (!range) {
        service_error error{
            416, "InvalidRange", "The range specified is invalid for the current size."};
        auto out = refuse(error, one);
        out.answer.headers.add("Content-Range", "bytes */" + std::to_string(blob->bytes));
        return out;
    }
    http::reply out;
    out.answer = blob_head(*blob);
    out.answer.status = range->partial ? 206 : 200;
    auto& headers = out.answer.headers;
    if (range->partial) {
        headers.add("Content-Range", range->content_range(blob->bytes));
    } else if (!blob->md5.empty()) {
        headers.add("Content-MD5", blob->md5);
    }
    if (one.request.method == http::verb::head) {
        headers.add("Content-Length", std::to_string(blob->bytes));
        return out;
    }
    out.file = http::file_part{p_.files.path_of(blob->file), range->offset, range->length};
    return out;
}

http::reply blob_service::get_block_list(const exchange& one) {
    auto blob = p_.database.find_blob(one.account, one.resource, one.object);
    auto uncommitted = p_.database.blocks(named(one));
    if (!blob && uncommitted.empty()) return refuse(blob_not_found(), one);
    auto type = one.parameter("blocklisttype").value_or("committed");
    http::reply out;
    out.answer = block_list_answer(
        blob,
        type == "uncommitted" || type == "all" ? uncommitted : std::vector<block_record>(),
        type != "uncommitted"
    );
    return out;
}

http::reply blob_service::delete_blob(const exchange& one) {
    auto blob = p_.database.find_blob(one.account, one.resource, one.object);
    if (!blob) return refuse(blob_not_found(), one);
    p_.database.remove_blob(one.account, one.resource, one.object);
    forget_blocks(*blob);
    p_.files.remove(blob->file);
    http::reply out;
    out.answer.status = 202;
    out.answer.headers.add("x-ms-delete-type-permanent", "true");
    return out;
}

}  // namespace kustodrop::emulator
