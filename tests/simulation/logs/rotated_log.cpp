#include "simulation/logs/rotated_log.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace kustodrop::simulation {

static constexpr std::array<std::string_view, rotation_schemes> scheme_names{
    "numbered",
    "dated",
    "compressed",
    "chain",
    "copied",
    "copied_compressed",
    "copied_elsewhere",
    "truncated",
    "truncated_and_grown",
    "kubelet",
    "deleted",
    "deleted_and_created"};

std::string_view to_string(rotation_scheme one) {
    return scheme_names[static_cast<std::size_t>(one)];
}

rotated_log::rotated_log(universe& world, log_ledger& book, log_folder& in, std::string name)
    : world_(world),
      book_(book),
      in_(in),
      name_(std::move(name)),
      scheme_(static_cast<rotation_scheme>(world.logs.below(rotation_schemes))),
      appends_(world.logs.chance(0.75)) {}

void rotated_log::begin(time_point end) {
    end_ = end;
    world_.note(name_ + " is rotated: " + std::string(to_string(scheme_)));
    reopen();
    write_later();
    rotate_later();
}

void rotated_log::finish() {
    while (!steps_.empty()) {
        auto next = std::move(steps_.front());
        steps_.pop_front();
        next();
    }
    write(1);
}

void rotated_log::write_one() { write(1); }

// The application.

void rotated_log::write_later() {
    auto face = world_.logs.below(100);
    auto pause = world_.logs.between(50ms, 3s);
    if (face >= 60) pause = world_.logs.between(3s, 40s);
    if (face >= 95) pause = world_.logs.between(40s, 4min);
    world_.plan(pause, [this] {
        if (world_.time.now() >= end_) return;
        write_some();
        write_later();
    });
}

void rotated_log::write_some() {
    auto face = world_.logs.below(100);
    if (face < 15 && may_pause_within_) return begin_half();
    if (face < 18) return write(world_.logs.between(100, 400));
    write(world_.logs.between(1, 6));
}

std::size_t rotated_log::some_padding() {
    if (world_.logs.chance(0.01)) return world_.logs.between(1000, 9000);
    return world_.logs.between(0, 150);
}

void rotated_log::write(std::size_t records) {
    finish_half();
    for (std::size_t i = 0; i < records; ++i) {
        auto record = book_.begin_record(some_padding());
        in_.append(open_.file, *open_.descriptor, record, UINT64_MAX);
    }
}

// Its end comes before record_wait is over: what is quiet for so long counts as finished.
void rotated_log::begin_half() {
    finish_half();
    half_ = book_.begin_record(some_padding());
    auto length = book_.record(*half_).text.size();
    in_.append(open_.file, *open_.descriptor, *half_, world_.logs.between(1, length - 1));
    auto number = ++halves_;
    world_.plan(world_.logs.between(20ms, 4s), [this, number] {
        if (halves_ == number) finish_half();
    });
}

void rotated_log::finish_half() {
    if (!half_) return;
    in_.append(open_.file, *open_.descriptor, *std::exchange(half_, std::nullopt), UINT64_MAX);
}

// An application that ends within a record begins with another one.
void rotated_log::end_or_give_up_half() {
    if (half_ && world_.logs.chance(0.5)) book_.give_up(*std::exchange(half_, std::nullopt));
    finish_half();
}

void rotated_log::reopen() {
    bool is_new = !in_.find(name_);
    if (is_new) {
        end_or_give_up_half();
    } else {
        finish_half();
    }
    open_ = in_.open(name_, appends_);
}

// The rotator.

std::string rotated_log::rotated(unsigned number, const char* ending) const {
    return name_ + "." + std::to_string(number) + ending;
}

void rotated_log::rotate_later() {
    world_.plan(world_.logs.between(1min, 15min), [this] {
        if (world_.time.now() >= end_) return;
        // What is there under a rotated name at the first look counts as read.
        if (!in_.was_looked_at()) return rotate_later();
        rotate();
        next_step();
    });
}

