#pragma once

#include "async/clock.hpp"
#include "emulator/front/service.hpp"
#include "emulator/storage/layout.hpp"

namespace kustodrop::emulator {

/// The table service, as much of it as status tables need (docs/protocol.md §8.3): insert, read,
/// replace, merge and delete an entity, and list a table.
class table_service final : public service {
public:
    /// `strict`: writes need the header DataServiceVersion, and errors are OData without the header
    /// x-ms-error-code.
    table_service(clock& clock, layout& layout, storage_database& database, bool strict = false)
        : clock_(clock), layout_(layout), database_(database), strict_(strict) {}

    void classify(exchange&) const override;
    asio::awaitable<http::reply> answer(exchange&) override;
    http::response refusal(const service_error&, const exchange&) const override;

private:
    http::response act(const exchange&);
    http::response insert(const exchange&);
    http::response read(const exchange&, const entity_record& key);
    http::response write(const exchange&, entity_record key, bool merge);
    http::response list(const exchange&);
    std::optional<service_error> parse(const exchange&, entity_record&) const;
    void stamp(entity_record&);

    clock& clock_;
    layout& layout_;
    storage_database& database_;
    bool strict_;
};

}  // namespace kustodrop::emulator
