// Random lives of a log, its rotator and its follower. The promise: a record that lay readable at
// some look is delivered, or its log reported a loss; and delivered once, beyond what logs may
// begin with alike.
#include "modelled_follower.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <deque>
#include <ostream>
#include <random>

using namespace kustodrop;
using namespace kustodrop::spool;

namespace {

enum class scheme { rename, date, copytruncate, renamecopy, backup, truncate, remove };

std::ostream& operator<<(std::ostream& out, scheme one) {
    static constexpr const char* names[] = {
        "rename", "date", "copytruncate", "renamecopy", "backup", "truncate", "remove"};
    return out << names[static_cast<int>(one)];
}

class dice {
public:
    explicit dice(std::uint64_t seed) : random_(seed) {}
    int between(int least, int most) {
        return least + static_cast<int>(random_() % static_cast<unsigned>(most - least + 1));
    }
    bool chance(int percent) { return between(1, 100) <= percent; }

private:
    std::mt19937_64 random_;
};

// An application that writes to the log, with the same banner in each new file.
class writer {
public:
    writer(modelled_disk& disk, dice& d, bool append, int banner)
        : disk_(disk), dice_(d), append_(append), banner_(banner) {
        reopen();
    }
    void reopen() {
        auto before = file_;
        file_ = disk_.find("app.log");
        if (!file_) file_ = disk_.create("app.log");
        disk_.hold(file_);
        if (before) disk_.release(before);
        offset_ = file_->data.size();
        if (!file_->data.empty()) return;
        for (int i = 0; i < banner_; ++i) put("# banner the same each time\n");
    }
    void write() {
        for (int i = dice_.between(1, 6); i > 0; --i) {
            auto number = std::to_string(++last_);
            put(number + "|" + std::string(static_cast<std::size_t>(dice_.between(0, 30)), 'x'));
            put("\n");
        }
    }

private:
    void put(const std::string& text) {
        auto& data = file_->data;
        if (append_) offset_ = data.size();
        if (offset_ + text.size() > data.size()) data.resize(offset_ + text.size(), '\0');
        data.replace(offset_, text.size(), text);
        offset_ += text.size();
    }

    modelled_disk& disk_;
    dice& dice_;
    bool append_;
    int banner_;
    modelled_ref file_;
    std::size_t offset_ = 0;
    int last_ = 0;
};

// Rotates in steps, between which the others act.
class rotator {
public:
    using step = std::function<void()>;

    rotator(modelled_disk& disk, dice& d, writer& w, scheme how)
        : disk_(disk), dice_(d), writer_(w), how_(how), keep_(d.between(1, 4)) {}

    void act() {
        if (!steps_.empty()) {
            auto next = steps_.front();
            steps_.pop_front();
            next();
        } else if (disk_.has("app.log")) {
            plan();
        }
    }
    void finish() {
        while (!steps_.empty()) act();
    }

private:
    void then(step one) { steps_.push_back(std::move(one)); }
    void then_compress(int percent, std::string name) {
        if (dice_.chance(percent)) then([this, name] { disk_.compress(name); });
    }
    void then_rename(std::string to) {
        then([this, to] { disk_.rename("app.log", to); });
    }
    void then_reopen() {
        then([this] { writer_.reopen(); });
    }
    void then_shift() {
        then([this] {
            for (int k = keep_; k > 0; --k) {
                for (std::string end : {"", ".gz"}) {
                    auto from = "app.log." + std::to_string(k) + end;
                    auto to = "app.log." + std::to_string(k + 1) + end;
                    if (k == keep_)
                        disk_.unlink(from);
                    else
                        disk_.rename(from, to);
                }
            }
        });
    }
    void then_remove_oldest_date() {
        then([this] {
            for (auto& [name, file] : disk_.names()) {
                if (!name.starts_with("app.log.d")) continue;
                disk_.unlink(name);
                return;
            }
        });
    }

    void plan() {
        auto at = std::to_string(disk_.time());
        switch (how_) {
        case scheme::rename:
            then_shift();
            then_rename("app.log.1");
            then_reopen();
            return then_compress(50, "app.log.1");
        case scheme::date:
            then_rename("app.log.d" + at);
            then_reopen();
            then_compress(40, "app.log.d" + at);
            if (dice_.chance(40)) then_remove_oldest_date();
            return;
        case scheme::copytruncate:
            then_shift();
            then([this] { disk_.copy("app.log", "app.log.1", true); });
            then([this] { disk_.copy("app.log", "app.log.1", false); });
            then([this] { disk_.find("app.log")->data.clear(); });
            return then_compress(50, "app.log.1");
        case scheme::truncate:
            return then([this] { disk_.find("app.log")->data.clear(); });
        case scheme::renamecopy:
            then_shift();
            then_rename("app.log.tmp");
            then_reopen();
            then([this] { disk_.copy("app.log.tmp", "app.log.1", true); });
            then([this] { disk_.copy("app.log.tmp", "app.log.1", false); });
            then([this] { disk_.unlink("app.log.tmp"); });
            return then_compress(50, "app.log.1");
        case scheme::backup:
            if (dice_.chance(50)) {
                then([this, at] { disk_.copy("app.log", "app.log.bak" + at, false); });
            } else {
                then_shift();
                then_rename("app.log.1");
                then_reopen();
            }
            return then_compress(30, "app.log.1");
        case scheme::remove:
            then([this] { disk_.unlink("app.log"); });
            return then_reopen();
        }
    }

