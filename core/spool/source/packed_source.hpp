#pragma once

#include "spool/source/source.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace kustodrop::spool {

/// The texts that many sources share (watch, target, account, container), each kept once and for as
/// long as this lives: they are few. By number, from 0.
class shared_texts {
public:
    std::uint64_t number_of(const std::string& text);
    const std::string& at(std::uint64_t number) const { return texts_[number]; }

private:
    std::deque<std::string> texts_;
    std::unordered_map<std::string_view, std::uint64_t> numbers_;  // The keys are in texts_.
};

/// A source without its id, in about a sixth of its room: for the many that only wait.
using packed_source = std::unique_ptr<const char[]>;

/// What comes out of unpack() equals what went into pack(), with the same shared texts.
packed_source pack(const source&, shared_texts&);
source unpack(const packed_source&, std::string id, const shared_texts&);

/// The watch of one, without unpacking the rest. Valid as long as the texts.
const std::string& watch_of(const packed_source&, const shared_texts&);

}  // namespace kustodrop::spool
