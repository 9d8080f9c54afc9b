#include "simulation/producer.hpp"

#include <sys/stat.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <stdexcept>
#include <unistd.h>
#include <zlib.h>

namespace kustodrop::simulation {

/// An open file whose times are those of the simulated world.
class written_file {
public:
    written_file(universe& world, const std::string& path, int flags)
        : world_(world),
          number_(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0644)) {
        if (number_ < 0) throw std::runtime_error("cannot open " + path);
    }
    ~written_file() { ::close(number_); }
    written_file(const written_file&) = delete;

    void write(std::string_view bytes) {
        while (!bytes.empty()) {
            auto done = ::write(number_, bytes.data(), bytes.size());
            if (done <= 0) throw std::runtime_error("cannot write");
            bytes.remove_prefix(static_cast<std::size_t>(done));
        }
        stamp();
    }

    /// Removes what was written, wherever the file is now.
    void truncate() {
        if (::ftruncate(number_, 0) != 0) throw std::runtime_error("cannot truncate");
    }

    /// Where it is now; empty once it has no name.
    std::string place() const {
        std::array<char, 4096> name{};
        auto link = "/proc/self/fd/" + std::to_string(number_);
        auto size = ::readlink(link.c_str(), name.data(), name.size());
        std::string out(name.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
        return out.ends_with(" (deleted)") ? std::string() : out;
    }

private:
    void stamp() {
        auto since = world_.time.true_wall_now().time_since_epoch();
        auto seconds = std::chrono::floor<std::chrono::seconds>(since);
        struct timespec now {};
        now.tv_sec = seconds.count();
        now.tv_nsec = std::chrono::nanoseconds(since - seconds).count();
        struct timespec both[2] = {now, now};
        ::futimens(number_, both);
    }

    universe& world_;
    int number_;
};

std::string gzipped(std::string_view text) {
    z_stream stream = {};
    deflateInit2(&stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    std::string out(deflateBound(&stream, text.size()) + 64, '\0');
    stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

producer::producer(universe& world, ledger& book, std::string folder)
    : world_(world), book_(book), folder_(std::move(folder)) {}

void producer::begin(time_point end) {
    end_ = end;
    drop_some();
}

bool producer::folder_is_there() const { return ::access(folder_.c_str(), F_OK) == 0; }

std::size_t producer::some_records() {
    bool large = world_.chance.chance(0.03);
    return large ? world_.chance.between(1000, 6000) : world_.chance.between(1, 60);
}

drop& producer::make(drop_kind kind, std::string_view extension) {
    auto number = book_.drops().size() + 1;
    return book_.add(kind, "file-" + std::to_string(number) + std::string(extension));
}

std::string producer::content(drop& of) {
    if (of.kind == drop_kind::empty) return {};
    auto text = book_.write(of, some_records());
    if (of.kind == drop_kind::gzip) return gzipped(text);
    if (of.kind == drop_kind::broken_gzip) {
        auto whole = gzipped(text);
        return whole.substr(0, whole.size() - 9);
    }
    return text;
}

void producer::put(const std::string& name, std::string_view bytes) {
    written_file file(world_, path(name), O_TRUNC);
    file.write(bytes);
}

void producer::rename_into_place(drop& what, std::string_view bytes) {
    ++what.writes;
    auto hidden = "." + what.name;
    put(hidden, bytes);
    ::rename(path(hidden).c_str(), path(what.name).c_str());
}

drop& producer::drop_one() {
    auto& made = make(drop_kind::plain, ".json");
    rename_into_place(made, content(made));
    world_.note("dropped " + made.name);
    return made;
}

void producer::write_in_place(drop_kind kind) {
    bool zipped = kind == drop_kind::gzip || kind == drop_kind::broken_gzip;
    auto& made = make(kind, zipped ? ".json.gz" : ".json");
    put(made.name, content(made));
    ++made.writes;
    world_.note("wrote " + made.name);
}

// A slow writer: sometimes so slow that the file looks complete, and it may pause within a record.
// It continues to write until the file is out of its reach: in work/, and in the archive too.
void producer::append_slowly() {
    auto& made = make(drop_kind::plain, ".json");
    auto file = std::make_shared<written_file>(world_, path(made.name), O_APPEND);
    open_.push_back(file);
    world_.note("begins " + made.name);
    auto more = static_cast<unsigned>(world_.chance.between(1, 12));
    append_next(made, {file, {}}, more);
}

// Without its journal the daemon cannot know which part of a file it has posted: then a longer
// file goes out under the id of the shorter one, and a notification on one counts for both.
bool producer::journal_lasts() const {
    return !world_.sky.has(fault::journal_lost) && !world_.sky.has(fault::journal_cut);
}

bool producer::is_in_reach(const drop& what, const std::string& place) const {
    bool is_claimed = place.find("/.kustodrop/work") != std::string::npos ||
                      place.find("/.kustodrop/archive") != std::string::npos;
    return place == path(what.name) || (is_claimed && journal_lasts());
}

void producer::append_next(drop& to, slow_writer by, unsigned left) {
    auto place = by.file->place();
    if (!is_in_reach(to, place)) left = 0;
    bool is_archived = place.find("/.kustodrop/archive") != std::string::npos;
    if (is_archived && !to.archived_records) {
        to.archived_records = to.records - (by.rest.empty() ? 0 : 1);
    }
    if (left == 0 && by.rest.empty()) return;
    // What was begun is always finished: the ledger counts it as written.
    auto text = by.rest;
    if (left > 0) text += book_.write(to, world_.chance.between(1, 8));
    auto now = text.size();
    bool tears = left > 0 && journal_lasts() && world_.chance.chance(0.3);
    // A byte at least: of a file without any the ledger would expect a record.
    if (tears) now -= world_.chance.between(2, ledger::record_bytes - 1);
    by.rest = text.substr(now);
    by.file->write(std::string_view(text).substr(0, now));
    ++to.writes;
    world_.note((by.rest.empty() ? "appends to " : "appends a part of a record to ") + to.name);
    if (left == 0) return;
    bool slow = world_.chance.chance(0.1);
    auto pause = slow ? world_.chance.between(2s, 2min) : world_.chance.between(50ms, 1500ms);
    world_.plan(pause, [this, &to, by = std::move(by), left] { append_next(to, by, left - 1); });
}

// A writer that keeps its descriptor and writes other versions through it, wherever the file is by
// then. Bytes that it destroys before they were read need not arrive; those of its last version
// must, whole, and never mixed with others.
void producer::write_and_rewrite() {
    auto& first = make(drop_kind::plain, ".json");
    auto file = std::make_shared<written_file>(world_, path(first.name), O_APPEND);
    open_.push_back(file);
    file->write(content(first));
    ++first.writes;
    world_.note("writes, and will rewrite, " + first.name);
    rewrite_later(first, std::move(file), static_cast<unsigned>(world_.chance.between(1, 3)));
}

void producer::rewrite_later(drop& last, std::shared_ptr<written_file> by, unsigned left) {
    bool slow = world_.chance.chance(0.5);
    auto pause = slow ? world_.chance.between(10s, 3min) : world_.chance.between(50ms, 10s);
    world_.plan(pause, [this, &last, by = std::move(by), left] {
        auto place = by->place();
        if (left == 0 || !is_in_reach(last, place)) return;
        world_.sky.count(fault::rewriting);
        auto& next = book_.add(drop_kind::plain, last.name);
        last.optional = true;
        // Nothing of it was there when the file was archived.
        bool is_archived = place.find("/.kustodrop/archive") != std::string::npos;
        if (is_archived) next.archived_records = 0;
        by->truncate();
        by->write(content(next));
        ++next.writes;
        world_.note("rewrites " + next.name);
        rewrite_later(next, by, left - 1);
    });
}

// Two versions of one name: the second replaces the first if that is still there.
void producer::replace_soon() {
    auto& first = make(drop_kind::plain, ".json");
    rename_into_place(first, content(first));
    world_.note("dropped " + first.name);
    world_.plan(world_.chance.between(0s, 8s), [this, &first] {
        if (!folder_is_there()) return;
        auto& second = book_.add(drop_kind::plain, first.name);
        first.optional = ::access(path(first.name).c_str(), F_OK) == 0;
        auto bytes = content(second);
        if (world_.chance.chance(0.5)) {
            rename_into_place(second, bytes);
        } else {
            put(second.name, bytes);
            ++second.writes;
        }
        world_.note("replaced " + second.name);
    });
}

void producer::drop_some() {
    if (world_.time.now() >= end_) return;
    bool burst = world_.chance.chance(0.1);
    auto count = burst ? world_.chance.between(5, 20) : 1;
    if (!folder_is_there()) count = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
        auto face = world_.chance.below(100);
        if (face < 45) {
            drop_one();
        } else if (face < 60) {
            write_in_place(drop_kind::plain);
        } else if (face < 72) {
            bool rewrites = world_.sky.has(fault::rewriting) && world_.chance.chance(0.5);
            rewrites ? write_and_rewrite() : append_slowly();
        } else if (face < 82) {
            replace_soon();
        } else if (face < 90) {
            write_in_place(drop_kind::gzip);
        } else if (face < 93) {
            write_in_place(drop_kind::broken_gzip);
        } else if (face < 97) {
            write_in_place(drop_kind::malformed);
        } else {
            write_in_place(drop_kind::empty);
        }
    }
    world_.plan(world_.chance.between(1s, 90s), [this] { drop_some(); });
}

}  // namespace kustodrop::simulation
