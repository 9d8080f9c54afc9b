#include "emulator/ingest/batching.hpp"

#include <utility>

namespace kustodrop::emulator {

std::string batch_key(const ingestion_message& message) {
    std::string key;
    auto add = [&](const std::string& part) { key += std::to_string(part.size()) + ':' + part; };
    add(message.database);
    add(message.table);
    add(message.format);
    add(message.mapping_name);
    add(message.creation_time);
    add(message.ignore_first_record ? "skip" : "all");
    for (auto& tag : message.tags) add(tag);
    add("/");
    for (auto& value : message.ingest_if_not_exists) add(value);
    return key;
}

bool batching::add(pending_ingestion& item, time_point now) {
    auto key = batch_key(item.message);
    auto blob = item.message.source_path();
    auto& batch = open_[key];
    if (batch.content.items.empty()) batch.due = now + options_.batching;
    if (batch.blobs.contains(blob) || batch.ids.contains(item.message.id)) return false;
    batch.blobs.insert(std::move(blob));
    batch.ids.insert(item.message.id);
    batch.bytes += item.message.raw_size.value_or(0);
    if (item.message.flush_immediately) batch.due = now;
    batch.content.items.push_back(std::move(item));
    if (batch.content.items.size() >= options_.max_items || batch.bytes >= options_.max_bytes) {
        full_.push_back(std::move(batch.content));
        open_.erase(key);
    }
    return true;
}

std::optional<time_point> batching::next_seal() const {
    if (!full_.empty()) return time_point::min();
    std::optional<time_point> next;
    for (auto& [key, batch] : open_) {
        if (!next || batch.due < *next) next = batch.due;
    }
    return next;
}

std::vector<sealed_batch> batching::seal(time_point now) {
    auto out = std::exchange(full_, {});
    for (auto at = open_.begin(); at != open_.end();) {
        if (at->second.due <= now) {
            out.push_back(std::move(at->second.content));
            at = open_.erase(at);
        } else {
            ++at;
        }
    }
    return out;
}

std::size_t batching::waiting() const {
    std::size_t count = 0;
    for (auto& batch : full_) count += batch.items.size();
    for (auto& [key, batch] : open_) count += batch.content.items.size();
    return count;
}

}  // namespace kustodrop::emulator
