#pragma once

#include "spool/source/source.hpp"

#include <array>
#include <cstdint>
#include <memory>

namespace kustodrop::spool {

/// Which slices the journal holds of the sources that were written last, by 64-bit hashes, so that
/// what is known to be there is neither read nor written again. A place is shared by all ids whose
/// hashes end alike: the latest has it. 128 KiB, made when it is first needed. Pure.
class known_slices {
public:
    /// False too where that is not known.
    bool are(const source& what) const;

    void remember(const source& what);
    void forget_all() { known_.reset(); }

private:
    struct entry {
        std::uint64_t id = 0;
        std::uint64_t slices = 0;
    };

    std::unique_ptr<std::array<entry, 8192>> known_;
};

}  // namespace kustodrop::spool
