#include "daemon/admin/reload_report.hpp"
#include "daemon/commands/dropin.hpp"
#include "daemon/supervision/start_pause.hpp"
#include "daemon/supervision/watchdog.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>

using namespace kustodrop;
using namespace kustodrop::daemon;

using names = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(supervised)

BOOST_AUTO_TEST_CASE(the_pauses_between_starts_grow_to_five_minutes) {
    BOOST_TEST((pause_after(0) == 0s));
    BOOST_TEST((pause_after(1) == 1s));
    BOOST_TEST((pause_after(2) == 2s));
    BOOST_TEST((pause_after(9) == 256s));
    BOOST_TEST((pause_after(10) == 5min));
    BOOST_TEST((pause_after(4'000'000'000u) == 5min));
}

BOOST_AUTO_TEST_CASE(without_a_service_manager_no_start_is_put_off) {
    ::unsetenv("NOTIFY_SOCKET");
    ::setenv("RUNTIME_DIRECTORY", "/nowhere", 1);
    start_pause pause("/nowhere/kustodrop.yaml");
    BOOST_TEST(pause.wait());
    start_pause::let_signals_in();
    ::unsetenv("RUNTIME_DIRECTORY");
}

BOOST_AUTO_TEST_CASE(the_watchdog_is_fed_only_while_commits_end) {
    time_point now(1h);
    BOOST_TEST(gets_on({now, std::nullopt}, 30s));
    BOOST_TEST(gets_on({now, now - 59s}, 30s));
    BOOST_TEST(!gets_on({now, now - 60s}, 30s));
}

BOOST_AUTO_TEST_CASE(the_watchdog_is_wanted_by_the_environment) {
    ::unsetenv("WATCHDOG_USEC");
    ::unsetenv("WATCHDOG_PID");
    BOOST_TEST(!watchdog_patience().has_value());
    ::setenv("WATCHDOG_USEC", "30000000", 1);
    BOOST_TEST((watchdog_patience() == std::optional<duration>(30s)));
    ::setenv("WATCHDOG_PID", "1", 1);
    BOOST_TEST(!watchdog_patience().has_value());
    ::unsetenv("WATCHDOG_PID");
    ::setenv("WATCHDOG_USEC", "soon", 1);
    BOOST_TEST(!watchdog_patience().has_value());
    ::unsetenv("WATCHDOG_USEC");
}

static config::settings watching(const names& paths) {
    config::settings out;
    for (auto& path : paths) out.watches.emplace_back().path = path;
    return out;
}

static std::string dropin_for(const names& paths, std::string_view text = {}) {
    auto whole = dropin_text(dropin_facts_of(watching(paths), "/etc/k.yaml", text));
    return whole.substr(whole.find("[Service]\n") + 10);
}

BOOST_AUTO_TEST_CASE(the_dropin_opens_the_folders_that_the_unit_does_not) {
    BOOST_TEST(dropin_for({"/var/spool/kustodrop/web"}) == "");
    BOOST_TEST(
        dropin_for({"/srv/a", "/srv/a", "/srv/b"}) ==
        "ReadWritePaths=-/srv/a\nReadWritePaths=-/srv/b\n"
    );
    auto settings = watching({"/srv/a"});
    settings.state_directory = "/data/state";
    auto facts = dropin_facts_of(settings, "/etc/k.yaml", "");
    BOOST_TEST((facts.folders == names{"/data/state", "/srv/a"}));
}

BOOST_AUTO_TEST_CASE(the_dropin_lets_followed_folders_be_read_only) {
    auto settings = watching({"/var/log/app", "/srv/drop", "/tmp/logs"});
    settings.watches[0].kind = settings.watches[2].kind = pipeline::watch_kind::follow;
    auto text = dropin_text(dropin_facts_of(settings, "/etc/k.yaml", ""));
    BOOST_TEST(
        text.substr(text.find("[Service]\n") + 10) ==
        "BindReadOnlyPaths=-/tmp/logs\nReadWritePaths=-/srv/drop\n"
        "ReadOnlyPaths=-/var/log/app\n"
    );
    BOOST_TEST(text.find("RequiresMountsFor=/var/log/app\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_folders_are_mounted_before_the_unit_starts) {
    auto facts = dropin_facts_of(watching({"/srv/a b", "/var/spool/kustodrop/web"}), "/etc/k", "");
    auto text = dropin_text(facts);
    auto unit = text.substr(text.find("[Unit]\n"));
    BOOST_TEST(unit.find("RequiresMountsFor=\"/srv/a b\"\n") != std::string::npos);
    BOOST_TEST(unit.find("RequiresMountsFor=/var/spool/kustodrop/web\n") != std::string::npos);
    BOOST_TEST(unit.find("RequiresMountsFor=/var/lib/kustodrop\n") != std::string::npos);
    BOOST_TEST(unit.find("RequiresMountsFor") < unit.find("[Service]\n"));
}

BOOST_AUTO_TEST_CASE(folders_that_the_unit_does_not_see_are_bound_into_it) {
    // In two pieces, for no path of one machine may stand in the sources.
    std::string drop = std::string("/home") + "/app/drop";
    BOOST_TEST(dropin_for({drop}) == "ProtectHome=tmpfs\nBindPaths=-" + drop + "\n");
    BOOST_TEST(dropin_for({"/tmp/drop"}) == "BindPaths=-/tmp/drop\n");
    BOOST_TEST(dropin_for({"/homes/drop"}) == "ReadWritePaths=-/homes/drop\n");
}

BOOST_AUTO_TEST_CASE(paths_are_written_as_systemd_reads_them) {
    BOOST_TEST(dropin_for({"/srv/50%"}) == "ReadWritePaths=-/srv/50%%\n");
    BOOST_TEST(dropin_for({"/srv/co:lon"}) == "ReadWritePaths=-/srv/co:lon\n");
    BOOST_TEST(dropin_for({"/tmp/co:lon"}) == "BindPaths=-/tmp/co\\:lon\n");
    BOOST_TEST(dropin_for({"/tmp/a b:c"}) == "BindPaths=\"-/tmp/a b\\:c\"\n");
    BOOST_TEST(dropin_for({"/srv/a b\"c"}) == "ReadWritePaths=\"-/srv/a b\\\"c\"\n");
}

BOOST_AUTO_TEST_CASE(credentials_are_handed_over_by_name) {
    BOOST_TEST(
        dropin_for(
            {}, "a: ${cred:one}\n# ${cred:no}\nb: '${cred:two}' # ${cred:no}\nc: ${cred:one}"
        ) ==
        "LoadCredential=one:/etc/kustodrop/credentials/one\n"
        "LoadCredential=two:/etc/kustodrop/credentials/two\n"
    );
    BOOST_TEST(credentials_in("a: ${cred:open").empty());
    config::settings silent;
    silent.auth.client_secret_source = "${cred:client-secret}";
    BOOST_TEST((dropin_facts_of(silent, "", "").credentials == names{"client-secret"}));
}

BOOST_AUTO_TEST_CASE(a_reload_is_reported_as_it_was) {
    reload_report done;
    done.taken = true;
    done.problems = {"f:1:1: warning: w"};
    done.changed.added = {"a"};
    done.changed.removed = {"r"};
    done.changed.adjusted = {"c"};
    done.changed.moved = {"m"};
    done.changed.keys = {"log.level"};
    done.changed.at_restart = {"admin.http"};
    auto read = parse_reload_report(reload_json(done));
    BOOST_TEST(read.taken);
    BOOST_TEST(read.problems == done.problems);
    BOOST_TEST((read.changed == done.changed));
    auto text = reload_text(done);
    BOOST_TEST(text.find("in force only after a restart: admin.http\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_refused_reload_says_that_nothing_was_taken) {
    reload_report done;
    done.problems = {"f:3:5: watches[0].tabel: unknown key"};
    BOOST_TEST(
        reload_text(done) ==
        "f:3:5: watches[0].tabel: unknown key\nthe old configuration stays in force\n"
    );
    done.taken = true;
    done.problems.clear();
    BOOST_TEST(reload_text(done) == "taken: nothing has changed\n");
}

BOOST_AUTO_TEST_SUITE_END()