void rotated_log::next_step() {
    if (steps_.empty()) return rotate_later();
    auto next = std::move(steps_.front());
    steps_.pop_front();
    next();
    auto face = world_.logs.below(100);
    auto pause = duration(0);
    if (face >= 60) pause = world_.logs.between(1ms, 500ms);
    if (face >= 80) pause = world_.logs.between(500ms, 8s);
    if (face >= 95) pause = world_.logs.between(8s, 3min);
    world_.plan(pause, [this] { next_step(); });
}

void rotated_log::shift(unsigned keep) {
    std::vector<step> made;
    for (unsigned number = keep; number > 0; --number) {
        for (auto ending : {".gz", ""}) {
            auto from = rotated(number, ending);
            auto to = rotated(number + 1, ending);
            if (!in_.find(from)) continue;
            if (number == keep) {
                made.push_back([this, from] { in_.unlink(from); });
            } else {
                made.push_back([this, from, to] { in_.rename(from, to); });
            }
        }
    }
    steps_.insert(steps_.begin(), made.begin(), made.end());
}

// As gzip does: a file of its own that is written, then the plain one goes.
void rotated_log::compress(const std::string& name) {
    auto packed = name + ".gz";
    auto may_be = [this, name] {
        auto file = in_.find(name);
        return file && file != open_.file;
    };
    add([this, name, packed, may_be] {
        if (may_be()) in_.copy(name, packed, true, 0.5);
    });
    add([this, name, packed, may_be] {
        if (may_be()) in_.copy(name, packed, true, 1);
    });
    add([this, name, packed] {
        if (in_.find(packed)) in_.unlink(name);
    });
}

void rotated_log::copy(const std::string& to, bool compressed) {
    // A record that is within two files would be in none of them.
    add([this] {
        finish_half();
        may_pause_within_ = false;
    });
    add([this, to] { in_.copy(name_, to, false, 0.5); });
    add([this, to] { in_.copy(name_, to, false, 1); });
    add([this] {
        in_.truncate(name_);
        may_pause_within_ = true;
    });
    if (compressed) compress(to);
}

void rotated_log::rotate_as_kubelet() {
    auto of = [this](std::uint64_t number) {
        return name_ + ".20260822-" + std::to_string(100'000 + number);
    };
    static constexpr std::uint64_t kept = 4;
    auto now = rotations_;
    if (now > kept) add([this, old = of(now - kept) + ".gz"] { in_.unlink(old); });
    if (now > 1) compress(of(now - 1));
    add([this, to = of(now)] { in_.rename(name_, to); });
    add([this] { reopen(); });
}

void rotated_log::empty() {
    finish_half();
    in_.truncate(name_);
}

void rotated_log::rotate() {
    ++rotations_;
    auto first = rotated(1);
    auto to_date = name_ + "-20260822-" + std::to_string(1000 + rotations_);
    bool is_packed = scheme_ == rotation_scheme::compressed && world_.logs.chance(0.7);
    using enum rotation_scheme;
    switch (scheme_) {
    case numbered:
    case compressed:
    case chain:
        add([this] { shift(scheme_ == chain ? 4 : 60); });
        add([this, first] { in_.rename(name_, first); });
        add([this] { reopen(); });
        if (is_packed) compress(first);
        return;
    case dated:
        add([this, to_date] { in_.rename(name_, to_date); });
        return add([this] { reopen(); });
    case copied:
    case copied_compressed:
        add([this] { shift(60); });
        return copy(first, scheme_ == copied_compressed);
    case copied_elsewhere:
        add([this] { in_.copy_elsewhere(name_); });
        return add([this] { empty(); });
    case truncated:
        return add([this] { empty(); });
    case truncated_and_grown:
        add([this] { empty(); });
        return add([this] { write(world_.logs.between(100, 600)); });
    case kubelet:
        return rotate_as_kubelet();
    case deleted:
        add([this] { in_.unlink(name_); });
        return add([this] { reopen(); });
    case deleted_and_created:
        return add([this] {
            in_.unlink(name_);
            reopen();
        });
    }
}

}  // namespace kustodrop::simulation
