#include "simulation/service/storage_model.hpp"

#include "base/crypto/crypto.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace kustodrop::simulation {

http::response plain_answer(unsigned status, wall_time date, std::string body) {
    http::response out;
    out.status = status;
    out.headers.add("Date", to_http_date(date));
    out.body = std::move(body);
    return out;
}

http::response storage_refusal(unsigned status, std::string code, wall_time date) {
    auto out = plain_answer(status, date, "<Error><Code>" + code + "</Code></Error>");
    out.headers.add("x-ms-error-code", std::move(code));
    return out;
}

wall_time storage_model::wall_now() const {
    return world_.time.true_wall_now() +
           std::chrono::duration_cast<std::chrono::microseconds>(skew);
}

void storage_model::add_container(const std::string& place) { containers_[place]; }
void storage_model::add_queue(const std::string& place) { queues_[place]; }

void storage_model::remove(const std::string& place) {
    containers_.erase(place);
    queues_.erase(place);
}

std::string storage_model::with_sas(
    std::string_view service, const std::string& place, duration life
) const {
    auto slash = place.find('/');
    auto end = wall_now() + std::chrono::duration_cast<std::chrono::microseconds>(life);
    return "https://" + place.substr(0, slash) + "." + std::string(service) + ".core.windows.net/" +
           place.substr(slash + 1) + "?sv=2018-03-28&sig=" + std::string(canary) +
           "&se=" + percent_encode(to_iso8601(end));
}

storage_model::address storage_model::address_of(const http::url& target) {
    address out;
    auto account = target.host().substr(0, target.host().find('.'));
    auto path = target.path().substr(1);
    auto slash = path.find('/');
    out.place = account + "/" + path.substr(0, slash);
    if (slash != std::string::npos) out.rest = path.substr(slash + 1);
    return out;
}

bool storage_model::allowed(const http::url& target) const {
    auto end = target.parameter("se");
    auto until = end ? parse_iso8601(*end) : std::nullopt;
    return until && wall_now() < *until && target.parameter("sig") == std::string(canary);
}

http::response storage_model::answer(const http::request& ask) {
    if (!allowed(ask.target)) return storage_refusal(403, "AuthenticationFailed", wall_now());
    auto where = address_of(ask.target);
    auto& host = ask.target.host();
    if (host.find(".blob.") != std::string::npos) return blob_answer(ask, where);
    return queue_answer(ask, where);
}

http::response storage_model::blob_answer(const http::request& ask, const address& where) {
    auto found = containers_.find(where.place);
    if (found == containers_.end()) return storage_refusal(404, "ContainerNotFound", wall_now());
    auto& [name, in] = *found;
    auto sum = ask.headers.find("Content-MD5");
    if (sum && *sum != base64_encode(*md5(ask.payload()))) {
        return storage_refusal(400, "Md5Mismatch", wall_now());
    }
    auto comp = ask.target.parameter("comp").value_or("");
    if (comp == "block") {
        in.blocks[where.rest][*ask.target.parameter("blockid")] = ask.payload();
    } else if (comp == "blocklist" && ask.method == http::verb::get) {
        return block_list(in, where.rest);
    } else if (comp == "blocklist") {
        std::string whole;
        std::string_view left = ask.payload();
        static constexpr std::string_view open = "<Latest>";
        for (auto at = left.find(open); at != left.npos; at = left.find(open)) {
            left.remove_prefix(at + open.size());
            auto id = std::string(left.substr(0, left.find('<')));
            auto block = in.blocks[where.rest].find(id);
            if (block == in.blocks[where.rest].end()) {
                return storage_refusal(400, "InvalidBlockList", wall_now());
            }
            whole += block->second;
        }
        in.blocks.erase(where.rest);
        in.blobs[where.rest] = std::move(whole);
    } else if (ask.method == http::verb::put) {
        in.blobs[where.rest] = ask.payload();
    } else {
        auto blob = in.blobs.find(where.rest);
        if (blob == in.blobs.end()) return storage_refusal(404, "BlobNotFound", wall_now());
        auto out = plain_answer(200, wall_now());
        out.headers.add("Content-Length", std::to_string(blob->second.size()));
        return out;
    }
    return plain_answer(201, wall_now());
}

http::response storage_model::block_list(const container& in, const std::string& name) const {
    auto blocks = in.blocks.find(name);
    bool is_there = blocks != in.blocks.end() || in.blobs.contains(name);
    if (!is_there) return storage_refusal(404, "BlobNotFound", wall_now());
    std::string body = "<BlockList><UncommittedBlocks>";
    if (blocks != in.blocks.end()) {
        for (auto& [id, content] : blocks->second) {
            body += "<Block><Name>" + id + "</Name><Size>" + std::to_string(content.size()) +
                    "</Size></Block>";
        }
    }
    return plain_answer(200, wall_now(), body + "</UncommittedBlocks></BlockList>");
}

http::response storage_model::queue_answer(const http::request& ask, const address& where) {
    auto found = queues_.find(where.place);
    if (found == queues_.end()) return storage_refusal(404, "QueueNotFound", wall_now());
    if (where.rest == "messages") {
        bool putting = ask.method == http::verb::post;
        return putting ? take_post(ask, where) : hand_out(found->second, ask);
    }
    return update_or_delete(found->second, ask, where);
}

