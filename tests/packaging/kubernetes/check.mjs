// Prints, for each document of the YAML files named, what TypeScript has against it as an object of
// the Kubernetes API: node check.mjs FILE…  Ends with 1 if that was anything.
import {readFileSync} from "node:fs";
import ts from "typescript";
import {parseAllDocuments} from "yaml";

const homes = {
    "v1": "core/v1", "apps/v1": "apps/v1", "batch/v1": "batch/v1",
    "networking.k8s.io/v1": "networking/v1", "rbac.authorization.k8s.io/v1": "rbac/v1",
};
let found = 0;

function problems(name, text) {
    const options = {
        strict: true, noEmit: true, module: ts.ModuleKind.ES2022, target: ts.ScriptTarget.ES2022,
        moduleResolution: ts.ModuleResolutionKind.Node10, skipLibCheck: true, types: [],
    };
    const host = ts.createCompilerHost(options);
    const path = new URL(name, import.meta.url).pathname;
    const read = host.getSourceFile;
    host.getSourceFile = (file, version) =>
        file === path ? ts.createSourceFile(file, text, version) : read(file, version);
    const known = host.fileExists;
    host.fileExists = (file) => file === path || known(file);
    const program = ts.createProgram([path], options, host);
    return ts.getPreEmitDiagnostics(program)
        .map((one) => ts.flattenDiagnosticMessageText(one.messageText, "\n"));
}

for (const file of process.argv.slice(2)) {
    const documents = parseAllDocuments(readFileSync(file, "utf8"));
    documents.forEach((document, index) => {
        const value = document.toJS();
        const home = homes[value.apiVersion];
        const said = document.errors.map(String);
        if (!home) {
            said.push(`no types for ${value.apiVersion}`);
        } else {
            // A literal, so that keys which the API does not have are reported as well.
            const text = `import type {${value.kind}} from "kubernetes-types/${home}";\n` +
                `export const checked: ${value.kind} = ${JSON.stringify(value, null, 1)};\n`;
            said.push(...problems(`checked-${index}.ts`, text));
        }
        for (const one of said) console.log(`${file}: ${value.kind}: ${one}`);
        if (said.length === 0) console.log(`${file}: ${value.kind} ${value.metadata.name}: good`);
        found += said.length;
    });
}
process.exit(found > 0 ? 1 : 0);
