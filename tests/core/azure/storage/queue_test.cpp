#include "azure/storage/queue.hpp"

#include "azure/storage/storage_error.hpp"
#include "support/scripted_transport.hpp"
#include "support/world.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using http::verb;

namespace {

struct queue_world : test::world {
    const http::url queue = *http::url::parse("https://a.queue.core.windows.net/failed?sig=S%3D");
    random_generator random{1};
    test::scripted_transport network;
    azure::queue_client client{network, random};

    template <class T>
    T finish(asio::awaitable<T> work) {
        auto task = start(std::move(work));
        if (task->error) std::rethrow_exception(task->error);
        return *task->value;
    }

    static azure::queue_message taken() {
        azure::queue_message out;
        out.id = "id-1";
        out.pop_receipt = "A+/=";
        return out;
    }
};

constexpr auto one_message =
    "<QueueMessagesList><QueueMessage><MessageId>1</MessageId><PopReceipt>r</PopReceipt>"
    "<MessageText>aGk=</MessageText></QueueMessage></QueueMessagesList>";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(queue_, queue_world)

BOOST_AUTO_TEST_CASE(posts_a_message_and_never_repeats_it) {
    network.answer(201);
    BOOST_TEST(finish(client.put_message(queue, "eyJ9")).has_value());
    auto& sent = network.last();
    BOOST_TEST((sent.method == verb::post));
    BOOST_TEST(sent.target.reveal() == "https://a.queue.core.windows.net/failed/messages?sig=S%3D");
    BOOST_TEST(!sent.idempotent);
    BOOST_TEST(sent.body.find("<MessageText>eyJ9</MessageText>") != std::string::npos);
    BOOST_TEST(network.header("Content-Type") == "application/xml");
    BOOST_TEST(sent.service == "queue");
    BOOST_TEST(sent.operation == "put_message");
}

BOOST_AUTO_TEST_CASE(an_ambiguous_post_says_so) {
    network.fail({errc::timeout, remedy::retry, "no answer", {}, true});
    BOOST_TEST(finish(client.put_message(queue, "x")).error().maybe_acted);
    network.answer(500, "", {{"x-ms-error-code", "OperationTimedOut"}});
    BOOST_TEST(finish(client.put_message(queue, "x")).error().maybe_acted);
    network.answer(200);
    BOOST_TEST(finish(client.put_message(queue, "x")).error().maybe_acted);
}

BOOST_AUTO_TEST_CASE(a_page_in_place_of_the_message_list_is_not_the_service) {
    network.answer(201, "<html>welcome</html>");
    auto refused = finish(client.put_message(queue, "x")).error();
    BOOST_TEST((refused.next == remedy::reroute));
    BOOST_TEST(refused.maybe_acted);
    BOOST_TEST(azure::is_unforeseen(refused));
    network.answer(201, one_message);
    BOOST_TEST(finish(client.put_message(queue, "x")).has_value());
}

BOOST_AUTO_TEST_CASE(a_refused_post_is_certain) {
    network.fail({errc::connect_refused, remedy::retry, "refused"});
    BOOST_TEST(!finish(client.put_message(queue, "x")).error().maybe_acted);
    network.answer(503, "", {{"x-ms-error-code", "ServerBusy"}});
    BOOST_TEST(!finish(client.put_message(queue, "x")).error().maybe_acted);
    network.answer(403, "", {{"x-ms-error-code", "AuthenticationFailed"}});
    BOOST_TEST(!finish(client.put_message(queue, "x")).error().maybe_acted);
}

BOOST_AUTO_TEST_CASE(peeks_without_taking) {
    network.answer(200, one_message);
    auto found = finish(client.peek(queue, 32));
    BOOST_TEST(found->front().text == "hi");
    BOOST_TEST((network.last().method == verb::get));
    BOOST_TEST(network.last().target.query() == "sig=S%3D&peekonly=true&numofmessages=32");
}

BOOST_AUTO_TEST_CASE(takes_messages_for_a_while) {
    network.answer(200, one_message);
    auto found = finish(client.get(queue, 5, 30s));
    BOOST_TEST(found->front().pop_receipt == "r");
    BOOST_TEST(network.last().target.query() == "sig=S%3D&numofmessages=5&visibilitytimeout=30");
}

BOOST_AUTO_TEST_CASE(asks_for_no_more_than_the_service_allows) {
    network.answer(200, "<QueueMessagesList/>");
    finish(client.get(queue, 1000, 1ms));
    BOOST_TEST(network.last().target.query() == "sig=S%3D&numofmessages=32&visibilitytimeout=1");
    network.answer(200, "<QueueMessagesList/>");
    finish(client.get(queue, 0, std::chrono::hours(10'000)));
    BOOST_TEST(
        network.last().target.query() == "sig=S%3D&numofmessages=1&visibilitytimeout=604800"
    );
}

BOOST_AUTO_TEST_CASE(an_answer_that_is_no_list_is_a_failure) {
    network.answer(200, "<html>");
    auto failed = finish(client.peek(queue, 1)).error();
    BOOST_TEST(failed.code == errc::bad_answer);
    BOOST_TEST(failed.detail.find("a.queue.core.windows.net") != std::string::npos);
    BOOST_TEST(failed.detail.find("S%3D") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(gives_a_message_back) {
    network.answer(204);
    BOOST_TEST(finish(client.release(queue, taken())).has_value());
    BOOST_TEST((network.last().method == verb::put));
    BOOST_TEST(network.last().target.path() == "/failed/messages/id-1");
    BOOST_TEST(
        network.last().target.query() == "sig=S%3D&popreceipt=A%2B%2F%3D&visibilitytimeout=0"
    );
}

BOOST_AUTO_TEST_CASE(a_sas_that_may_not_give_back_calls_for_no_refresh) {
    network.answer(403, "", {{"x-ms-error-code", "AuthorizationPermissionMismatch"}});
    BOOST_TEST((finish(client.release(queue, taken())).error().next == remedy::give_up));
}

BOOST_AUTO_TEST_CASE(deletes_a_message) {
    network.answer(204);
    BOOST_TEST(finish(client.remove(queue, taken())).has_value());
    BOOST_TEST((network.last().method == verb::delete_));
    BOOST_TEST(network.last().target.path() == "/failed/messages/id-1");
    BOOST_TEST(network.last().target.query() == "sig=S%3D&popreceipt=A%2B%2F%3D");
}

BOOST_AUTO_TEST_CASE(a_message_that_is_absent_counts_as_deleted) {
    network.answer(404, "", {{"x-ms-error-code", "MessageNotFound"}});
    BOOST_TEST(finish(client.remove(queue, taken())).has_value());
}

BOOST_AUTO_TEST_CASE(a_message_that_someone_else_has_is_not_deleted) {
    network.answer(400, "", {{"x-ms-error-code", "PopReceiptMismatch"}});
    auto taken_since = finish(client.remove(queue, taken())).error();
    BOOST_TEST(taken_since.code.text() == "PopReceiptMismatch");
    BOOST_TEST((taken_since.next == remedy::give_up));
    network.answer(404, "", {{"x-ms-error-code", "QueueNotFound"}});
    BOOST_TEST(!finish(client.remove(queue, taken())).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
