#pragma once

#include <array>
#include <span>
#include <string_view>

namespace kustodrop::kusto {

/// A cloud by its login host, and the hosts that tokens from there may go to: exact names, or
/// suffixes with a leading dot (docs/protocol.md §1.2).
struct well_known_cloud {
    std::string_view login_host;
    std::span<const std::string_view> hosts;
};

namespace well_known {

using name = std::string_view;

inline constexpr name global[] = {
    ".kusto.windows.net",
    ".kustomfa.windows.net",
    ".kustodev.windows.net",
    ".kusto.azuresynapse.net",
    ".kustodev.azuresynapse-dogfood.net",
    ".kusto.fabric.microsoft.com",
    ".kusto.data.microsoft.com",
    ".dxp.aad.azure.com",
    ".dxp-dev.aad.azure.com",
    ".playfabapi.com",
    ".playfab.com",
    ".azureplayfab.com",
    ".api.securityplatform.microsoft.com",
    ".securitycenter.windows.com",
    ".arg-int.core.windows.net",
    ".arg-df.core.windows.net",
    ".arg.core.windows.net",
    "ade.applicationinsights.io",
    "ade.loganalytics.io",
    "adx.aimon.applicationinsights.azure.com",
    "adx.applicationinsights.azure.com",
    "adx.int.applicationinsights.azure.com",
    "adx.int.loganalytics.azure.com",
    "adx.int.monitor.azure.com",
    "adx.loganalytics.azure.com",
    "adx.monitor.azure.com",
    "kusto.aria.microsoft.com",
    "eu.kusto.aria.microsoft.com",
    "api.securityplatform.microsoft.com",
};
inline constexpr name us_government[] = {
    ".kusto.usgovcloudapi.net",
    ".kustomfa.usgovcloudapi.net",
    ".arg.core.usgovcloudapi.net",
    "adx.applicationinsights.azure.us",
    "adx.loganalytics.azure.us",
    "adx.monitor.azure.us",
};
inline constexpr name china[] = {
    ".kusto.chinacloudapi.cn",
    ".kustomfa.chinacloudapi.cn",
    ".kusto.azuresynapse.azure.cn",
    ".playfab.cn",
    ".arg.core.chinacloudapi.cn",
    "adx.applicationinsights.azure.cn",
    "adx.loganalytics.azure.cn",
    "adx.monitor.azure.cn",
};
inline constexpr name eaglex[] = {
    ".kusto.core.eaglex.ic.gov",
    ".kustomfa.core.eaglex.ic.gov",
    ".arg.core.eaglex.ic.gov",
    "adx.applicationinsights.azure.eaglex.ic.gov",
    "adx.loganalytics.azure.eaglex.ic.gov",
    "adx.monitor.azure.eaglex.ic.gov",
};
inline constexpr name scloud[] = {
    ".kusto.core.microsoft.scloud",
    ".kustomfa.core.microsoft.scloud",
    ".arg.core.microsoft.scloud",
    "adx.applicationinsights.azure.microsoft.scloud",
    "adx.loganalytics.azure.microsoft.scloud",
    "adx.monitor.azure.microsoft.scloud",
};
inline constexpr name france[] = {
    ".kusto.sovcloud-api.fr",
    ".kustomfa.sovcloud-api.fr",
    "adx.applicationinsights.azure.fr",
    "adx.loganalytics.azure.fr",
    "adx.monitor.azure.fr",
};
inline constexpr name germany[] = {
    ".kusto.sovcloud-api.de",
    ".kustomfa.sovcloud-api.de",
    "adx.applicationinsights.azure.de",
    "adx.loganalytics.azure.de",
    "adx.monitor.azure.de",
};
inline constexpr name singapore[] = {
    ".kusto.sovcloud-api.sg",
    ".kustomfa.sovcloud-api.sg",
    "adx.applicationinsights.azure.sg",
    "adx.loganalytics.azure.sg",
    "adx.monitor.azure.sg",
};

}  // namespace well_known

inline constexpr std::array<well_known_cloud, 8> well_known_clouds{{
    {"login.microsoftonline.com", well_known::global},
    {"login.microsoftonline.us", well_known::us_government},
    {"login.partner.microsoftonline.cn", well_known::china},
    {"login.microsoftonline.eaglex.ic.gov", well_known::eaglex},
    {"login.microsoftonline.microsoft.scloud", well_known::scloud},
    {"login.sovcloud-identity.fr", well_known::france},
    {"login.sovcloud-identity.de", well_known::germany},
    {"login.sovcloud-identity.sg", well_known::singapore},
}};

}  // namespace kustodrop::kusto
