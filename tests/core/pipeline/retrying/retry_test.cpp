#include "pipeline/retrying/retry.hpp"

#include "core/pipeline/intake/intake_fixture.hpp"
#include "spool/folder/claiming.hpp"
#include "spool/folder/quarantine.hpp"
#include "support/in_work.hpp"

#include <utility>

using namespace kustodrop;
using namespace kustodrop::pipeline;
namespace stage = spool::stage;

static const std::string former_id = "11111111-aaaa-4bbb-8ccc-000000000001";

namespace {

/// A watch whose sources have failed.
struct retrying : test::taking {
    watch_table watches;
    std::shared_ptr<test::task<std::monostate>> committing = start(journal->run());

    ~retrying() { cancel(*committing); }

    pipeline::watch& open_watch() {
        auto& from = watches.add(options);
        auto folder = spool::drop_folder::open(files.path()).value();
        BOOST_REQUIRE(folder.prepare().has_value());
        from.folder = std::make_shared<spool::drop_folder>(std::move(folder));
        return from;
    }

    spool::source& failed(std::vector<spool::slice> slices) {
        spool::source what;
        what.id = former_id;
        what.watch = "web";
        what.slices = std::move(slices);
        return sources->admit(std::move(what));
    }

    void retire_failed(spool::source& what) {
        spool::outcome_record record;
        record.outcome = spool::outcome::failed;
        record.code = "BadRequest";
        sources->retire(what, record);
    }

    /// A file is claimed, fails and goes to quarantine.
    std::string quarantined(const std::string& name, std::uint64_t offset = 0) {
        auto& folder = *watches.find("web")->folder;
        auto seen = folder.look(name).value();
        auto held = spool::claim(folder, *seen, former_id).value();
        held.offset = offset;
        held.length_bytes -= offset;
        auto where = spool::quarantine(folder, held, former_id, "{\"id\":\"" + former_id + "\"}");
        held.location = where.value();
        retire_failed(failed({held}));
        return held.location;
    }

    std::vector<retried> retry(retry_request wanted = {}) {
        return report_of(std::move(wanted)).files;
    }

