#include "spool/following/log_records.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::spool;

namespace {

log_state a_log() {
    log_state log;
    log.number = 5;
    log.id = "id";
    log.name = "app.log.1";
    log.family = "app.log";
    log.file = {7, 100, "handle"};
    log.compressed = true;
    log.life = 3;
    log.phase = log_phase::followed;
    log.copy_of = 2;
    log.carried = true;
    log.position = 90;
    log.head = content_mark{10, 10, 1};
    log.anchors = {{40, 40, 2}, {90, 64, UINT64_MAX}};
    log.witness = {120, 64, 4};
    log.proven_copy = content_mark{80, 64, 5};
    log.boot_id = "boot";
    log.doubt = content_doubt{{}, {20, 20, 6}};
    return log;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(log_records_)

BOOST_AUTO_TEST_CASE(a_log_is_the_same_after_it_was_kept) {
    for (auto phase :
         {log_phase::followed, log_phase::copy, log_phase::undecided, log_phase::ended}) {
        auto log = a_log();
        log.phase = phase;
        auto record = record_of("pods", log);
        BOOST_TEST(record.watch == "pods");
        BOOST_TEST(record.size_seen == 120u);
        BOOST_TEST((state_of(record) == log));
    }
    BOOST_TEST((state_of(record_of("pods", {})) == log_state{}));
}

BOOST_AUTO_TEST_CASE(a_record_of_an_unknown_form_is_not_a_log) {
    auto with = [](std::string phase, std::string evidence) {
        auto record = record_of("pods", a_log());
        record.phase = std::move(phase);
        record.evidence = std::move(evidence);
        return state_of(record).has_value();
    };
    BOOST_TEST(with("copy", "w 1 1 1"));
    BOOST_TEST(!with("unheard of", "w 1 1 1"));
    BOOST_TEST(!with("copy", "w 1 1"));
    BOOST_TEST(!with("copy", "w 1 1 x"));
    BOOST_TEST(!with("copy", "x 1 1 1"));
    BOOST_TEST(!with("copy", "w 1 2 1"));  // More bytes than there are.
}

BOOST_AUTO_TEST_SUITE_END()
