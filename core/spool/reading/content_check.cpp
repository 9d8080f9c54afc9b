#include "spool/reading/content_check.hpp"

#include "spool/reading/compression_kind.hpp"
#include "spool/reading/read_failures.hpp"

namespace kustodrop::spool {

content_check::content_check(const std::optional<data_rules>& rules) {
    if (rules) data_.emplace(*rules);
}

void content_check::count(const std::optional<record_count_rules>& rules, bool begins_file) {
    count_.reset();
    if (!rules) return;
    auto counted = *rules;
    counted.drops_first_record = counted.drops_first_record && begins_file;
    count_.emplace(counted);
}

std::optional<std::uint64_t> content_check::records() const {
    return count_ ? count_->total() : std::nullopt;
}

bool content_check::add(std::string_view raw_bytes) {
    first_bytes_ += raw_bytes.substr(0, compression_head_bytes - first_bytes_.size());
    if (data_) data_->add(raw_bytes);
    if (count_) count_->add(raw_bytes);
    return first_bytes_.size() < compression_head_bytes || (data_ && !data_->found());
}

bool content_check::would_suffice(std::string_view first_bytes) const {
    if (!data_) return true;
    auto probe = *data_;
    probe.add(first_bytes);
    return probe.found();
}

result<void> content_check::inside(const slice& what, bool is_all) {
    if (inside_checked_ || (!is_all && first_bytes_.size() < compression_head_bytes)) return {};
    inside_checked_ = true;
    return check_inside(what, first_bytes_);
}

result<void> content_check::end(const slice& first) const {
    if (data_ && !data_->has_data()) return holds_no_data(first);
    return {};
}

}  // namespace kustodrop::spool