http::response storage_model::take_post(const http::request& ask, const address& where) {
    static constexpr std::string_view open = "<MessageText>";
    std::string body(ask.payload());
    auto from = body.find(open);
    auto to = body.find("</MessageText>");
    if (from == std::string::npos || to == std::string::npos) {
        return storage_refusal(400, "InvalidXmlDocument", wall_now());
    }
    from += open.size();
    auto text = base64_decode(body.substr(from, to - from));
    if (!text) world_.wrong("a message that is not base64 in " + where.place);
    if (text && posted) posted(std::move(*text));
    return plain_answer(201, wall_now(), "<QueueMessagesList></QueueMessagesList>");
}

http::response storage_model::hand_out(queue& from, const http::request& ask) {
    bool peeking = ask.target.parameter("peekonly") == "true";
    auto wanted = std::stoul(ask.target.parameter("numofmessages").value_or("1"));
    auto hidden = std::stoul(ask.target.parameter("visibilitytimeout").value_or("30"));
    std::string body = "<QueueMessagesList>";
    std::size_t given = 0;
    for (auto& message : from.messages) {
        if (given >= wanted) break;
        if (message.visible_at > world_.time.now()) continue;
        ++given;
        body += "<QueueMessage><MessageId>" + message.id + "</MessageId><InsertionTime>" +
                to_http_date(message.inserted_at) + "</InsertionTime>";
        if (!peeking) {
            message.visible_at = world_.time.now() + std::chrono::seconds(hidden);
            message.receipt = "r" + std::to_string(++numbers_);
            ++message.dequeues;
            body += "<PopReceipt>" + message.receipt + "</PopReceipt>";
        }
        body += "<DequeueCount>" + std::to_string(message.dequeues) +
                "</DequeueCount><MessageText>" + base64_encode(message.text) +
                "</MessageText></QueueMessage>";
    }
    return plain_answer(200, wall_now(), body + "</QueueMessagesList>");
}

http::response storage_model::update_or_delete(
    queue& in, const http::request& ask, const address& where
) {
    auto id = where.rest.substr(where.rest.find('/') + 1);
    auto message = std::ranges::find(in.messages, id, &queued_message::id);
    if (message == in.messages.end()) return storage_refusal(404, "MessageNotFound", wall_now());
    auto receipt = ask.target.parameter("popreceipt").value_or("");
    if (receipt != message->receipt) {
        return storage_refusal(400, "PopReceiptMismatch", wall_now());
    }
    if (ask.method == http::verb::delete_) {
        if (message->foreign) world_.wrong("a message of another client was deleted: " + id);
        in.messages.erase(message);
    } else {
        auto hidden = std::stoul(ask.target.parameter("visibilitytimeout").value_or("0"));
        message->visible_at = world_.time.now() + std::chrono::seconds(hidden);
        message->receipt = "r" + std::to_string(++numbers_);
    }
    return plain_answer(204, wall_now());
}

std::optional<std::string> storage_model::read(const std::string& url, std::string& why) const {
    auto target = http::url::parse(url);
    why = "BadRequest_InvalidBlobUri";
    if (!target) return std::nullopt;
    why = "Download_Forbidden";
    if (!allowed(*target)) return std::nullopt;
    why = "Download_SourceNotFound";
    auto where = address_of(*target);
    auto in = containers_.find(where.place);
    if (in == containers_.end()) return std::nullopt;
    auto blob = in->second.blobs.find(where.rest);
    if (blob == in->second.blobs.end()) return std::nullopt;
    return blob->second;
}

void storage_model::erase_blob(const std::string& url) {
    auto target = http::url::parse(url);
    if (!target) return;
    auto where = address_of(*target);
    auto in = containers_.find(where.place);
    if (in != containers_.end()) in->second.blobs.erase(where.rest);
}

void storage_model::put(const std::string& queue, std::string text, bool foreign) {
    queued_message message;
    message.id = "m" + std::to_string(++numbers_);
    message.text = std::move(text);
    message.visible_at = world_.time.now();
    message.inserted_at = wall_now();
    message.foreign = foreign;
    auto found = queues_.find(queue);
    if (found != queues_.end()) found->second.messages.push_back(std::move(message));
}

void storage_model::take_any(
    const std::string& queue, bool foreign, std::optional<duration> hidden_for
) {
    auto found = queues_.find(queue);
    if (found == queues_.end()) return;
    auto& messages = found->second.messages;
    auto one = std::ranges::find_if(messages, [&](auto& message) {
        return message.foreign == foreign && message.visible_at <= world_.time.now();
    });
    if (one == messages.end()) return;
    if (!hidden_for) {
        messages.erase(one);
        return;
    }
    one->visible_at = world_.time.now() + *hidden_for;
    one->receipt = "r" + std::to_string(++numbers_);
    ++one->dequeues;
}

std::size_t storage_model::waiting(const std::string& queue) const {
    auto found = queues_.find(queue);
    return found == queues_.end() ? 0 : found->second.messages.size();
}

}  // namespace kustodrop::simulation