    modelled_disk& disk_;
    dice& dice_;
    writer& writer_;
    scheme how_;
    int keep_;
    std::deque<step> steps_;
};

struct life_result {
    std::set<int> doubled;
    std::vector<int> lost;
    std::vector<int> unreported;
    bool over_reported = false;
};

life_result live(std::uint64_t seed, scheme how, bool kills) {
    dice d(seed);
    modelled_disk disk;
    static constexpr int banners[] = {0, 0, 1, 4, 8};
    int banner = banners[d.between(0, 4)];
    bool append = d.chance(80) || how != scheme::copytruncate;
    writer application(disk, d, append, banner);
    modelled_follower follower(disk);
    rotator rotates(disk, d, application, how);
    bool up = true;
    time_point now{};
    for (int steps = d.between(20, 120); steps > 0; --steps) {
        now += std::chrono::milliseconds(d.between(100, 3000));
        int what = d.between(1, 100);
        static constexpr std::optional<std::size_t> budgets[] = {{}, {}, 40, 120};
        if (what <= 45) {
            application.write();
        } else if (what <= 75) {
            auto budget = budgets[d.between(0, 3)];
            if (up) follower.look(budget, now);
        } else if (what <= 80) {
            if (!kills) continue;
            if (up) follower.kill();
            up = !up;
        } else {
            rotates.act();
        }
    }
    rotates.finish();
    for (int i = 0; i < 5; ++i) follower.look({}, now += 2s);
    life_result found;
    found.doubled = follower.doubled;
    for (auto record : follower.readable) {
        bool known = follower.delivered.contains(record) || follower.excluded.contains(record);
        if (known) continue;
        found.lost.push_back(record);
        if (!follower.claimed.contains(record)) found.unreported.push_back(record);
    }
    for (auto record : follower.claimed) {
        if (follower.delivered.contains(record)) found.over_reported = true;
    }
    return found;
}

// More than a unit test has time for: KUSTODROP_LIVES=6000.
std::uint64_t lives() {
    auto* asked = std::getenv("KUSTODROP_LIVES");
    return asked ? std::strtoull(asked, nullptr, 10) : 300;
}

constexpr scheme schemes[] = {
    scheme::rename,
    scheme::date,
    scheme::copytruncate,
    scheme::renamecopy,
    scheme::backup,
    scheme::truncate,
    scheme::remove};

}  // namespace

BOOST_AUTO_TEST_SUITE(lives_)

BOOST_DATA_TEST_CASE(
    nothing_is_doubled_and_nothing_lost_without_a_report, boost::unit_test::data::make(schemes), how
) {
    std::size_t over_reported = 0;
    std::size_t lost = 0;
    for (std::uint64_t seed = 0; seed < lives(); ++seed) {
        auto found = live(seed, how, true);
        over_reported += found.over_reported;
        lost += found.lost.size();
        bool kept = found.doubled.empty() && found.unreported.empty();
        if (kept) continue;
        BOOST_TEST_CONTEXT(how << ", seed " << seed) {
            BOOST_TEST(found.doubled.size() == 0u);
            BOOST_TEST(found.unreported.size() == 0u);
        }
    }
    BOOST_TEST_MESSAGE(how << ": lost " << lost << ", lives over-reported " << over_reported);
    BOOST_TEST(over_reported <= lives() / 20);
}

BOOST_DATA_TEST_CASE(
    without_kills_only_truncation_loses_anything, boost::unit_test::data::make(schemes), how
) {
    bool truncates = how == scheme::truncate || how == scheme::copytruncate;
    std::size_t lost = 0;
    for (std::uint64_t seed = 0; seed < lives(); ++seed) {
        auto found = live(seed, how, false);
        lost += found.lost.size();
        BOOST_TEST_CONTEXT(how << ", seed " << seed) {
            BOOST_TEST(found.doubled.size() == 0u);
            BOOST_TEST(found.unreported.size() == 0u);
        }
    }
    if (!truncates) BOOST_TEST(lost == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
