// Microsoft's own identity library, as a customer uses it. Arguments: the kind, the scope, and
// what the kind needs as JSON. Prints the token, then how many seconds it is good for.
import {
    ClientCertificateCredential, ClientSecretCredential, ManagedIdentityCredential,
    WorkloadIdentityCredential,
} from "@azure/identity";

const [kind, scope, text] = process.argv.slice(2);
const { tenant, client, authority, ...given } = JSON.parse(text);
const options = { authorityHost: authority, disableInstanceDiscovery: true };
const make = {
    client_secret: () => new ClientSecretCredential(tenant, client, given.secret, options),
    client_certificate: () =>
        new ClientCertificateCredential(tenant, client, given.file, {
            ...options, sendCertificateChain: given.chain,
        }),
    managed_identity: () => new ManagedIdentityCredential(given.choice ?? {}),
    workload_identity: () => new WorkloadIdentityCredential(options),
};
const token = await make[kind]().getToken(scope);
console.log(token.token);
console.log(Math.round((token.expiresOnTimestamp - Date.now()) / 1000));
