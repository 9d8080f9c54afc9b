#include "pipeline/intake/life.hpp"

#include <utility>

namespace kustodrop::pipeline {

void life::change(watch_options to, const watch_options& from) {
    if (is_ending()) return;
    // Without a folder there is nothing that must be retired first.
    bool moves = !is<left>() && (to.path != from.path || to.claim != from.claim);
    if (moves) {
        state_ = moving{std::move(to)};
    } else {
        state_ = changing{std::move(to)};
    }
}

void life::leave() {
    if (!is_ending() && !is<left>()) state_ = leaving();
}

void life::finish() {
    if (is_ending()) return;
    if (may_claim()) {
        state_ = finishing();
    } else {
        state_ = closed();
    }
}

void life::close() {
    if (!is<ended>()) state_ = closed();
}

life::transition life::between_turns(std::uint64_t pending_files) {
    transition out;
    if (auto* change = std::get_if<changing>(&state_)) {
        out.options = std::move(change->to);
        state_ = claiming();
    } else if (auto* last = std::get_if<finishing>(&state_)) {
        out.last_look = !std::exchange(last->looks, true);
    } else if (pending_files > 0) {
        return out;
    } else if (auto* move = std::get_if<moving>(&state_)) {
        out.release_folder = true;
        out.options = std::move(move->to);
        state_ = claiming();
    } else if (is<leaving>()) {
        out.release_folder = true;
        state_ = left();
    }
    return out;
}

bool life::is_over(bool folder_is_open, bool folder_is_empty) const {
    if (is_closed()) return true;
    auto* last = std::get_if<finishing>(&state_);
    return last && (!folder_is_open || (last->looks && folder_is_empty));
}

const watch_options* life::wanted() const {
    auto* change = std::get_if<changing>(&state_);
    return change ? &change->to : moves_to();
}

const watch_options* life::moves_to() const {
    auto* move = std::get_if<moving>(&state_);
    return move ? &move->to : nullptr;
}

}  // namespace kustodrop::pipeline
