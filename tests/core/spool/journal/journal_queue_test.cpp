#include "spool/journal/journal_queue.hpp"

#include "core/spool/journal/journal_fixture.hpp"

using namespace kustodrop;
using namespace kustodrop::spool;
using test::a_blob;
using test::a_source;
using test::id_of;

namespace {

constexpr std::size_t all = 100;

struct waiting {
    journal_queue queue;

    static source uploaded(int number) {
        auto out = a_source(number);
        out.stage = stage::uploaded{a_blob()};
        out.last_post_at = {};
        return out;
    }
    void add(source what) { queue.add(source_change{std::move(what), {}}); }

    // "1 claimed": the numbers of the sources of the next group, and their stages.
    std::string next(std::size_t limit = all) {
        std::string out;
        for (auto& one : queue.take_group(limit)) {
            if (!out.empty()) out += ", ";
            auto* of = std::get_if<source_change>(one.get());
            if (!of) {
                out += "other";
                continue;
            }
            out += of->source.id.back();
            out += " " + std::string(name_of(of->source.stage));
        }
        queue.group_is_safe();
        return out;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(journal_queue_, waiting)

BOOST_AUTO_TEST_CASE(an_upload_waits_while_others_are_written) {
    add(uploaded(1));
    add(a_source(2));
    BOOST_TEST(next() == "2 claimed");
    BOOST_TEST(!queue.empty());
    BOOST_TEST(next() == "1 uploaded");
    BOOST_TEST(queue.empty());
}

BOOST_AUTO_TEST_CASE(the_next_record_takes_the_place_of_an_upload) {
    add(uploaded(1));
    auto posting = uploaded(1);
    posting.stage = stage::posting{a_blob(), {}};
    add(posting);
    BOOST_TEST(next() == "1 posting");
    BOOST_TEST(queue.empty());
}

BOOST_AUTO_TEST_CASE(no_one_waits_for_an_upload_that_waits) {
    add(a_source(2));
    auto number = queue.last_number();
    add(uploaded(1));
    BOOST_TEST(queue.last_number() == number);
    BOOST_TEST(next() == "2 claimed");
    BOOST_TEST(queue.safe_number() == queue.last_number());
    BOOST_TEST(next() == "1 uploaded");
    BOOST_TEST(queue.last_number() == number + 1);
}

BOOST_AUTO_TEST_CASE(an_upload_whose_source_is_in_the_line_takes_that_place) {
    add(a_source(1));
    add(uploaded(1));
    BOOST_TEST(next() == "1 uploaded");
}

BOOST_AUTO_TEST_CASE(one_that_was_posted_before_does_not_wait) {
    auto taken_back = uploaded(1);
    taken_back.last_post_at = wall_time(1s);
    add(taken_back);
    add(a_source(2));
    BOOST_TEST(next() == "1 uploaded, 2 claimed");
}

BOOST_AUTO_TEST_CASE(an_upload_waits_for_sixteen_groups_at_most) {
    add(uploaded(1));
    for (int group = 1; group <= 16; ++group) {
        add(a_source(2));
        BOOST_TEST(next() == "2 claimed");
    }
    add(a_source(2));
    BOOST_TEST(next() == "2 claimed, 1 uploaded");
}

BOOST_AUTO_TEST_CASE(what_is_about_more_than_a_source_comes_after_the_uploads) {
    add(uploaded(1));
    queue.add(renamed_change{"web", "other"});
    BOOST_TEST(next() == "1 uploaded, other");
}

BOOST_AUTO_TEST_CASE(a_group_that_failed_does_not_bring_an_upload_forward) {
    add(uploaded(1));
    add(a_source(2));
    BOOST_TEST(queue.take_group(all).size() == 1u);
    queue.group_is_not_safe();
    BOOST_TEST(next() == "2 claimed");
    BOOST_TEST(next() == "1 uploaded");
}

BOOST_AUTO_TEST_SUITE_END()
