#include "spool/journal/rows/known_slices.hpp"

#include <functional>
#include <string_view>

namespace kustodrop::spool {

namespace {

// Each step spreads over all bits (the finalizer of SplitMix64).
class hash {
public:
    void add(std::uint64_t number) {
        state_ += number + 0x9e3779b97f4a7c15;
        state_ = (state_ ^ (state_ >> 30)) * 0xbf58476d1ce4e5b9;
        state_ = (state_ ^ (state_ >> 27)) * 0x94d049bb133111eb;
        state_ ^= state_ >> 31;
    }
    void add(std::string_view text) {
        add(text.size());
        add(std::uint64_t(std::hash<std::string_view>()(text)));
    }
    std::uint64_t value() const { return state_; }

private:
    std::uint64_t state_ = 0;
};

void add_slice(hash& to, const slice& one) {
    to.add(one.name);
    to.add(one.location);
    to.add(one.offset);
    to.add(one.length_bytes);
    auto& identity = one.identity;
    to.add(identity.device);
    to.add(identity.inode);
    to.add(identity.size_bytes);
    to.add(static_cast<std::uint64_t>(identity.modified_ns));
    to.add(static_cast<std::uint64_t>(identity.changed_ns));
    to.add(std::uint64_t(one.start_check) << 32 | one.end_check);
    to.add(one.head_bytes);
    to.add(one.log_id ? std::string_view(*one.log_id) : std::string_view());
}

}  // namespace

static std::uint64_t hash_of_id(const source& what) {
    hash id;
    id.add(what.id);
    return id.value();
}

static std::uint64_t hash_of_slices(const source& what) {
    hash slices;
    slices.add(what.slices.size());
    for (auto& one : what.slices) add_slice(slices, one);
    return slices.value();
}

bool known_slices::are(const source& what) const {
    if (!known_) return false;
    auto id = hash_of_id(what);
    auto& there = (*known_)[id % known_->size()];
    return there.id == id && there.slices == hash_of_slices(what);
}

void known_slices::remember(const source& what) {
    if (!known_) known_ = std::make_unique<std::array<entry, 8192>>();
    auto id = hash_of_id(what);
    (*known_)[id % known_->size()] = {id, hash_of_slices(what)};
}

}  // namespace kustodrop::spool
