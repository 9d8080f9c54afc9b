#pragma once

#include "pipeline/watch/watch_options.hpp"

#include <cstdint>
#include <optional>
#include <variant>

namespace kustodrop::pipeline {

/// Whether the intake of a watch claims files, and what it waits for where it does not. The states
/// and what leads from one to another:
///
///     claiming ──change()──▶ changing ──▶ claiming           other rules, the same folder
///        │ └─────change()──▶ moving ──all retired──▶ claiming  another folder or way to claim
///        └───────leave()───▶ leaving ──all retired──▶ left ──change()──▶ changing
///     finish(): what lies in the folder is claimed, then the intake ends; close(): it ends now.
///
/// Pure. Whether the folder is there is another question: an absent one is looked for in every
/// state but the last ones.
class life {
public:
    /// Other options take effect between two turns; of another folder, or another way to claim,
    /// only when all that was claimed is retired, for sources end where they began.
    void change(watch_options to, const watch_options& from);

    /// The watch was taken out of the configuration. change() brings it back.
    void leave();

    /// Claims what lies in the folder, then ends. One that claims no more ends now.
    void finish();
    void close();
    void end() { state_ = ended(); }

    /// What is to be done between two turns.
    struct transition {
        bool release_folder = false;
        bool last_look = false;                     // The whole folder is looked at once more.
        std::optional<watch_options> options = {};  // To be obeyed from now on.
    };
    transition between_turns(std::uint64_t pending_files);

    /// Whether the intake has nothing more to do. `folder_is_empty`: a whole scan, begun after
    /// finish(), has shown that nothing is left to be claimed.
    bool is_over(bool folder_is_open, bool folder_is_empty) const;

    /// False: files stay where they are.
    bool may_claim() const { return is<claiming>() || is<changing>() || is<finishing>(); }

    /// Whether files that wait for others to share their blob go without them.
    bool hurries() const { return is<finishing>() || is<moving>() || is<leaving>(); }

    /// Where files will be taken from when the watch moves; null while it does not.
    const watch_options* moves_to() const;

    /// The options that it obeys later; null where they are what it obeys.
    const watch_options* wanted() const;

    bool is_closed() const { return is<closed>() || is<ended>(); }
    bool is_leaving() const { return is<leaving>(); }
    bool has_left() const { return is<left>(); }
    bool has_ended() const { return is<ended>(); }

private:
    struct claiming {};
    struct changing {
        watch_options to;
    };
    struct moving {
        watch_options to;
    };
    struct leaving {};
    struct left {};
    struct finishing {
        bool looks = false;  // The last look has begun.
    };
    struct closed {};
    struct ended {};

    template <class State>
    bool is() const {
        return std::holds_alternative<State>(state_);
    }
    bool is_ending() const { return is<finishing>() || is_closed(); }

    std::variant<claiming, changing, moving, leaving, left, finishing, closed, ended> state_;
};

}  // namespace kustodrop::pipeline