    retry_report report_of(retry_request wanted) {
        retry_parts parts{*sources, ready, watches, *journal, pool, clock, random, log, measured};
        auto asked = start(pipeline::retry(parts, std::move(wanted)));
        for (int i = 0; i < 5; ++i) pass(100ms);
        BOOST_REQUIRE(asked->value.has_value());
        return asked->value->value();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(retry_, retrying)

BOOST_AUTO_TEST_CASE(claims_a_quarantined_file_at_once_under_its_first_name) {
    options.done_marker = ".ok";
    auto& from = open_watch();
    files.write("a.json", "{}");
    auto where = quarantined("a.json");
    auto lines = retry();
    BOOST_REQUIRE(lines.size() == 1u);
    BOOST_TEST(lines[0].problem == "");
    BOOST_TEST(lines[0].source_id == former_id);
    BOOST_REQUIRE(claimed().size() == 1u);
    auto& what = *claimed().front();
    BOOST_TEST(what.id != former_id);
    BOOST_TEST(what.target == "D.T");
    BOOST_TEST(what.slices[0].name == "a.json");
    BOOST_TEST(files.read(what.slices[0].location) == "{}");
    BOOST_TEST(ready.size() == 1u);
    BOOST_TEST(!files.has(where));
    BOOST_TEST(!files.has(where + ".error.json"));
    BOOST_TEST(!from.kept.contains("a.json"));
    // It is on its way: there is nothing more to be claimed.
    BOOST_TEST(retry().empty());
}

BOOST_AUTO_TEST_CASE(a_name_that_another_file_has_by_now_does_not_matter) {
    open_watch();
    files.write("a.json", "{}");
    quarantined("a.json");
    files.write("a.json", "{\"new\":1}");
    BOOST_TEST(retry().at(0).problem == "");
    BOOST_TEST(claimed().front()->slices[0].name == "a.json");
    BOOST_TEST(files.read(claimed().front()->slices[0].location) == "{}");
    BOOST_TEST(files.read("a.json") == "{\"new\":1}");
}

BOOST_AUTO_TEST_CASE(of_a_file_whose_beginning_has_succeeded_only_the_rest_is_sent) {
    open_watch();
    files.write("a.csv", "1\n2\n3\n");
    quarantined("a.csv", 4);
    retry();
    auto& file = claimed().front()->slices[0];
    BOOST_TEST(file.offset == 4u);
    BOOST_TEST(file.length_bytes == 2u);
}

BOOST_AUTO_TEST_CASE(a_file_that_was_corrected_in_quarantine_is_sent_as_it_is) {
    open_watch();
    files.write("a.csv", "bad");
    auto where = quarantined("a.csv");
    files.write("corrected", "1\n2\n");
    std::filesystem::rename(files.path("corrected"), files.path(where));
    retry();
    auto& file = claimed().front()->slices[0];
    BOOST_TEST(file.offset == 0u);
    BOOST_TEST(file.length_bytes == 4u);
}

BOOST_AUTO_TEST_CASE(each_file_of_a_blob_is_sent_alone) {
    auto& from = open_watch();
    std::vector<spool::slice> slices;
    for (std::string name : {"a.csv", "sub/b.csv"}) {
        files.make_folder("sub");
        files.write(name, name);
        auto seen = from.folder->look(name).value();
        auto own_id = name == "a.csv" ? former_id : "22222222-aaaa-4bbb-8ccc-000000000002";
        auto held = spool::claim(*from.folder, *seen, own_id).value();
        held.location = spool::quarantine(*from.folder, held, own_id, "{}").value();
        slices.push_back(held);
    }
    retire_failed(failed(slices));
    retry();
    BOOST_TEST(
        names() == (std::vector<std::string>{"a.csv", "sub/b.csv"}),
        boost::test_tools::per_element()
    );
    BOOST_TEST(claimed().size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_file_that_was_kept_where_it_is_is_claimed_too) {
    auto& from = open_watch();
    files.write("a.csv", "1");
    auto seen = from.folder->look("a.csv").value();
    auto file = spool::claim_in_place(*from.folder, *seen).value();
    retire_failed(failed({file}));
    from.kept.keep("a.csv", file.identity);
    BOOST_TEST(retry().at(0).problem == "");
    BOOST_TEST(!from.kept.contains("a.csv"));
    BOOST_TEST(!files.has("a.csv"));
    BOOST_TEST(files.read(claimed().front()->slices[0].location) == "1");
}

BOOST_AUTO_TEST_CASE(in_a_folder_that_cannot_be_changed_it_is_sent_from_where_it_is) {
    auto& from = open_watch();
    from.in_place = true;
    files.write("a.csv", "1");
    auto seen = from.folder->look("a.csv").value();
    auto file = spool::claim_in_place(*from.folder, *seen).value();
    retire_failed(failed({file}));
    from.kept.keep("a.csv", file.identity);
    BOOST_TEST(retry().at(0).problem == "");
    BOOST_TEST(claimed().front()->slices[0].location == "a.csv");
    BOOST_TEST(from.kept.is_in_flight("a.csv"));
    BOOST_TEST(files.has("a.csv"));
}

BOOST_AUTO_TEST_CASE(a_file_that_retention_deleted_is_no_problem) {
    open_watch();
    files.write("a.json", "{}");
    auto where = quarantined("a.json");
    std::filesystem::remove(files.path(where));
    for (bool dry_run : {true, false}) {
        retry_request wanted;
        wanted.dry_run = dry_run;
        auto report = report_of(wanted);
        BOOST_TEST(report.files.empty());
        BOOST_TEST(report.expired == 1u);
        BOOST_TEST(claimed().empty());
        BOOST_TEST(!has_said("retry cannot claim a file"));
    }
}

BOOST_AUTO_TEST_CASE(a_dry_run_says_what_would_be_sent_and_does_nothing) {
    auto& from = open_watch();
    for (int i = 0; i < 5; ++i) {
        auto id = "r" + std::to_string(i);
        from.gates.of("").refused({id, "BadRequest_TableNotExist", "no table"}, clock.now());
    }
    from.gates.of("").hold("held");
    files.write("a.json", "{}");
    auto where = quarantined("a.json");
    retry_request wanted;
    wanted.watch = "web";
    wanted.dry_run = true;
    for (int times = 0; times < 2; ++times) {
        auto lines = retry(wanted);
        BOOST_REQUIRE(lines.size() == 1u);
        BOOST_TEST(lines[0].file == "a.json");
        BOOST_TEST(lines[0].problem == "");
    }
    BOOST_TEST(files.has(where));
    BOOST_TEST(files.has(where + ".error.json"));
    BOOST_TEST(claimed().empty());
    BOOST_TEST(ready.size() == 0u);
    BOOST_TEST(from.gates.is_paused());
    wanted.dry_run = false;
    BOOST_TEST(retry(wanted).size() == 1u);
    BOOST_TEST(claimed().size() == 1u);
    BOOST_TEST(!from.gates.is_paused());
}

BOOST_AUTO_TEST_CASE(a_file_that_allow_does_not_name_any_more_stays_in_quarantine) {
    options.route.pattern = "{partner}/**";
    options.route.allow["partner"] = {"a"};
    options.target.table = "{partner}";
    open_watch();
    files.make_folder("b");
    files.write("b/x.json", "{}");
    auto where = quarantined("b/x.json");
    for (bool dry_run : {true, false}) {
        retry_request wanted;
        wanted.dry_run = dry_run;
        auto lines = retry(wanted);
        BOOST_REQUIRE(lines.size() == 1u);
        BOOST_TEST(lines[0].problem.starts_with("not_allowed: "), lines[0].problem);
        BOOST_TEST(files.has(where));
        BOOST_TEST(ready.size() == 0u);
    }
}

BOOST_AUTO_TEST_CASE(of_a_blob_only_the_files_that_match_are_sent_and_the_others_later) {
    auto& from = open_watch();
    std::vector<spool::slice> slices;
    for (std::string name : {"a.csv", "sub/b.csv", "c.csv"}) {
        files.make_folder("sub");
        files.write(name, name);
        auto seen = from.folder->look(name).value();
        auto own_id = "22222222-aaaa-4bbb-8ccc-00000000000" + std::to_string(slices.size());
        auto held = spool::claim(*from.folder, *seen, own_id).value();
        held.location = spool::quarantine(*from.folder, held, own_id, "{}").value();
        slices.push_back(held);
    }
    retire_failed(failed(slices));
    retry_request wanted;
    wanted.file = "a.*";
    auto lines = retry(wanted);
    BOOST_REQUIRE(lines.size() == 1u);
    BOOST_TEST(lines[0].file == "a.csv");
    BOOST_TEST(files.has(slices[1].location));
    wanted.file = slices[2].location;  // As one finds it in quarantine.
    lines = retry(wanted);
    BOOST_REQUIRE(lines.size() == 1u);
    BOOST_TEST(lines[0].file == "c.csv");
    lines = retry();
    BOOST_REQUIRE(lines.size() == 1u);
    BOOST_TEST(lines[0].file == "sub/b.csv");
    BOOST_TEST(retry().empty());
}

BOOST_AUTO_TEST_CASE(a_watch_without_its_folder_does_not_keep_the_others_from_theirs) {
    auto& from = open_watch();
    files.write("a.json", "{}");
    quarantined("a.json");
    auto folder = std::exchange(from.folder, nullptr);
    auto report = report_of({});
    BOOST_TEST(report.files.empty());
    BOOST_REQUIRE(report.left_out.size() == 1u);
    BOOST_TEST(report.left_out[0].watch == "web");
    BOOST_TEST(report.left_out[0].why.code == errc::folder_absent);
    retry_request other;
    other.code = "Stream_WrongNumberOfFields";
    BOOST_TEST(report_of(other).left_out.empty());  // Nothing there is asked for.
    from.folder = folder;
    BOOST_TEST(report_of({}).files.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
