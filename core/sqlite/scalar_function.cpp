#include "sqlite/scalar_function.hpp"

#include "sqlite/error.hpp"

#include <array>
#include <sqlite3.h>

namespace kustodrop::sqlite {

static argument argument_of(sqlite3_value* value) {
    switch (sqlite3_value_type(value)) {
    case SQLITE_NULL:
        return {};
    case SQLITE_INTEGER:
        return std::int64_t(sqlite3_value_int64(value));
    case SQLITE_FLOAT:
        return sqlite3_value_double(value);
    default:
        break;
    }
    auto* data = static_cast<const char*>(sqlite3_value_blob(value));
    auto size = static_cast<std::size_t>(sqlite3_value_bytes(value));
    return std::string_view(data ? data : "", data ? size : 0);
}

static void give_back(sqlite3_context* context, const value& result) {
    if (auto* integer = std::get_if<std::int64_t>(&result)) {
        sqlite3_result_int64(context, *integer);
    } else if (auto* real = std::get_if<double>(&result)) {
        sqlite3_result_double(context, *real);
    } else if (auto* text = std::get_if<std::string>(&result)) {
        auto size = text->size();
        sqlite3_result_text64(context, text->data(), size, SQLITE_TRANSIENT, SQLITE_UTF8);
    } else {
        sqlite3_result_null(context);
    }
}

static void call(sqlite3_context* context, int count, sqlite3_value** values) {
    auto function = reinterpret_cast<scalar_function>(sqlite3_user_data(context));
    auto size = static_cast<std::size_t>(count);
    std::array<argument, most_arguments> arguments;
    for (std::size_t i = 0; i < size; ++i) arguments.at(i) = argument_of(values[i]);
    give_back(context, function(std::span<const argument>(arguments).first(size)));
}

void define_function(database& db, const char* name, int arguments, scalar_function function) {
    static constexpr int pure = SQLITE_UTF8 | SQLITE_DETERMINISTIC;
    if (arguments < 0 || arguments > most_arguments) {
        throw error(SQLITE_MISUSE, std::string(name) + ": too many arguments");
    }
    auto* user_data = reinterpret_cast<void*>(function);
    auto code = sqlite3_create_function(
        db.handle(), name, arguments, pure, user_data, call, nullptr, nullptr
    );
    if (code != SQLITE_OK) throw error(code, sqlite3_errmsg(db.handle()));
}

}  // namespace kustodrop::sqlite
