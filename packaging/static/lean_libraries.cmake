# Libraries written in C without what unwinds their frames: nothing of ours throws through them, and
# it would be a twentieth of the static file.
function(kustodrop_lean target)
    set(changes ${ARGN})
    get_target_property(archive ${target} IMPORTED_LOCATION)
    get_filename_component(name ${archive} NAME)
    set(lean ${CMAKE_BINARY_DIR}/lean/${name})
    file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/lean)
    execute_process(
        COMMAND ${CMAKE_OBJCOPY} --enable-deterministic-archives
                --remove-section=.eh_frame --remove-section=.rela.eh_frame ${changes}
                ${archive} ${lean}
        COMMAND_ERROR_IS_FATAL ANY
    )
    set_target_properties(${target} PROPERTIES IMPORTED_LOCATION ${lean})
endfunction()

kustodrop_lean(OpenSSL::Crypto)
kustodrop_lean(OpenSSL::SSL)

# Debian's SQLite has the functions of trigonometry, of which glibc has one for each kind of
# processor: 250 KB with their tables. No statement of ours calls one.
foreach(name acos acosh asin asinh atan atan2 atanh cos cosh sin sinh tan tanh)
    list(APPEND no_trigonometry --redefine-sym ${name}=kustodrop_no_${name})
endforeach()
kustodrop_lean(SQLite::SQLite3 ${no_trigonometry})
add_library(kustodrop_no_trigonometry STATIC packaging/static/no_trigonometry.cpp)
target_compile_options(kustodrop_no_trigonometry PRIVATE -Os)
set_property(
    TARGET SQLite::SQLite3 APPEND PROPERTY INTERFACE_LINK_LIBRARIES kustodrop_no_trigonometry
)
