#pragma once

#include "azure/storage/blob.hpp"
#include "base/secret.hpp"
#include "kusto/storage_router.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace kustodrop::pipeline {

/// Whether storage may still say which blocks it has, after this failure of asking it: it did not
/// answer, or is busy. Anything else is an answer that will stay as it is. Pure.
bool may_answer_later(const failure& problem);

/// Whether an upload that failed like this, after so many of its blocks were stored, is better
/// begun somewhere else with all of its blocks. Pure.
bool is_better_begun_afresh(const failure& problem, std::size_t stored_blocks);

/// Where large uploads began, so that another attempt continues there with what storage has by
/// then. After a restart the containers are asked, which takes a round trip each.
class begun_uploads {
public:
    begun_uploads(storage_router& router, azure::blob_client& blobs)
        : router_(router), blobs_(blobs) {}

    struct wanted {
        std::string source_id;
        std::string blob;  // Its name.
        // An earlier run has begun it: its blocks may be in any container.
        bool is_of_an_earlier_run = false;
    };

    /// The blocks that storage has of this blob. `container`, where the upload would go, becomes
    /// the one in which they are. Where storage may not be asked, or gives no list, there are none.
    /// Fails a few times in a row where storage does not answer, unless another account is well.
    asio::awaitable<result<std::vector<azure::stored_block>>> find(
        wanted upload, azure::storage_place& container
    );

    /// The upload failed with so many blocks stored, those of earlier attempts among them.
    void failed(const std::string& source_id, const failure& problem, std::size_t stored_blocks);

    void forget(const std::string& source_id) { begun_.erase(source_id); }

private:
    using place = std::pair<std::string, std::string>;  // Account, container.
    struct beginning {
        std::optional<place> where;
        bool is_afresh = false;   // Not even an earlier run's blocks are looked for.
        bool is_known = false;    // What storage has, by its own word, for the present attempt.
        unsigned unanswered = 0;  // Attempts in a row.
    };
    std::vector<azure::storage_place> candidates(
        const wanted& upload, const azure::storage_place& container
    );
    bool may_ask(const azure::storage_place& asked) const;
    result<std::vector<azure::stored_block>> go_on_unanswered(
        const wanted& upload, const failure& problem, azure::storage_place& container
    );
    void begin_at(const std::string& source_id, const azure::storage_place& container);

    storage_router& router_;
    azure::blob_client& blobs_;
    std::map<std::string, beginning> begun_;  // By source id.
    std::map<place, secret> closed_;          // With this signature the blocks are not shown.
};

}  // namespace kustodrop::pipeline
