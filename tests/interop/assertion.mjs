// Verifies a client assertion with a third-party JWT library. Arguments: the assertion, the
// certificate's file, the algorithm, the client and the audience.
import { readFileSync } from "node:fs";
import { X509Certificate } from "node:crypto";
import { importX509, jwtVerify } from "jose";

const [assertion, file, algorithm, client, audience] = process.argv.slice(2);
const pem = readFileSync(file, "utf8");
const key = await importX509(pem, algorithm);
const { payload, protectedHeader } = await jwtVerify(assertion, key, {
    algorithms: [algorithm], issuer: client, subject: client, audience,
    requiredClaims: ["exp", "nbf", "iat", "jti"], typ: "JWT", maxTokenAge: "10 minutes",
});
const certificate = new X509Certificate(pem);
const name = (print) => Buffer.from(print.replaceAll(":", ""), "hex").toString("base64url");
const [field, expected] = algorithm === "PS256"
    ? ["x5t#S256", name(certificate.fingerprint256)]
    : ["x5t", name(certificate.fingerprint)];
if (protectedHeader[field] !== expected) throw new Error(`${field} is not the certificate's`);
if (payload.exp - payload.nbf !== 600) throw new Error("it is not good for ten minutes");
const chain = protectedHeader.x5c;
if (chain && chain[0] !== certificate.raw.toString("base64")) throw new Error("x5c is another");
console.log(`verified ${algorithm}${chain ? " with its chain" : ""}`);
